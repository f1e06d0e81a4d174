import { z } from 'zod';
import * as Y from 'yjs';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import type { InjectId, TeamId } from '../ids.ts';
import { id, instant, shortText, teamLevels, type TeamLevel } from '../exercise/schema.ts';
import { fingerprint } from '../fingerprint.ts';
import { emptyRichText, readFragment, richTextSchema, writeFragment, type RichText } from '../rich-text.ts';

/** An inject as planners write it (DOMAIN 4.4), as plain values: what approval copies out of the script page. */
export interface Inject {
	id: InjectId;
	/** stable and human, as in the planners' spreadsheet: `CE-EL-0123`; unique in its cell */
	reference: string;
	storyline: string;
	title: string;
	category: InjectCategory;
	level: InjectLevel;
	schedule: Schedule;
	/** the simulated sender: `Port authority duty officer` */
	from: string;
	to: Recipients;
	channel: InjectChannel;
	tlp: Tlp;
	body: RichText;
	expectedActions: ExpectedAction[];
	/** how long it stays useful, seconds; null: no limit */
	windowSeconds: number | null;
	objectives: string[];
	capabilities: string[];
	/** who releases it, as the planners write it; not an account */
	controller: string;
	/** never to players */
	evaluatorNotes: string;
	/** never to players */
	controllerNotes: string;
	acknowledgementRequired: boolean;
	/** seconds of exercise time after release; null: no limit */
	acknowledgeWithin: number | null;
	responseRequired: boolean;
	respondWithin: number | null;
}

export const injectCategories = [
	'contextual',
	'contingency',
	'expected_action',
	'administrative',
	'other'
] as const;
export type InjectCategory = (typeof injectCategories)[number];

export const injectLevels = ['technical', 'operational', 'political', 'media'] as const;
export type InjectLevel = (typeof injectLevels)[number];

export const injectChannels = [
	'workspace',
	'email',
	'phone',
	'sms',
	'chat',
	'video',
	'portal_ticket',
	'siem_alert',
	'news_article',
	'social_post',
	'tv_clip',
	'letter',
	'in_person'
] as const;
export type InjectChannel = (typeof injectChannels)[number];

/**
 * When it is released (DOMAIN 4.3), always in exercise time: at a moment, so long after STARTEX, so long after
 * another inject was released, by hand, or held in reserve until a condition is seen by a person.
 */
export type Schedule =
	| { mode: 'at'; at: number }
	| { mode: 'offset'; seconds: number }
	| { mode: 'after'; inject: InjectId; seconds: number }
	| { mode: 'manual' }
	| { mode: 'contingency'; condition: string };

/** Everyone, or the union of what is named; resolved to teams at release. */
export interface Recipients {
	all: boolean;
	countries: CountryCode[];
	levels: TeamLevel[];
	teams: TeamId[];
}

export interface ExpectedAction {
	id: string;
	text: string;
	/** seconds of exercise time after release; null: no limit */
	withinSeconds: number | null;
	critical: boolean;
}

export const injectLimits = {
	/** DOMAIN 10: 1,500 authored injects in the largest exercise, proposal range to 3,000 */
	injectsPerScript: 3000,
	reference: 40,
	title: 200,
	/** plain words of a body as the wire takes it; DOMAIN's largest article is far below */
	body: 20_000,
	notes: 8000,
	expectedActions: 20
} as const;

const seconds = z
	.number()
	.int()
	.min(-366 * 86_400)
	.max(366 * 86_400);
const within = z
	.number()
	.int()
	.min(1)
	.max(366 * 86_400)
	.nullable();

export const scheduleSchema: z.ZodType<Schedule> = z.discriminatedUnion('mode', [
	z.object({ mode: z.literal('at'), at: instant }),
	z.object({ mode: z.literal('offset'), seconds }),
	z.object({ mode: z.literal('after'), inject: id<InjectId>(), seconds }),
	z.object({ mode: z.literal('manual') }),
	z.object({ mode: z.literal('contingency'), condition: z.string().max(1000) })
]);

export const recipientsSchema = z.object({
	all: z.boolean(),
	countries: z.array(z.enum(countryCodes)).max(countryCodes.length),
	levels: z.array(z.enum(teamLevels)).max(teamLevels.length),
	teams: z.array(id<TeamId>()).max(2000)
});

export const injectSchema = z.object({
	id: id<InjectId>(),
	reference: z.string().trim().max(injectLimits.reference),
	storyline: z.string().trim().max(120),
	title: shortText('Title', injectLimits.title),
	category: z.enum(injectCategories),
	level: z.enum(injectLevels),
	schedule: scheduleSchema,
	from: z.string().trim().max(200),
	to: recipientsSchema,
	channel: z.enum(injectChannels),
	tlp: z.enum(tlpIds),
	body: richTextSchema,
	expectedActions: z
		.array(
			z.object({
				id: z.string().min(1).max(40),
				text: z.string().trim().max(1000),
				withinSeconds: within,
				critical: z.boolean()
			})
		)
		.max(injectLimits.expectedActions),
	windowSeconds: within,
	objectives: z.array(z.string().max(120)).max(50),
	capabilities: z.array(z.string().max(120)).max(50),
	controller: z.string().trim().max(200),
	evaluatorNotes: z.string().max(injectLimits.notes),
	controllerNotes: z.string().max(injectLimits.notes),
	acknowledgementRequired: z.boolean(),
	acknowledgeWithin: within,
	responseRequired: z.boolean(),
	respondWithin: within
});

