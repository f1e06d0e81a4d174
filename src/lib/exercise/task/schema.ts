import { z } from 'zod';
import { tlpIds } from '#lib/standards/tlp.ts';
import { id, instant, shortText } from '../exercise/schema.ts';
import type { AccountId } from '../ids.ts';
import type { Act, Happened, OpenWork, RecordDefinition, RecordFact } from '../working/record.ts';

/** A task within a team (DOMAIN 5.2). It never leaves the team: others ask by request. */
export const taskPriorities = ['low', 'normal', 'high', 'urgent'] as const;
export type TaskPriority = (typeof taskPriorities)[number];

export const taskStates = ['open', 'doing', 'blocked', 'done', 'cancelled'] as const;
export type TaskState = (typeof taskStates)[number];

const steps: Record<TaskState, readonly TaskState[]> = {
	open: ['doing', 'blocked', 'done', 'cancelled'],
	doing: ['done', 'blocked', 'open', 'cancelled'],
	blocked: ['doing', 'open', 'done', 'cancelled'],
	// taken up again
	done: ['open'],
	cancelled: ['open']
};
/** The states that may follow; the usual one first. */
export const nextTaskStates = (state: TaskState): readonly TaskState[] => steps[state];
export const isOpenTask = (state: TaskState) => state !== 'done' && state !== 'cancelled';

/** Whose it is: a person of the team, or a position that no account stands for (`night shift`, `legal desk`). */
export interface Assignee {
	/** null: a position */
	account: AccountId | null;
	name: string;
}

/** As a caller names it; the server writes the person's name. */
export const assigneeSchema = z.union([
	z.object({ person: id<AccountId>() }),
	z.object({ position: shortText('Position', 80) })
]);

/** Where it comes from: a record of the team by its id, a decision by its number, an inject by its delivery. */
export const taskOrigins = ['incident', 'decision', 'inject'] as const;
export const taskFromSchema = z.object({
	kind: z.enum(taskOrigins),
	id: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/)
});
export type TaskFrom = z.infer<typeof taskFromSchema>;

export const taskContentSchema = z.object({
	title: shortText('Title', 200),
	detail: z.string().trim().max(4000).default(''),
	/** exercise time, ms */
	dueAt: instant.nullable().default(null),
	priority: z.enum(taskPriorities).default('normal'),
	from: taskFromSchema.nullable().default(null),
	tlp: z.enum(tlpIds).default('amber')
});
export type TaskContent = z.infer<typeof taskContentSchema>;

type Of<Kind extends string, Body> = RecordFact & { kind: Kind; number: number; title: string } & Body;
export type TaskFact =
	| Of<'task-added', { content: TaskContent; assignee: Assignee | null }>
	| Of<'task-changed', { changes: Partial<TaskContent> }>
	| Of<'task-assigned', { assignee: Assignee | null }>
	| Of<'task-moved', { from: TaskState; to: TaskState; reason: string }>
	| Of<'task-noted', { note: string }>;

export interface Task {
	number: number;
	content: TaskContent;
	assignee: Assignee | null;
	state: TaskState;
	/** why it is blocked or was cancelled */
	reason: string;
	added: Act;
	/** the last change of whatever kind */
	changed: Act;
	/** first to last */
	notes: (Act & { text: string })[];
}

function evolve(task: Task | null, { fact, by, at, wallAt }: Happened<TaskFact>): Task {
	const act: Act = { by, at, wallAt };
	if (fact.kind === 'task-added') {
		const { number, content, assignee } = fact;
		return { number, content, assignee, state: 'open', reason: '', added: act, changed: act, notes: [] };
	}
	if (!task) throw new Error(`a task begins by being added, not with ${fact.kind}`);
	switch (fact.kind) {
		case 'task-changed':
			return { ...task, content: { ...task.content, ...fact.changes }, changed: act };
		case 'task-assigned':
			return { ...task, assignee: fact.assignee, changed: act };
		case 'task-moved':
			return { ...task, state: fact.to, reason: fact.reason, changed: act };
		case 'task-noted':
			return { ...task, changed: act, notes: [...task.notes, { ...act, text: fact.note }] };
	}
}

/** By the exercise's clock: pauses and jumps move it. Exactly at its time it is still in time. */
export function isTaskOverdue(task: Pick<Task, 'state' | 'content'>, now: number | null): boolean {
	const { dueAt } = task.content;
	return isOpenTask(task.state) && dueAt !== null && now !== null && now > dueAt;
}

/** later than any exercise */
const never = Number.MAX_SAFE_INTEGER;
const urgency = new Map<TaskPriority, number>(taskPriorities.map((priority, i) => [priority, -i]));

/** The order in which one works: what is due first, then what matters most, then the oldest; what is over comes last. */
export function compareTasks(a: Task, b: Task): number {
	return (
		Number(!isOpenTask(a.state)) - Number(!isOpenTask(b.state)) ||
		(a.content.dueAt ?? never) - (b.content.dueAt ?? never) ||
		urgency.get(a.content.priority)! - urgency.get(b.content.priority)! ||
		a.number - b.number
	);
}

function open({ number, content, assignee, state }: Task): OpenWork[] {
	if (!isOpenTask(state)) return [];
	const { title, dueAt, tlp } = content;
	const { name: whose = null, account = null } = assignee ?? {};
	return [{ title, number, state, dueAt, whose, account, tlp }];
}

export const taskRecord: RecordDefinition<TaskFact, Task> = {
	shown: {
		'task-added': 'team',
		'task-changed': 'team',
		'task-assigned': 'team',
		'task-moved': 'team',
		'task-noted': 'team'
	},
	group: 'tasks',
	needs: ['people'],
	open,
	evolve,
	words(fact) {
		const { title } = fact;
		switch (fact.kind) {
			case 'task-added':
				return { title, text: fact.content.detail };
			case 'task-changed':
				return { title, text: fact.changes.detail ?? '' };
			case 'task-assigned':
				return { title, text: fact.assignee?.name ?? '' };
			case 'task-moved':
				return { title, text: fact.reason };
			case 'task-noted':
				return { title, text: fact.note };
		}
	}
};
