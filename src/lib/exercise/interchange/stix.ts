import { impactColours } from '#lib/standards/incidents.ts';
import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { assessed, type Impact, type Incident } from '../incident/schema.ts';
import type { IndicatorContent } from '../indicator/schema.ts';
import { markingOf } from '../exercise/kind.ts';
import { textOfRichText } from '../rich-text.ts';
import { isUuid, leaves, namesOf, toldTime, uuidOf, wordOf, type Named, type Outgoing } from './items.ts';
import { tagsOfIncident } from './tags.ts';

/*
 * STIX 2.1 out (DOMAIN 8.1). Every object carries the label `exercise` or `real`, its TLP 2.0 marking and the statement marking; the
 * marking definitions stand in the bundle, because TLP 2.0 is not predefined. `created` and `modified` are wall times;
 * exercise times stand in the text.
 */

export interface StixObject {
	type: string;
	id: string;
	spec_version: '2.1';
	[property: string]: unknown;
}
export interface StixBundle {
	type: 'bundle';
	id: string;
	objects: StixObject[];
}

/** OASIS: TLP 2.0 as an extension of marking definitions. */
export const tlpExtension = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
export const tlpMarkings: Record<Tlp, string> = {
	clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
	green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
	amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
	amber_strict: 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
	red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1'
};
/** TLP 1.0, read only. */
export const tlp1Markings: Record<string, Tlp> = {
	'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'clear',
	'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
	'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
	'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red'
};
/** OASIS: the core of an incident, which STIX 2.1 itself leaves open. */
export const incidentExtension = 'extension-definition--ef765651-680c-498d-9894-99799f2fa126';

const labelOf: Record<Tlp, [name: string, tlp: string]> = {
	clear: ['TLP:CLEAR', 'clear'],
	green: ['TLP:GREEN', 'green'],
	amber: ['TLP:AMBER', 'amber'],
	amber_strict: ['TLP:AMBER+STRICT', 'amber+strict'],
	red: ['TLP:RED', 'red']
};

/** UTC, milliseconds, `Z`. */
const stamp = (ms: number) => new Date(ms).toISOString();

export function toStix(outgoing: Outgoing): StixBundle {
	const { exercise, team, now } = outgoing;
	const incidents = outgoing.incidents.filter(({ standing }) => leaves(standing.content.tlp));
	const indicators = outgoing.indicators.filter(({ standing }) => leaves(standing.content.tlp));
	const reports = outgoing.reports.filter((report) => leaves(report.tlp));
	const identity = `identity--${uuidOf(exercise.id, team.id)}`;
	const statement = `marking-definition--${uuidOf(exercise.id, 'statement')}`;
	const used = new Set<Tlp>(['clear']);
	const markings = (tlp: Tlp) => {
		used.add(tlp);
		return [tlpMarkings[tlp], statement];
	};
	const common = (tlp: Tlp, created: number, modified: number) => ({
		spec_version: '2.1' as const,
		created_by_ref: identity,
		created: stamp(created),
		modified: stamp(modified),
		labels: [wordOf(exercise)],
		object_marking_refs: markings(tlp)
	});
	const idOfIncident = idsOf('incident', incidents, outgoing);
	const idOfIndicator = idsOf('indicator', indicators, outgoing);
	const objects: StixObject[] = [
		...incidents.map(({ id, standing }): StixObject => {
			const { content, opened, changed } = standing;
			const base = common(content.tlp, opened.wallAt, changed.wallAt);
			return {
				...base,
				type: 'incident',
				id: idOfIncident.get(id)!,
				name: content.title,
				...(content.description && { description: withTime(content.description, content.awareAt, outgoing) }),
				labels: [wordOf(exercise), ...tagsOfIncident(content)],
				extensions: { [incidentExtension]: incidentCore(standing) }
			};
		}),
		...indicators.map(({ id, standing }): StixObject => {
			const { content, added, changed, withdrawn } = standing;
			return {
				...common(content.tlp, added.wallAt, changed.wallAt),
				type: 'indicator',
				id: idOfIndicator.get(id)!,
				name: content.value.slice(0, 200),
				...(content.description && { description: content.description }),
				indicator_types: ['malicious-activity'],
				pattern: isPattern(content) ? content.value : patternOf(content),
				pattern_type: 'stix',
				valid_from: stamp(added.wallAt),
				...(withdrawn !== null && { revoked: true })
			};
		}),
		...reports.map((report): StixObject => {
			const refs = [...idOfIncident.values()];
			return {
				...common(report.tlp, report.approvedAt, report.approvedAt),
				type: 'report',
				id: `report--${uuidOf(exercise.id, team.id, 'report', String(report.number))}`,
				name: report.title,
				description: `As of ${toldTime(outgoing, report.asOf)}\n\n${textOfRichText(report.text)}`,
				report_types: ['threat-report'],
				published: stamp(report.approvedAt),
				object_refs: refs.length > 0 ? refs : [identity]
			};
		})
	];
	const relations = indicators.flatMap(({ id, standing }): StixObject[] => {
		const of = incidents.find((one) => one.id === standing.content.incident);
		if (!of) return [];
		// that the two belong together is told to nobody who may not know both
		const tlp = strictestTlp([standing.content.tlp, of.standing.content.tlp]);
		return [
			{
				...common(tlp, standing.added.wallAt, standing.changed.wallAt),
				type: 'relationship',
				id: `relationship--${uuidOf(exercise.id, team.id, id, 'of')}`,
				relationship_type: 'related-to',
				source_ref: idOfIndicator.get(id)!,
				target_ref: idOfIncident.get(of.id)!
			}
		];
	});
	const author: StixObject = {
		type: 'identity',
		id: identity,
		spec_version: '2.1',
		created: stamp(exercise.createdAt),
		modified: stamp(now),
		name: `${team.name} (${wordOf(exercise)})`,
		identity_class: 'organization',
		labels: [wordOf(exercise)],
		object_marking_refs: [tlpMarkings.clear, statement]
	};
	return {
		type: 'bundle',
		id: `bundle--${uuidOf(exercise.id, team.id, String(now))}`,
		objects: [
			author,
			statementMarking(statement, exercise),
			...[...used].map(tlpMarking),
			...objects,
			...relations
		]
	};
}

