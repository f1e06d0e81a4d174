import { z } from 'zod';
import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { withoutMarking } from '../exercise/kind.ts';
import type { IndicatorContent, IndicatorType } from '../indicator/schema.ts';
import { incidentOf, indicatorOf, type IncomingFile } from './items.ts';
import { incidentOfTags, tlpOfTag, unlabelled } from './tags.ts';

const tags = z.array(z.looseObject({ name: z.string() })).optional();
const attributeSchema = z.looseObject({
	uuid: z.string().max(100),
	type: z.string().max(100),
	value: z.string(),
	comment: z.string().nullish(),
	deleted: z.union([z.boolean(), z.string(), z.number()]).optional(),
	Tag: tags
});
const eventSchema = z.looseObject({
	uuid: z.string().max(100),
	info: z.string(),
	threat_level_id: z.union([z.string(), z.number()]).optional(),
	Tag: tags,
	Attribute: z.array(z.unknown()).optional(),
	Object: z.array(z.looseObject({ Attribute: z.array(z.unknown()).optional() })).optional(),
	EventReport: z
		.array(z.looseObject({ name: z.string().optional(), content: z.string().optional() }))
		.optional()
});

const types: Record<string, IndicatorType> = {
	'ip-src': 'ipv4',
	'ip-dst': 'ipv4',
	domain: 'domain',
	hostname: 'domain',
	url: 'url',
	uri: 'url',
	email: 'email',
	'email-src': 'email',
	'email-dst': 'email',
	md5: 'md5',
	sha1: 'sha1',
	sha256: 'sha256',
	filename: 'file-name'
};
const threats: Record<string, 'high' | 'medium' | 'low'> = { '1': 'high', '2': 'medium', '3': 'low' };

/** One event, or a list of them as servers answer: `{Event}`, `{response: [{Event}]}`, `[{Event}]`. */
export function fromMisp(events: readonly unknown[]): IncomingFile {
	const file: IncomingFile = { format: 'misp', items: [], marks: [], problems: [], leftOut: [] };
	const leftOut = new Map<string, number>();
	for (const one of events) {
		const parsed = eventSchema.safeParse(one);
		if (!parsed.success) {
			file.problems.push({ what: nameOf(one), why: 'It is not of the shape of a MISP event.' });
			continue;
		}
		takeEvent(parsed.data, file, leftOut);
	}
	file.leftOut = [...leftOut].map(([kind, count]) => ({ kind, count }));
	return file;
}

const nameOf = (one: unknown) => {
	const { uuid, info } = (one ?? {}) as { uuid?: unknown; info?: unknown };
	return String(info ?? uuid ?? 'an event').slice(0, 200);
};

function takeEvent(
	event: z.infer<typeof eventSchema>,
	file: IncomingFile,
	leftOut: Map<string, number>
): void {
	const names = (event.Tag ?? []).map((tag) => tag.name);
	const tlp = labelOf(names) ?? unlabelled;
	const { rest, ...classified } = incidentOfTags(names);
	const written = (event.EventReport ?? []).map(({ name, content }) =>
		[name, content].filter(Boolean).join(':\n')
	);
	const incident = incidentOf({
		...classified,
		threat: classified.threat ?? threats[String(event.threat_level_id)] ?? null,
		title: withoutMarking(event.info),
		description: [...written, ...(rest.length > 0 ? [`Tags: ${rest.join(', ')}`] : [])]
			.join('\n\n')
			.slice(0, 8000),
		tlp,
		external: event.uuid
	});
	if (!incident.success) {
		file.problems.push({ what: event.info.slice(0, 200), why: incident.error.issues[0]!.message });
		return;
	}
	file.items.push({ kind: 'incident', external: event.uuid, content: incident.data });
	const attributes = [
		...(event.Attribute ?? []),
		// what stands in objects is what is looked for, too
		...(event.Object ?? []).flatMap((object) => object.Attribute ?? [])
	];
	for (const raw of attributes) {
		const parsed = attributeSchema.safeParse(raw);
		if (!parsed.success) {
			file.problems.push({ what: nameOf(raw), why: 'It is not of the shape of a MISP attribute.' });
			continue;
		}
		const attribute = parsed.data;
		if (attribute.deleted === true || attribute.deleted === '1' || attribute.deleted === 1) continue;
		takeAttribute(attribute, event.uuid, tlp, file, leftOut);
	}
}

function takeAttribute(
	attribute: z.infer<typeof attributeSchema>,
	ofIncident: string,
	ofEvent: Tlp,
	file: IncomingFile,
	leftOut: Map<string, number>
): void {
	const known = types[attribute.type];
	if (!known && attribute.type !== 'other') {
		const kind = `attribute ${attribute.type}`;
		leftOut.set(kind, (leftOut.get(kind) ?? 0) + 1);
	}
	// `ip-dst` is either; what has no kind of its own here is kept whole, with its kind in words
	const type = known === 'ipv4' && attribute.value.includes(':') ? 'ipv6' : (known ?? 'other');
	const parsed = indicatorOf({
		type,
		value: attribute.value,
		description: [attribute.comment ?? '', known ? '' : `MISP type: ${attribute.type}`]
			.filter(Boolean)
			.join('\n')
			.slice(0, 2000),
		tlp: labelOf((attribute.Tag ?? []).map((tag) => tag.name)) ?? ofEvent,
		external: attribute.uuid
	});
	if (parsed.success)
		file.items.push({
			kind: 'indicator',
			external: attribute.uuid,
			content: parsed.data as IndicatorContent,
			ofIncident
		});
	else
		file.problems.push({
			what: `${attribute.type} ${attribute.value}`.slice(0, 200),
			why: parsed.error.issues[0]!.message
		});
}

function labelOf(names: readonly string[]): Tlp | null {
	const found = names.flatMap((name) => tlpOfTag(name) ?? []);
	return found.length > 0 ? strictestTlp(found) : null;
}
