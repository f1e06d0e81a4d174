import type { Tlp } from '#lib/standards/tlp.ts';
import { digest } from 'lib0/hash/sha256';
import { isReal, markingWordOf } from '../exercise/kind.ts';
import type { ExerciseKind } from '../exercise/schema.ts';
import type { RecordId } from '../ids.ts';
import { incidentContentSchema, type Incident, type IncidentContent } from '../incident/schema.ts';
import { indicatorContentSchema, type Indicator, type IndicatorContent } from '../indicator/schema.ts';
import { canonical } from '../fingerprint.ts';
import type { RichText } from '../rich-text.ts';
import type { RecordPlace } from '../working/record.ts';

/*
 * What passes between Muster and tools that speak STIX 2.1 or MISP (DOMAIN 8.1, 8.2). Both formats are written from, and
 * read to, the items of this file.
 */

/** What leaves: the records of one team that were chosen. */
export interface Outgoing {
	/** `createdAt`: wall ms; what stands for the exercise elsewhere was made then, however often it is exported */
	exercise: { id: string; kind: ExerciseKind; name: string; createdAt: number };
	team: { id: string; name: string; country: string };
	incidents: { id: RecordId; standing: Incident }[];
	indicators: { id: RecordId; standing: Indicator }[];
	reports: OutgoingReport[];
	/** the wall's clock, ms */
	now: number;
	/** an exercise time in words, `D1 10:42` */
	time: (exerciseAt: number) => string;
}

export interface OutgoingReport {
	number: number;
	title: string;
	tlp: Tlp;
	/** exercise time, ms */
	asOf: number;
	/** when it was approved, wall ms */
	approvedAt: number;
	text: RichText;
}

/** `exercise` or `real`: the label of each object, for tools that sort by it. */
export const wordOf = (exercise: Outgoing['exercise']): string => markingWordOf(exercise).toLowerCase();

/** A moment in words that say which clock it is; a real room has the wall's alone. */
export const toldTime = ({ exercise, time }: Outgoing, at: number): string =>
	isReal(exercise) ? time(at) : `${time(at)} (exercise time)`;

/** TLP:RED stays with the people in the exchange: it never leaves as a file (DOMAIN 8.2). */
export const leaves = (tlp: Tlp): boolean => tlp !== 'red';

/** What came in, in our terms. `external` is what it is called in its file: the same one is taken over once. */
export type Incoming =
	| { kind: 'incident'; external: string; content: IncidentContent }
	| { kind: 'indicator'; external: string; content: IndicatorContent; ofIncident: string | null };

export interface IncomingFile {
	format: 'stix' | 'misp';
	items: Incoming[];
	/** as what it is marked: exercise, real, by a mistake of somebody both, by most tools neither */
	marks: ExerciseKind[];
	/** what could not be taken over, each with what it is and why */
	problems: { what: string; why: string }[];
	/** kinds of objects that have no place here, and how many there are */
	leftOut: { kind: string; count: number }[];
}

/** How an item of a file stands to what the team has. */
export type ImportPlan = Incoming & { state: 'new' | 'changed' | 'same'; record: RecordId | null };

export interface Known {
	incidents: { id: RecordId; standing: Pick<Incident, 'content'> }[];
	indicators: { id: RecordId; standing: Pick<Indicator, 'content'> }[];
}

/** What holds, in MISP, everything of the team that belongs to no incident. */
export const othersName = 'others';

/** The team's own records by the names that they have outside, when they did not come from there; null: what holds others. */
export type OwnNames = ReadonlyMap<string, RecordId | null>;

export function ownNames(
	exercise: string,
	team: string,
	records: readonly { id: RecordId; kind: string }[]
): OwnNames {
	return new Map<string, RecordId | null>([
		[uuidOf(exercise, team, othersName), null],
		...records.flatMap(({ id, kind }) => {
			const uuid = uuidOf(exercise, team, id);
			return [uuid, `${kind}--${uuid}`].map((name) => [name, id] as const);
		})
	]);
}