const idsOf = (type: 'incident' | 'indicator', records: readonly Named[], { exercise, team }: Outgoing) =>
	namesOf(
		records,
		(external) => external.startsWith(`${type}--`) && isUuid(external.slice(type.length + 2)),
		(id) => `${type}--${uuidOf(exercise.id, team.id, id)}`
	);

function tlpMarking(tlp: Tlp): StixObject {
	const [name, value] = labelOf[tlp];
	return {
		type: 'marking-definition',
		id: tlpMarkings[tlp],
		spec_version: '2.1',
		created: '2022-10-01T00:00:00.000Z',
		name,
		extensions: { [tlpExtension]: { extension_type: 'property-extension', tlp_2_0: value } }
	};
}

/** A marking has no versions: the same one is written the same each time. */
function statementMarking(id: string, exercise: Outgoing['exercise']): StixObject {
	return {
		type: 'marking-definition',
		id,
		spec_version: '2.1',
		created: stamp(exercise.createdAt),
		definition_type: 'statement',
		definition: { statement: markingOf(exercise) }
	};
}

/** DOMAIN 7.5: how our lifecycle reads in the extension's two closed lists. */
function incidentCore(incident: Incident) {
	const { state, content } = incident;
	const closed = ['closed', 'not-an-incident', 'duplicate', 'transferred'].includes(state);
	return {
		extension_type: 'property-extension',
		investigation_status: state === 'new' ? 'new' : closed ? 'closed' : 'open',
		determination:
			state === 'not-an-incident'
				? 'false-positive'
				: state === 'new' && assessed(incident, 'significant')?.answer !== 'yes'
					? 'suspected'
					: 'confirmed',
		...(content.impacts.length > 0 && { criticality: criticalityOf(content.impacts) }),
		...(content.types.length > 0 && { incident_types: content.types.map((type) => type.split('/')[1]!) })
	};
}

/** 0 to 100, in the bands of the extension: low to 29, moderate to 49, high to 89, extreme above. */
const criticality = { white: 0, green: 20, yellow: 60, red: 95 } as const;
function criticalityOf(impacts: readonly Impact[]): number {
	const worst = impactColours.findLast((colour) => impacts.some((impact) => impact.severity === colour))!;
	return criticality[worst];
}

const withTime = (text: string, at: number | null, outgoing: Outgoing) =>
	at === null ? text : `${text}\n\nKnown since ${toldTime(outgoing, at)}`;

/** The pattern language: quotes and backslashes of a value are escaped. */
export function patternOf({ type, value }: Pick<IndicatorContent, 'type' | 'value'>): string {
	const quoted = `'${value.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;
	const paths: Record<IndicatorContent['type'], string> = {
		ipv4: 'ipv4-addr:value',
		ipv6: 'ipv6-addr:value',
		domain: 'domain-name:value',
		url: 'url:value',
		email: 'email-addr:value',
		md5: 'file:hashes.MD5',
		sha1: "file:hashes.'SHA-1'",
		sha256: "file:hashes.'SHA-256'",
		'file-name': 'file:name',
		other: 'artifact:x_muster_value'
	};
	return `[${paths[type]} = ${quoted}]`;
}

/**
 * A pattern of several comparisons that came in whole leaves as it came. Whoever sent it knows it by the same id, and would
 * else find it changed. What is not sound at a glance (typed anew, another language) leaves as a value.
 */
function isPattern({ type, value, external }: IndicatorContent): boolean {
	if (type !== 'other' || !external?.startsWith('indicator--')) return false;
	if (!/^\(*\s*\[[(\s]*((NOT|EXISTS)\s+)*[a-z0-9-]+:[^\s=<>!]+[\s=<>!\]]/.test(value)) return false;
	const outside = value.replace(/'(?:[^'\\]|\\.)*'/gs, '').replace(/\[(\d+|\*)\]/g, '');
	return !outside.includes("'") && /^[^[\]]*(\[[^[\]]+\][^[\]]*)+$/.test(outside);
}
