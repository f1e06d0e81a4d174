import { z } from 'zod';
import * as Y from 'yjs';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { languagePattern } from '#lib/standards/languages.ts';
import { storable } from '#lib/storable.ts';
import type { DeliveredAttachment } from './attachments.ts';
import type { AttachmentId, InjectId, TeamId } from '../ids.ts';
import { id, instant, shortText, teamLevels, type TeamLevel } from '../exercise/schema.ts';
import { fingerprint } from '../fingerprint.ts';
import { emptyRichText, readFragment, richTextSchema, writeFragment, type RichText } from '../rich-text.ts';
import { readTranslations, writeTranslations } from './translations.ts';

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
	/** of title and body, BCP 47: `en`; '': not said */
	language: string;
	/** title and body in other languages, by language */
	translations: Record<string, InjectText>;
	attachments: InjectAttachment[];
	/** a national variant of a central inject; null: written here */
	origin: VariantOrigin | null;
	/** what another tool knew of it and Muster has no place for: kept as it came, never to players */
	otherFields: { name: string; value: string }[];
}

export interface InjectText {
	title: string;
	body: RichText;
}

/** A file that is delivered with an inject. Its bytes are stored once by hash; players get an address of their own. */
export interface InjectAttachment {
	id: AttachmentId;
	name: string;
	mediaType: string;
	bytes: number;
}

export interface VariantOrigin {
	/** the central inject */
	inject: InjectId;
	/** its text when it was taken over, or when its changes were last taken or declined: what a comparison begins at */
	taken: OriginText;
}

/** What a variant takes over: everything that a cell may compare field by field. */
export type OriginText = Omit<Inject, 'id' | 'reference' | 'origin' | 'otherFields'>;

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
 * another inject was released, so long after a team did something, by hand, or held in reserve until a person sees that
 * a condition holds.
 */
export type Schedule =
	| { mode: 'at'; at: number }
	| { mode: 'offset'; seconds: number }
	| { mode: 'after'; inject: InjectId; seconds: number }
	| { mode: 'condition'; when: Condition; seconds: number }
	| { mode: 'manual' }
	| {
			mode: 'contingency';
			condition: string;
			/** it makes up for this expected action of another inject: suggested where a team does not do it in time */
			missed?: MissedAction | undefined;
	  };

export interface MissedAction {
	inject: InjectId;
	action: string;
}

/**
 * What a team must have done, or must not have done in time, for an inject to come to it: judged for each team by itself,
 * so that each goes at its own pace. All of the clauses, or any one.
 */
export interface Condition {
	match: 'all' | 'any';
	clauses: Clause[];
}

export interface Clause {
	inject: InjectId;
	/** `did` an expected action of that inject: marked by who watches the team */
	act: 'acknowledged' | 'responded' | 'did';
	/** the expected action, where `act` is `did` */
	action: string | null;
	/** the team has not done it within the limit */
	not: boolean;
	/** seconds of exercise time after that inject came to the team; null: whenever (not with `not`) */
	withinSeconds: number | null;
}

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
	expectedActions: 20,
	attachments: 10,
	/** bytes of one attachment */
	attachmentBytes: 20_000_000,
	/** the Union has 24 official languages */
	languages: 40,
	otherFields: 60,
	clauses: 10
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
	z.object({
		mode: z.literal('condition'),
		when: z.object({
			match: z.enum(['all', 'any']),
			clauses: z
				.array(
					z
						.object({
							inject: id<InjectId>(),
							act: z.enum(['acknowledged', 'responded', 'did']),
							action: z.string().min(1).max(40).nullable(),
							not: z.boolean(),
							withinSeconds: within
						})
						.refine((clause) => !clause.not || clause.withinSeconds !== null, 'Say within which time.')
						.refine((clause) => clause.act !== 'did' || clause.action !== null, 'Name the expected action.')
				)
				.min(1)
				.max(injectLimits.clauses)
		}),
		// a condition that does not hold yet cannot be counted back from
		seconds: seconds.min(0, 'An inject cannot come before its condition holds.')
	}),
	z.object({ mode: z.literal('manual') }),
	z.object({
		mode: z.literal('contingency'),
		condition: z.string().max(1000),
		missed: z.object({ inject: id<InjectId>(), action: z.string().min(1).max(40) }).optional()
	})
]);

