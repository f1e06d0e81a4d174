import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import {
	impactColours,
	incidentCauses,
	outlooks,
	rsitTypes,
	threatSeverities,
	type ImpactColour
} from '#lib/standards/incidents.ts';
import { sectorIds } from '#lib/standards/sectors.ts';
import { parseTlp, type Tlp } from '#lib/standards/tlp.ts';
import { impactSchema, type Impact, type IncidentContent } from '../incident/schema.ts';

/*
 * Machine tags, as MISP taxonomies write them: `nis:impact-severity="red"`, `rsit:availability="ddos"`. Both formats carry
 * the classification in them, so that tools which know the taxonomies read it.
 */

export const tlpTag = (tlp: Tlp): string => `tlp:${tlp === 'amber_strict' ? 'amber+strict' : tlp}`;

export function tlpOfTag(tag: string): Tlp | null {
	return tag.toLowerCase().startsWith('tlp:') ? parseTlp(tag) : null;
}

/** The strictness of what came without a label: its sender's to say, so the reader keeps it narrow. */
export const unlabelled: Tlp = 'amber';

const worst = (impacts: readonly Impact[]): ImpactColour | null =>
	impactColours.findLast((colour) => impacts.some((impact) => impact.severity === colour)) ?? null;

export function tagsOfIncident({ cause, threat, types, impacts }: IncidentContent): string[] {
	const colour = worst(impacts);
	return [
		...(cause ? [`nis:nature-root-cause="${cause}"`] : []),
		...(threat ? [`nis:nature-severity="${threat}"`] : []),
		...(colour ? [`nis:impact-severity="${colour}"`] : []),
		...types.map((type) => {
			const [group, name] = type.split('/');
			return `rsit:${group}="${name}"`;
		}),
		...impacts.map(
			(impact) => `muster:impact="${impact.country}/${impact.sector}/${impact.severity}/${impact.outlook}"`
		)
	];
}

const oneOf = <T extends string>(all: readonly T[], text: string | undefined): T | null =>
	all.find((one) => one === text) ?? null;

/** What tags say of an incident; unknown ones are given back, to be kept visibly. */
export function incidentOfTags(
	tags: readonly string[]
): Pick<IncidentContent, 'cause' | 'threat' | 'types' | 'impacts'> & { rest: string[] } {
	const read: ReturnType<typeof incidentOfTags> = {
		cause: null,
		threat: null,
		types: [],
		impacts: [],
		rest: []
	};
	let colour: ImpactColour | null = null;
	for (const tag of tags) {
		const [, space, predicate, value] = /^([a-z0-9-]+):([a-z0-9-]+)="([^"]*)"$/i.exec(tag) ?? [];
		const kind = `${space}:${predicate}`;
		const type = `${predicate}/${value}`;
		if (kind === 'nis:nature-root-cause' && oneOf(incidentCauses, value))
			read.cause = oneOf(incidentCauses, value);
		else if (kind === 'nis:nature-severity' && oneOf(threatSeverities, value))
			read.threat = oneOf(threatSeverities, value);
		else if (kind === 'nis:impact-severity' && oneOf(impactColours, value))
			colour = oneOf(impactColours, value);
		else if (space === 'rsit' && oneOf(rsitTypes, type)) read.types.push(type as (typeof rsitTypes)[number]);
		else if (kind === 'muster:impact' && impactOfTag(value ?? ''))
			read.impacts.push(impactOfTag(value ?? '')!);
		else if (tlpOfTag(tag) === null && tag !== 'exercise' && tag !== 'real' && !tag.startsWith('exercise:'))
			read.rest.push(tag);
	}
	// a colour without a country and sector has no row to stand in: it is kept as a word
	if (colour && read.impacts.length === 0) read.rest.push(`nis:impact-severity="${colour}"`);
	return read;
}

function impactOfTag(value: string): Impact | null {
	const [country, sector, severity, outlook] = value.split('/');
	if (!oneOf(countryCodes, country) || !oneOf(sectorIds, sector)) return null;
	if (!oneOf(impactColours, severity) || !oneOf(outlooks, outlook)) return null;
	return impactSchema.parse({ country: country as CountryCode, sector, severity, outlook });
}