/** Of a kept indicator: its id, whose it is, and the name under which it came in, if it did. */
export interface NamedIndicator extends RecordPlace {
	external: string | null;
}

/**
 * The record that an indicator goes back to, from the names that exports gave it: each of them may have come in from
 * another team's file itself. Null: it came from outside the exercise, or its maker's record is not there.
 */
export function sourceOf(
	exercise: string,
	from: NamedIndicator,
	all: readonly NamedIndicator[]
): NamedIndicator | null {
	const named = new Map<string, NamedIndicator>(
		all.flatMap((one) => {
			const uuid = uuidOf(exercise, one.team, one.record);
			return [uuid, `indicator--${uuid}`].map((name) => [name, one] as const);
		})
	);
	const passed = new Set<string>();
	let at = from;
	while (at.external !== null) {
		const next = named.get(at.external);
		if (!next || passed.has(next.record)) return null;
		passed.add(next.record);
		at = next;
	}
	return at.record === from.record ? null : at;
}

/**
 * Importing twice makes no duplicates: what is known by its id there is changed, or left as it is. What the team itself had
 * exported comes back to where it was written, and changes nothing.
 */
export function planImport(items: readonly Incoming[], known: Known, own: OwnNames): ImportPlan[] {
	const incidents = byExternal(known.incidents);
	const indicators = byExternal(known.indicators);
	const seen = new Set<string>();
	return items.flatMap((item): ImportPlan[] => {
		const key = `${item.kind} ${item.external}`;
		if (seen.has(key)) return [];
		seen.add(key);
		const found = (item.kind === 'incident' ? incidents : indicators).get(item.external);
		if (!found)
			return [
				{
					...item,
					state: own.has(item.external) ? 'same' : 'new',
					record: own.get(item.external) ?? null
				}
			];
		const same = comparable(found.standing.content) === comparable(item.content);
		return [{ ...item, state: same ? 'same' : 'changed', record: found.id }];
	});
}

function byExternal<Kept extends { standing: { content: { external?: string | null } } }>(
	records: readonly Kept[]
): Map<string, Kept> {
	return new Map(
		records.flatMap((one) => (one.standing.content.external ? [[one.standing.content.external, one]] : []))
	);
}

/** What a file says of a record; times that the team itself gave it are not the file's. */
function comparable(content: IncidentContent | IndicatorContent): string {
	const { tlp, description, external } = content;
	if ('type' in content) {
		const { type, value } = content;
		return canonical({ tlp, description, external, type, value });
	}
	const { title, entity, cause, threat, types, impacts } = content;
	return canonical({ tlp, description, external, title, entity, cause, threat, types, impacts });
}

export const incidentOf = (values: unknown) => incidentContentSchema.safeParse(values);
export const indicatorOf = (values: unknown) => indicatorContentSchema.safeParse(values);

/**
 * A UUID made of a name, always the same for the same name, so that what is exported twice is one object elsewhere. Shaped
 * as version 5 of RFC 9562, made with SHA-256.
 */
export function uuidOf(...name: readonly string[]): string {
	const bytes = digest(new TextEncoder().encode(JSON.stringify(name))).slice(0, 16);
	bytes[6] = (bytes[6]! & 0x0f) | 0x50;
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Versions 1 to 5: what the published STIX schema (`identifier`) and MISP's own check take. Others are refused there. */
export const isUuid = (text: string): boolean =>
	/^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(text);

export interface Named {
	id: RecordId;
	standing: { content: { external: string | null } };
}

/**
 * What each record is called outside: as where it came from, so that it stays the same object there, when the format takes
 * that name and no record before it has it; else by a name of its own.
 */
export function namesOf(
	records: readonly Named[],
	taken: (external: string) => boolean,
	own: (id: RecordId) => string
): Map<RecordId, string> {
	const used = new Set<string>();
	return new Map(
		records.map(({ id, standing: { content } }): [RecordId, string] => {
			const { external } = content;
			if (!external || !taken(external) || used.has(external)) return [id, own(id)];
			used.add(external);
			return [id, external];
		})
	);
}
