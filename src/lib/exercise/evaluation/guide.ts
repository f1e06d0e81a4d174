import { z } from 'zod';
import * as Y from 'yjs';
import { generateKeyBetween } from 'fractional-indexing';
import { idPattern, type GuideId, type GuideTaskId, type TeamId } from '../ids.ts';

/**
 * The evaluation page: what evaluators look for, prepared together (DOMAIN 4.6: the exercise evaluation guide). A guide
 * takes one objective of the scenario page, says what is measured, and names the critical tasks; it is assigned to teams.
 * Everybody who evaluates reads all guides; what is noted about a team is not on this page (schema.ts).
 */
export interface Guide {
	id: GuideId;
	/** the objective's code on the scenario page, and its words when they were taken over */
	objective: string;
	objectiveText: string;
	capability: string;
	/** what is to be shown */
	target: string;
	/** how it is measured */
	standard: string;
	teams: TeamId[];
	tasks: GuideTask[];
	/** the template that it began as: `incident-reporting 1`; '' for none */
	template: string;
}

export interface GuideTask {
	id: GuideTaskId;
	text: string;
	/** the plan that asks for it: `National crisis plan, 4.2` */
	source: string;
}

export const guideLimits = {
	/** a large exercise has some thirty objectives */
	guides: 200,
	/** more cannot be watched by one person */
	tasks: 30,
	/** of all guides: bounds what a page can make a reader read */
	allTasks: 3000,
	name: 120,
	text: 2000,
	teams: 2000
} as const;

const line = z.string().max(guideLimits.name);
const text = z.string().max(guideLimits.text);
const guideFields = {
	objective: line,
	objectiveText: text,
	capability: line,
	target: text,
	standard: text,
	template: line,
	teams: z.array(z.string().regex(idPattern)).max(guideLimits.teams)
};
const taskFields = { text, source: z.string().max(guideLimits.name) };

export type GuideValues = Omit<Guide, 'id' | 'tasks'>;
export type TaskValues = Omit<GuideTask, 'id'>;

type Item = Y.Map<unknown>;
const guides = (doc: Y.Doc) => doc.getMap<Item>('guides');
const tasks = (doc: Y.Doc) => doc.getMap<Item>('tasks');

/** The shared types whose changes matter to what `readGuides` says. */
export const guideTypes = (doc: Y.Doc) => [guides(doc), tasks(doc)];

// --- reading: what is missing or of the wrong shape has its default, so that a hostile page cannot break a reader ---------

export function readGuides(doc: Y.Doc): Guide[] {
	const byGuide = new Map<string, GuideTask[]>();
	for (const [id, item] of inOrder(tasks(doc), guideLimits.allTasks)) {
		const of = item.get('guide');
		if (typeof of !== 'string') continue;
		const list = byGuide.get(of) ?? [];
		byGuide.set(of, list);
		if (list.length < guideLimits.tasks)
			list.push({
				id: id as GuideTaskId,
				text: read(item, 'text', taskFields.text, ''),
				source: read(item, 'source', taskFields.source, '')
			});
	}
	return inOrder(guides(doc), guideLimits.guides).map(([id, item]) => ({
		id: id as GuideId,
		objective: read(item, 'objective', guideFields.objective, ''),
		objectiveText: read(item, 'objectiveText', guideFields.objectiveText, ''),
		capability: read(item, 'capability', guideFields.capability, ''),
		target: read(item, 'target', guideFields.target, ''),
		standard: read(item, 'standard', guideFields.standard, ''),
		template: read(item, 'template', guideFields.template, ''),
		teams: read(item, 'teams', guideFields.teams, []) as TeamId[],
		tasks: byGuide.get(id) ?? []
	}));
}

/** A guide's standard, as the objective says how and by when it is measured. */
export const standardOf = ({ measure, deadline }: { measure: string; deadline: string }): string =>
	[measure.trim(), deadline.trim() && `(${deadline.trim()})`]
		.filter(Boolean)
		.join(' ')
		.slice(0, guideLimits.text);

/** What is looked for at one team. */
export const guidesOf = (all: readonly Guide[], team: TeamId): Guide[] =>
	all.filter((guide) => guide.teams.includes(team));

function read<T>(item: Item, field: string, schema: z.ZodType<T>, fallback: T): T {
	const checked = schema.safeParse(item.get(field));
	return checked.success ? checked.data : fallback;
}

