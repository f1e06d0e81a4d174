import { z } from 'zod';
import type { Tlp } from '#lib/standards/tlp.ts';
import { strictestTlp } from '#lib/standards/tlp.ts';
import type { IndicatorContent, IndicatorType } from '../indicator/schema.ts';
import { incidentOf, indicatorOf, type IncomingFile } from './items.ts';
import { tlp1Markings, tlpExtension, tlpMarkings } from './stix.ts';
import { incidentOfTags, unlabelled } from './tags.ts';

/** What we look at of an object; the rest of it may be anything. */
const objectSchema = z.looseObject({
	type: z.string().max(100),
	id: z.string().max(200),
	name: z.string().optional(),
	description: z.string().optional(),
	labels: z.array(z.string()).optional(),
	object_marking_refs: z.array(z.string()).optional(),
	granular_markings: z.array(z.looseObject({ marking_ref: z.string().optional() })).optional(),
	pattern: z.string().optional(),
	pattern_type: z.string().optional(),
	revoked: z.boolean().optional(),
	relationship_type: z.string().optional(),
	source_ref: z.string().optional(),
	target_ref: z.string().optional(),
	definition: z.unknown().optional(),
	extensions: z.record(z.string(), z.unknown()).optional()
});
type Read = z.infer<typeof objectSchema>;

/** What carries others and has been read with them. */
const carriers = new Set(['identity', 'marking-definition', 'extension-definition', 'relationship']);

/** A bundle that somebody else wrote. Marks are read as they are; what carries none is kept narrow. */
export function fromStix(bundle: object): IncomingFile {
	const file: IncomingFile = { format: 'stix', items: [], marks: [], problems: [], leftOut: [] };
	const read: Read[] = [];
	const objects = 'objects' in bundle && Array.isArray(bundle.objects) ? (bundle.objects as unknown[]) : [];
	for (const object of objects) {
		const parsed = objectSchema.safeParse(object);
		if (parsed.success) read.push(parsed.data);
		else file.problems.push({ what: nameOf(object), why: 'It is not of the shape of a STIX object.' });
	}
	const labels = labelsIn(read);
	const incidentOfIndicator = new Map(
		read
			.filter((one) => one.type === 'relationship' && one.target_ref?.startsWith('incident--'))
			.map((one) => [one.source_ref ?? '', one.target_ref!])
	);
	const leftOut = new Map<string, number>();
	for (const object of read) {
		if (carriers.has(object.type)) continue;
		if (object.type === 'incident') takeIncident(object, labels, file);
		else if (object.type === 'indicator' && object.revoked !== true)
			takeIndicator(object, labels, incidentOfIndicator.get(object.id) ?? null, file);
		else leftOut.set(object.type, (leftOut.get(object.type) ?? 0) + 1);
	}
	file.leftOut = [...leftOut].map(([kind, count]) => ({ kind, count }));
	return file;
}

const nameOf = (object: unknown) => {
	const { id, type } = (object ?? {}) as { id?: unknown; type?: unknown };
	return String(id ?? type ?? 'an object').slice(0, 200);
};

/** Marking definitions of the file, those of OASIS, and those of TLP 1.0. */
function labelsIn(objects: readonly Read[]): ReadonlyMap<string, Tlp> {
	const labels = new Map<string, Tlp>([
		...Object.entries(tlpMarkings).map(([tlp, id]): [string, Tlp] => [id, tlp as Tlp]),
		...Object.entries(tlp1Markings)
	]);
	for (const { type, id, extensions } of objects) {
		if (type !== 'marking-definition') continue;
		const value = (extensions?.[tlpExtension] as { tlp_2_0?: unknown } | undefined)?.tlp_2_0;
		const tlp = value === 'amber+strict' ? 'amber_strict' : value;
		if (typeof tlp === 'string' && tlp in tlpMarkings) labels.set(id, tlp as Tlp);
	}
	return labels;
}

/** What is marked in parts is as strict as its strictest part: a record has one label. */
function labelOf(object: Read, labels: ReadonlyMap<string, Tlp>): Tlp {
	const found = (object.object_marking_refs ?? []).flatMap((ref) => labels.get(ref) ?? []);
	const ofParts = (object.granular_markings ?? []).flatMap(
		({ marking_ref }) => labels.get(marking_ref ?? '') ?? []
	);
	return strictestTlp([...(found.length > 0 ? found : [unlabelled]), ...ofParts]);
}

function takeIncident(object: Read, labels: ReadonlyMap<string, Tlp>, file: IncomingFile): void {
	const { rest, ...classified } = incidentOfTags(object.labels ?? []);
	const parsed = incidentOf({
		...classified,
		title: object.name ?? '',
		description: [object.description ?? '', rest.length > 0 ? `Labels: ${rest.join(', ')}` : '']
			.filter(Boolean)
			.join('\n\n')
			.slice(0, 8000),
		tlp: labelOf(object, labels),
		external: object.id
	});
	if (parsed.success) file.items.push({ kind: 'incident', external: object.id, content: parsed.data });
	else file.problems.push({ what: object.id, why: parsed.error.issues[0]!.message });
}

function takeIndicator(
	object: Read,
	labels: ReadonlyMap<string, Tlp>,
	ofIncident: string | null,
	file: IncomingFile
): void {
	const found =
		object.pattern_type === undefined || object.pattern_type === 'stix'
			? valueOf(object.pattern ?? '')
			: null;
	const { type, value } = found ?? { type: 'other', value: object.pattern ?? '' };
	// many name an indicator by its value: said once is enough
	const name = object.name === value.slice(0, 200) ? '' : (object.name ?? '');
	const parsed = indicatorOf({
		type,
		value,
		description: [name, object.description ?? ''].filter(Boolean).join('\n').slice(0, 2000),
		tlp: labelOf(object, labels),
		external: object.id
	});
	if (parsed.success)
		file.items.push({
			kind: 'indicator',
			external: object.id,
			content: parsed.data as IndicatorContent,
			ofIncident
		});
	else file.problems.push({ what: object.id, why: parsed.error.issues[0]!.message });
}

const pathTypes: readonly [RegExp, IndicatorType][] = [
	[/^ipv4-addr:value$/, 'ipv4'],
	[/^ipv6-addr:value$/, 'ipv6'],
	[/^domain-name:value$/, 'domain'],
	[/^url:value$/, 'url'],
	[/^email-addr:value$/, 'email'],
	[/^file:hashes\.'?MD5'?$/i, 'md5'],
	[/^file:hashes\.'?SHA-?1'?$/i, 'sha1'],
	[/^file:hashes\.'?SHA-?256'?$/i, 'sha256'],
	[/^file:name$/, 'file-name'],
	[/^artifact:x_muster_value$/, 'other']
];

/** A pattern of one comparison; anything longer is kept whole, as it is. */
export function valueOf(pattern: string): { type: IndicatorType; value: string } | null {
	const [, path, quoted] = /^\[\s*([^\s=]+)\s*=\s*'((?:[^'\\]|\\.)*)'\s*\]$/s.exec(pattern.trim()) ?? [];
	if (path === undefined || quoted === undefined) return null;
	const type = pathTypes.find(([shape]) => shape.test(path))?.[1];
	return type ? { type, value: quoted.replace(/\\(.)/gs, '$1') } : null;
}