export const recipientsSchema = z.object({
	all: z.boolean(),
	countries: z.array(z.enum(countryCodes)).max(countryCodes.length),
	levels: z.array(z.enum(teamLevels)).max(teamLevels.length),
	teams: z.array(id<TeamId>()).max(2000)
});

/** A language tag as browsers and documents know it. */
export const languageTag = z.string().regex(languagePattern);
const translationsSchema = z
	.record(languageTag, z.object({ title: z.string().trim().max(injectLimits.title), body: richTextSchema }))
	.refine((all) => Object.keys(all).length <= injectLimits.languages);
const attachmentsSchema = z
	.array(
		z.object({
			id: id<AttachmentId>(),
			name: z.string().min(1).max(200),
			mediaType: z.string().max(100),
			bytes: z.number().int().min(0).max(injectLimits.attachmentBytes)
		})
	)
	.max(injectLimits.attachments);

const ownFields = {
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
	respondWithin: within,
	language: z.union([z.literal(''), languageTag]).default(''),
	translations: translationsSchema.default({}),
	attachments: attachmentsSchema.default([])
};

export const originTextSchema = z.object(ownFields).omit({ id: true, reference: true });

export const injectSchema = z.object({
	...ownFields,
	origin: z.object({ inject: id<InjectId>(), taken: originTextSchema }).nullable().default(null),
	otherFields: z
		.array(z.object({ name: z.string().max(120), value: z.string().max(4000) }))
		.max(injectLimits.otherFields)
		.default([])
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
		language: '',
		translations: {},
		attachments: [],
		origin: null,
		otherFields: [],
		...values
	};
}

/** An inject as it was stored: fields that came later have their defaults. */
export const storedInject = (content: Inject): Inject => newInject(content.id, content);

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
	'respondWithin',
	'language',
	'attachments',
	'origin',
	'otherFields'
] as const satisfies readonly (keyof Inject)[];

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
		const value = storable(record.get(field));
		if (value === undefined) continue;
		const checked = injectSchema.shape[field].safeParse(value);
		if (checked.success) Object.assign(inject, { [field]: checked.data });
		else if (field === 'title' && typeof value === 'string')
			inject.title = value.slice(0, injectLimits.title);
	}
	const body = bodyOf(record);
	if (body) inject.body = readFragment(body);
	inject.translations = readTranslations(record);
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

/** Sets those fields that differ; what is equal stays untouched, so that no history is made of nothing. Not the body. */
export function setFields(record: InjectRecord, values: Partial<Inject>): void {
	for (const field of plainFields) {
		if (values[field] === undefined) continue;
		if (JSON.stringify(record.get(field)) !== JSON.stringify(values[field])) record.set(field, values[field]);
	}
	if (values.translations !== undefined) writeTranslations(record, values.translations);
}

/** What approval and "changed since approval" compare: the whole inject as plain values. */
export function injectFingerprint(inject: Inject): string {
	const { language, translations, attachments, origin, otherFields, ...always } = inject;
	// fields that came later count only where they say something, so that what was approved before stays approved
	return fingerprint({
		...always,
		...(language && { language }),
		...(Object.keys(translations).length > 0 && { translations }),
		...(attachments.length > 0 && { attachments }),
		...(origin && { origin }),
		...(otherFields.length > 0 && { otherFields })
	});
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
	/** of title and body; missing: not said */
	language?: string;
	/** title and body are a translation, and this is what was written; no other language comes with it */
	original?: InjectText & { language: string };
	/** with addresses of the team's own */
	attachments?: DeliveredAttachment[];
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
		respondBy: inject.responseRequired ? due(inject.respondWithin) : null,
		...(inject.language && { language: inject.language })
	};
}