function inOrder(list: Y.Map<Item>, limit: number): [string, Item][] {
	return [...list.entries()]
		.filter(([id, item]) => idPattern.test(id) && item instanceof Y.Map)
		.sort(([a, x], [b, y]) => compare(orderOf(x), orderOf(y)) || compare(a, b))
		.slice(0, limit);
}

const orderOf = (item: Item) => {
	const order = item.get('order');
	return typeof order === 'string' ? order : '';
};
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

// --- editing --------------------------------------------------------------------------------------------------------------

/** Adds a guide at the end, with its tasks; false when the page is full. `mint` gives ids of tasks. */
export function addGuide(
	doc: Y.Doc,
	id: GuideId,
	values: Partial<GuideValues> & { tasks?: readonly TaskValues[] },
	mint: () => GuideTaskId,
	origin?: unknown
): boolean {
	if (guides(doc).size >= guideLimits.guides) return false;
	const { tasks: first = [], ...rest } = values;
	doc.transact(() => {
		put(guides(doc), id, rest);
		for (const task of first) addTask(doc, id, mint(), task);
	}, origin);
	return true;
}

/** Adds a task at the end of a guide; false when it has enough. */
export function addTask(
	doc: Y.Doc,
	guide: GuideId,
	id: GuideTaskId,
	values: Partial<TaskValues>,
	origin?: unknown
): boolean {
	const own = [...tasks(doc).values()].filter((item) => item.get('guide') === guide);
	if (own.length >= guideLimits.tasks || tasks(doc).size >= guideLimits.allTasks) return false;
	doc.transact(() => put(tasks(doc), id, { guide, ...values }), origin);
	return true;
}

function put(list: Y.Map<Item>, id: string, values: Record<string, unknown>): void {
	const last = inOrder(list, Infinity).at(-1);
	const item: Item = new Y.Map();
	list.set(id, item);
	item.set('order', keyAfter(last ? orderOf(last[1]) : null));
	for (const [field, value] of Object.entries(values)) item.set(field, value);
}

/** A page that somebody wrote by other means may hold keys that are none. */
function keyAfter(key: string | null): string {
	try {
		return generateKeyBetween(key || null, null);
	} catch {
		return generateKeyBetween(null, null);
	}
}

/** Sets those fields that differ. */
export function editGuide(doc: Y.Doc, id: GuideId, values: Partial<GuideValues>, origin?: unknown): void {
	edit(doc, guides(doc).get(id), values, origin);
}
export function editTask(doc: Y.Doc, id: GuideTaskId, values: Partial<TaskValues>, origin?: unknown): void {
	edit(doc, tasks(doc).get(id), values, origin);
}

function edit(doc: Y.Doc, item: unknown, values: Record<string, unknown>, origin: unknown): void {
	if (!(item instanceof Y.Map)) return;
	doc.transact(() => {
		for (const [field, value] of Object.entries(values))
			if (JSON.stringify(item.get(field)) !== JSON.stringify(value)) item.set(field, value);
	}, origin);
}

/** With its tasks. What was noted under it stays, with the words that it had. */
export function removeGuide(doc: Y.Doc, id: GuideId, origin?: unknown): void {
	doc.transact(() => {
		guides(doc).delete(id);
		for (const [task, item] of tasks(doc).entries()) if (item.get('guide') === id) tasks(doc).delete(task);
	}, origin);
}

export function removeTask(doc: Y.Doc, id: GuideTaskId, origin?: unknown): void {
	doc.transact(() => tasks(doc).delete(id), origin);
}

// --- what should be put right ---------------------------------------------------------------------------------------------

export type GuideProblem = 'no-objective' | 'no-target' | 'no-standard' | 'no-tasks' | 'no-teams';

/** What a guide lacks before somebody can evaluate with it. */
export function guideProblems(guide: Guide): GuideProblem[] {
	return [
		...(guide.objective.trim() === '' ? (['no-objective'] as const) : []),
		...(guide.target.trim() === '' ? (['no-target'] as const) : []),
		...(guide.standard.trim() === '' ? (['no-standard'] as const) : []),
		...(guide.tasks.every((task) => task.text.trim() === '') ? (['no-tasks'] as const) : []),
		...(guide.teams.length === 0 ? (['no-teams'] as const) : [])
	];
}
