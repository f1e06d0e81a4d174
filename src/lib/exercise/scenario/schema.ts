import { z } from 'zod';
import * as Y from 'yjs';
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import { readFragment, type RichText } from '../rich-text.ts';

/**
 * The scenario page of an exercise: what the story is, what is really going on, along which storylines it is told, and
 * what the exercise is to show. Injects name a storyline by its name and objectives by their codes, so that a script
 * can be read, exported and imported without this page.
 */
export interface Scenario {
	title: string;
	narrative: RichText;
	/** for exercise control and evaluators: never told to players */
	groundTruth: RichText;
	storylines: Storyline[];
	objectives: Objective[];
}

export interface Storyline {
	id: string;
	name: string;
	colour: StorylineColour;
	description: string;
}

/** What the exercise is to show, SMART but light (DOMAIN 4.1): specific text, how it is measured, by when. */
export interface Objective {
	id: string;
	/** short and unique, as injects name it: `OBJ-3` */
	code: string;
	text: string;
	/** the capability that is exercised: `Incident reporting under NIS2` */
	capability: string;
	/** what an evaluator looks for to say that it was met */
	measure: string;
	/** by when: `early warning within 24 h of awareness` */
	deadline: string;
}

/** A closed list: a colour is shown beside the name, and none of them is the marking's yellow. */
export const storylineColours = ['blue', 'teal', 'green', 'olive', 'brown', 'red', 'pink', 'violet'] as const;
export type StorylineColour = (typeof storylineColours)[number];

export const scenarioLimits = {
	title: 200,
	/** as injects name it */
	name: 120,
	text: 2000,
	/** large exercises have under ten storylines and some thirty objectives */
	storylines: 50,
	objectives: 200
} as const;

const text = (max: number = scenarioLimits.text) => z.string().max(max);
const storylineFields = {
	name: text(scenarioLimits.name),
	colour: z.enum(storylineColours),
	description: text()
};
const objectiveFields = {
	code: text(scenarioLimits.name),
	text: text(),
	capability: text(scenarioLimits.name),
	measure: text(),
	deadline: text(scenarioLimits.name)
};

type ItemRecord = Y.Map<unknown>;
export type ScenarioList = 'storylines' | 'objectives';
export type ItemOf<List extends ScenarioList> = List extends 'storylines' ? Storyline : Objective;

const head = (doc: Y.Doc) => doc.getMap('head');
const list = (doc: Y.Doc, name: ScenarioList) => doc.getMap<ItemRecord>(name);
export const narrativeOf = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('narrative');
export const groundTruthOf = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('groundTruth');

/** The shared types whose changes matter to what `readOutline` says. */
export const outlineTypes = (doc: Y.Doc) => [head(doc), list(doc, 'storylines'), list(doc, 'objectives')];

// --- reading: a field that is missing or of the wrong shape has its default, so a hostile page cannot break a reader ---

export function readScenario(doc: Y.Doc): Scenario {
	return {
		...readOutline(doc),
		narrative: readFragment(narrativeOf(doc)),
		groundTruth: readFragment(groundTruthOf(doc))
	};
}

/** Everything but the long texts. */
export function readOutline(doc: Y.Doc): Pick<Scenario, 'title' | 'storylines' | 'objectives'> {
	const title = head(doc).get('title');
	return {
		title: typeof title === 'string' ? title.slice(0, scenarioLimits.title) : '',
		storylines: records(doc, 'storylines').map(([id, record]) => ({
			id,
			name: read(record, 'name', storylineFields.name, ''),
			colour: read(record, 'colour', storylineFields.colour, 'blue'),
			description: read(record, 'description', storylineFields.description, '')
		})),
		objectives: records(doc, 'objectives').map(([id, record]) => ({
			id,
			code: read(record, 'code', objectiveFields.code, ''),
			text: read(record, 'text', objectiveFields.text, ''),
			capability: read(record, 'capability', objectiveFields.capability, ''),
			measure: read(record, 'measure', objectiveFields.measure, ''),
			deadline: read(record, 'deadline', objectiveFields.deadline, '')
		}))
	};
}

function read<T>(record: ItemRecord, field: string, schema: z.ZodType<T>, fallback: T): T {
	const checked = schema.safeParse(record.get(field));
	return checked.success ? checked.data : fallback;
}

function records(doc: Y.Doc, name: ScenarioList): [string, ItemRecord][] {
	return [...list(doc, name).entries()]
		.filter(([, record]) => record instanceof Y.Map)
		.sort(([a, x], [b, y]) => compareText(orderOf(x), orderOf(y)) || compareText(a, b))
		.slice(0, scenarioLimits[name]);
}

const orderOf = (record: ItemRecord) => {
	const order = record.get('order');
	return typeof order === 'string' ? order : '';
};
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

// --- editing ----------------------------------------------------------------------------------------------------------