export function newInject(injectId: InjectId, values: Partial<Omit<Inject, 'id'>> = {}): Inject {
	return {
		id: injectId,
		reference: '',
		storyline: '',
		title: '',
		category: 'contextual',
		level: 'operational',
		schedule: { mode: 'manual' },
		from: '',
		to: { all: false, countries: [], levels: [], teams: [] },
		channel: 'workspace',
		tlp: 'amber',
		body: emptyRichText(),
		expectedActions: [],
		windowSeconds: null,
		objectives: [],
		capabilities: [],
		controller: '',
		evaluatorNotes: '',
		controllerNotes: '',
		acknowledgementRequired: true,
		acknowledgeWithin: null,
		responseRequired: false,
		respondWithin: null,
		...values
	};
}

// --- the script page: a Y.Map `injects` by id; in each, long texts are shared types, the rest plain JSON -------------

/** `title` and notes are short enough to be replaced as a whole; only the body is written letter by letter. */
const plainFields = [
	'reference',
	'storyline',
	'title',
	'category',
	'level',
	'schedule',
	'from',
	'to',
	'channel',
	'tlp',
	'expectedActions',
	'windowSeconds',
	'objectives',
	'capabilities',
	'controller',
	'evaluatorNotes',
	'controllerNotes',
	'acknowledgementRequired',
	'acknowledgeWithin',
	'responseRequired',
	'respondWithin'
] as const satisfies readonly (keyof Inject)[];
export type PlainField = (typeof plainFields)[number];

export type InjectRecord = Y.Map<unknown>;

export function scriptInjects(doc: Y.Doc): Y.Map<InjectRecord> {
	return doc.getMap<InjectRecord>('injects');
}

/** The fractional key by which the script is ordered (as `fractional-indexing` makes them); '' sorts first. */
export function orderOf(record: InjectRecord): string {
	const order = record.get('order');
	return typeof order === 'string' ? order : '';
}

export function bodyOf(record: InjectRecord): Y.XmlFragment | null {
	const body = record.get('body');
	return body instanceof Y.XmlFragment ? body : null;
}

/** Reads one record; a field that is missing or of the wrong shape has its default, so a hostile page cannot break a reader. */
export function readInject(injectId: string, record: InjectRecord): Inject {
	const inject = newInject(injectId as InjectId);
	for (const field of plainFields) {
		const value = record.get(field);
		if (value === undefined) continue;
		const checked = injectSchema.shape[field].safeParse(value);
		if (checked.success) Object.assign(inject, { [field]: checked.data });
		else if (field === 'title' && typeof value === 'string')
			inject.title = value.slice(0, injectLimits.title);
	}
	const body = bodyOf(record);
	if (body) inject.body = readFragment(body);
	return inject;
}

/** All injects of a script in page order. */
export function readScript(doc: Y.Doc): Inject[] {
	const injects = scriptInjects(doc);
	return [...injects.entries()]
		.filter(([, record]) => record instanceof Y.Map)
		.sort(([a, x], [b, y]) => compareText(orderOf(x), orderOf(y)) || compareText(a, b))
		.map(([injectId, record]) => readInject(injectId, record));
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Adds an inject to the page. Call inside a transaction. */
export function addInject(doc: Y.Doc, inject: Inject, order: string): InjectRecord {
	const record: InjectRecord = new Y.Map();
	scriptInjects(doc).set(inject.id, record);
	record.set('order', order);
	const body = new Y.XmlFragment();
	record.set('body', body);
	setFields(record, inject);
	writeFragment(body, inject.body);
	return record;
}

/** Sets those plain fields that differ; what is equal stays untouched, so that no history is made of nothing. */
export function setFields(record: InjectRecord, values: Partial<Inject>): void {
	for (const field of plainFields) {
		if (values[field] === undefined) continue;
		if (JSON.stringify(record.get(field)) !== JSON.stringify(values[field])) record.set(field, values[field]);
	}
}

/** What approval and "changed since approval" compare: the whole inject as plain values. */
export function injectFingerprint(inject: Inject): string {
	return fingerprint(inject);
}

// --- what a team sees of an inject -----------------------------------------------------------------------------------

/** The values that release copies to a team: nothing of planning, no ids, no references (PROMISES P1, R1). */
export interface DeliveredInject {
	title: string;
	from: string;
	channel: InjectChannel;
	tlp: Tlp;
	body: RichText;
	acknowledgementRequired: boolean;
	/** exercise time, ms; null: no limit */
	acknowledgeBy: number | null;
	responseRequired: boolean;
	respondBy: number | null;
}

export function deliveredInject(inject: Inject, releasedAt: number): DeliveredInject {
	const due = (limit: number | null) => (limit === null ? null : releasedAt + limit * 1000);
	return {
		title: inject.title,
		from: inject.from,
		channel: inject.channel,
		tlp: inject.tlp,
		body: inject.body,
		acknowledgementRequired: inject.acknowledgementRequired,
		acknowledgeBy: inject.acknowledgementRequired ? due(inject.acknowledgeWithin) : null,
		responseRequired: inject.responseRequired,
		respondBy: inject.responseRequired ? due(inject.respondWithin) : null
	};
}