export function setTitle(doc: Y.Doc, title: string, origin?: unknown): void {
	const value = title.trim().slice(0, scenarioLimits.title);
	if (head(doc).get('title') !== value) doc.transact(() => head(doc).set('title', value), origin);
}

/** Adds at the end; false when the list is full. */
export function addItem<List extends ScenarioList>(
	doc: Y.Doc,
	name: List,
	id: string,
	values: Partial<Omit<ItemOf<List>, 'id'>>,
	origin?: unknown
): boolean {
	const existing = records(doc, name);
	if (existing.length >= scenarioLimits[name]) return false;
	doc.transact(() => {
		const record: ItemRecord = new Y.Map();
		list(doc, name).set(id, record);
		record.set('order', keyBetween(doc, name, existing.at(-1)?.[0] ?? null, null));
		for (const [field, value] of Object.entries(values)) record.set(field, value);
	}, origin);
	return true;
}

/** Sets those fields that differ. */
export function editItem<List extends ScenarioList>(
	doc: Y.Doc,
	name: List,
	id: string,
	values: Partial<Omit<ItemOf<List>, 'id'>>,
	origin?: unknown
): void {
	const record = list(doc, name).get(id);
	if (!(record instanceof Y.Map)) return;
	doc.transact(() => {
		for (const [field, value] of Object.entries(values)) {
			if (record.get(field) !== value) record.set(field, value);
		}
	}, origin);
}

export function removeItem(doc: Y.Doc, name: ScenarioList, id: string, origin?: unknown): void {
	doc.transact(() => list(doc, name).delete(id), origin);
}

/** One place up or down; nothing but its order key changes. */
export function moveItem(doc: Y.Doc, name: ScenarioList, id: string, by: -1 | 1, origin?: unknown): void {
	const others = records(doc, name);
	const from = others.findIndex(([item]) => item === id);
	const to = from + by;
	if (from === -1 || to < 0 || to >= others.length) return;
	const [record] = others.splice(from, 1);
	doc.transact(() => {
		record![1].set('order', keyBetween(doc, name, others[to - 1]?.[0] ?? null, others[to]?.[0] ?? null));
	}, origin);
}

/** A key between two items; where the keys that stand there leave no room, the list is numbered anew first. */
function keyBetween(doc: Y.Doc, name: ScenarioList, after: string | null, before: string | null): string {
	const key = (id: string | null) => (id === null ? null : orderOf(list(doc, name).get(id)!));
	try {
		return generateKeyBetween(key(after), key(before));
	} catch {
		const items = records(doc, name);
		const keys = generateNKeysBetween(null, null, items.length);
		for (const [i, [, record]] of items.entries()) record.set('order', keys[i]!);
		return generateKeyBetween(key(after), key(before));
	}
}

/** `OBJ-4` after `OBJ-3`. */
export function nextCode(objectives: readonly Objective[]): string {
	const numbers = objectives.map(({ code }) => Number(/(\d{1,6})$/.exec(code)?.[1] ?? 0));
	return `OBJ-${Math.max(0, ...numbers) + 1}`;
}

/** Adds the objectives that are not there yet, by their words, with the next codes; how many. */
export function addObjectives(
	doc: Y.Doc,
	texts: readonly string[],
	mint: () => string,
	origin?: unknown
): number {
	let added = 0;
	for (const words of texts) {
		const { objectives } = readOutline(doc);
		const value = words.trim().slice(0, scenarioLimits.text);
		if (value === '' || objectives.some((one) => one.text.trim() === value)) continue;
		if (!addItem(doc, 'objectives', mint(), { code: nextCode(objectives), text: value }, origin)) break;
		added++;
	}
	return added;
}

/** A colour that no storyline has yet. */
export function nextColour(storylines: readonly Storyline[]): StorylineColour {
	const used = new Set(storylines.map(({ colour }) => colour));
	return (
		storylineColours.find((colour) => !used.has(colour)) ??
		storylineColours[storylines.length % storylineColours.length]!
	);
}

// --- what should be put right -----------------------------------------------------------------------------------------

export type ScenarioProblem = 'no-code' | 'same-code' | 'no-text' | 'no-measure' | 'no-deadline';

/** What an objective lacks before it is specific, measurable and bound in time. */
export function objectiveProblems(objective: Objective, all: readonly Objective[]): ScenarioProblem[] {
	const code = objective.code.trim().toLowerCase();
	return [
		...(code === '' ? (['no-code'] as const) : []),
		...(code !== '' &&
		all.some((other) => other.id !== objective.id && other.code.trim().toLowerCase() === code)
			? (['same-code'] as const)
			: []),
		...(objective.text.trim() === '' ? (['no-text'] as const) : []),
		...(objective.measure.trim() === '' ? (['no-measure'] as const) : []),
		...(objective.deadline.trim() === '' ? (['no-deadline'] as const) : [])
	];
}
