import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '#lib/exercise/decision.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, RecordId } from '#lib/exercise/ids.ts';
import { addTask, assignTask, changeTask, moveTask, noteOnTask } from '#lib/exercise/task/commands.ts';
import {
	compareTasks,
	isOpenTask,
	isTaskOverdue,
	nextTaskStates,
	taskContentSchema,
	taskPriorities,
	taskRecord,
	taskStates,
	type Task,
	type TaskFact
} from '#lib/exercise/task/schema.ts';
import { audiencesOf } from '#lib/exercise/timeline.ts';
import type { Happened, TeamMember, WorkingState } from '#lib/exercise/working/record.ts';
import {
	answerOf,
	controller,
	exercise,
	factsOf,
	frenchLead,
	greek,
	greekEvaluator,
	greekLead,
	greekModerator,
	greekPlayer,
	idOf,
	minute,
	moment,
	sentenceOf,
	startex,
	wallAtStart
} from '../domain/factories.ts';

const record = idOf<RecordId>('task');
const running = exercise();
const now = moment(running);
const people = new Map<AccountId, TeamMember>(
	[greekLead, greekPlayer].map(({ accountId, name }) => [
		accountId,
		{ account: accountId, name, lead: false }
	])
);
const state = (standing?: Task, of = running): WorkingState<Task> => ({
	exercise: of,
	team: greek,
	record: standing ? { id: record, team: greek.id, standing } : null,
	count: 4,
	teams: new Map(),
	people
});
const after = (task: Task | null, decision: Decision): Task =>
	factsOf(decision).reduce<Task | null>(
		(standing, fact) =>
			taskRecord.evolve(standing, {
				fact,
				side: 'own',
				by: 'Somebody',
				at: startex,
				wallAt: wallAtStart
			} as Happened<TaskFact>),
		task
	)!;
const content = taskContentSchema.parse({ title: 'Call the port' });
const add = (
	values: Partial<typeof content> = {},
	assignee: Parameters<typeof addTask.decide>[1]['assignee'] = null
) =>
	addTask.decide(state(), { team: greek.id, content: { ...content, ...values }, assignee }, greekPlayer, now);
const task = (values: Partial<Task> = {}): Task => ({ ...after(null, add()), ...values });

describe('a task', () => {
	it('is added by a player, numbered, open, and nobody’s', () => {
		expect(task()).toMatchObject({
			number: 5,
			state: 'open',
			assignee: null,
			content: { priority: 'normal' }
		});
	});

	it('is given to a person of the team, whose name the server writes, or to a position', () => {
		expect(after(null, add({}, { person: greekLead.accountId })).assignee).toEqual({
			account: greekLead.accountId,
			name: greekLead.name
		});
		expect(after(null, add({}, { position: 'Night shift' })).assignee).toEqual({
			account: null,
			name: 'Night shift'
		});
		const given = after(
			task(),
			assignTask.decide(
				state(task()),
				{ record, assignee: { person: greekPlayer.accountId } },
				greekLead,
				now
			)
		);
		expect(given.assignee!.name).toBe(greekPlayer.name);
		expect(
			answerOf(
				assignTask.decide(
					state(given),
					{ record, assignee: { person: greekPlayer.accountId } },
					greekLead,
					now
				)
			)
		).toBe('stale');
		expect(
			after(given, assignTask.decide(state(given), { record, assignee: null }, greekLead, now)).assignee
		).toBe(null);
	});

	it('[P2] is given to nobody outside the team', () => {
		const decision = add({}, { person: frenchLead.accountId });
		expect(answerOf(decision)).toBe('invalid');
		expect(sentenceOf(decision)).not.toContain(frenchLead.name);
		expect(
			answerOf(
				assignTask.decide(
					state(task()),
					{ record, assignee: { person: frenchLead.accountId } },
					greekPlayer,
					now
				)
			)
		).toBe('invalid');
	});

	it('moves only along its lifecycle', () => {
		fc.assert(
			fc.property(fc.constantFrom(...taskStates), fc.constantFrom(...taskStates), (from, to) => {
				const decision = moveTask.decide(
					state(task({ state: from })),
					{ record, to, reason: 'because' },
					greekPlayer,
					now
				);
				expect(answerOf(decision)).toBe(
					from === to ? 'stale' : nextTaskStates(from).includes(to) ? 'facts' : 'not-now'
				);
			})
		);
	});

	it('can always go on: from every state another one follows, and done is never a dead end', () => {
		for (const from of taskStates) expect(nextTaskStates(from).length).toBeGreaterThan(0);
		expect(nextTaskStates('done')).toEqual(['open']);
	});

	it('says why it is blocked or cancelled', () => {
		for (const to of ['blocked', 'cancelled'] as const)
			expect(answerOf(moveTask.decide(state(task()), { record, to, reason: '' }, greekPlayer, now))).toBe(
				'invalid'
			);
		const blocked = after(
			task(),
			moveTask.decide(state(task()), { record, to: 'blocked', reason: 'no line' }, greekPlayer, now)
		);
		expect(blocked).toMatchObject({ state: 'blocked', reason: 'no line' });
	});

	it('keeps its notes, and what a change leaves out', () => {
		const noted = after(
			task(),
			noteOnTask.decide(state(task()), { record, note: 'Rang twice' }, greekPlayer, now)
		);
		expect(noted.notes).toMatchObject([{ text: 'Rang twice', by: 'Somebody' }]);
		const changed = after(
			noted,
			changeTask.decide(state(noted), { record, changes: { priority: 'urgent' } }, greekPlayer, now)
		);
		expect(changed.content).toEqual({ ...content, priority: 'urgent' });
		expect(changed.notes).toHaveLength(1);
		expect(answerOf(changeTask.decide(state(noted), { record, changes: {} }, greekPlayer, now))).toBe(
			'invalid'
		);
	});

	const outsiders: [string, Actor][] = [
		['a player of another team', frenchLead],
		['a moderator, who reads it', greekModerator],
		['an evaluator, who reads it', greekEvaluator],
		['exercise control, which reads it', controller]
	];
	it.each(outsiders)('[P2] does not exist for %s', (_who, actor) => {
		const one = state(task());
		for (const decision of [
			addTask.decide(state(), { team: greek.id, content, assignee: null }, actor, now),
			changeTask.decide(one, { record, changes: { title: 'X' } }, actor, now),
			assignTask.decide(one, { record, assignee: null }, actor, now),
			moveTask.decide(one, { record, to: 'done', reason: '' }, actor, now),
			noteOnTask.decide(one, { record, note: 'X' }, actor, now)
		])
			expect(answerOf(decision)).toBe('not-found');
	});

	it('is worked on between STARTEX and ENDEX', () => {
		for (const of of [exercise('ready'), exercise('stopped'), exercise('ended')])
			expect(
				answerOf(moveTask.decide(state(task(), of), { record, to: 'done', reason: '' }, greekPlayer, now))
			).toBe('not-now');
		const paused = exercise('paused');
		expect(
			answerOf(moveTask.decide(state(task(), paused), { record, to: 'done', reason: '' }, greekPlayer, now))
		).toBe('facts');
	});

	it('[R1] shows to its own team alone', () => {
		for (const fact of factsOf(add()))
			expect(
				audiencesOf(
					{ fact, by: { account: 'a', name: 'Somebody' }, wallAt: wallAtStart, exerciseAt: startex },
					{ team: () => greek, referenceOf: () => '', actOf: () => 1 }
				).map(({ audience }) => audience)
			).toEqual([{ to: 'team', team: greek.id }]);
	});
});

describe('time and order', () => {
	it('is overdue by the exercise’s clock, only while it is open, and not at its very minute', () => {
		const due = task({ content: { ...content, dueAt: startex + minute } });
		expect(isTaskOverdue(due, startex + minute)).toBe(false);
		expect(isTaskOverdue(due, startex + minute + 1)).toBe(true);
		expect(isTaskOverdue(due, null)).toBe(false);
		expect(isTaskOverdue({ ...due, state: 'done' }, startex + 2 * minute)).toBe(false);
		expect(isTaskOverdue(task(), startex + 2 * minute)).toBe(false);
	});

	const anyTask = fc
		.record({
			number: fc.nat(9),
			state: fc.constantFrom(...taskStates),
			dueAt: fc.option(fc.nat(3)),
			priority: fc.constantFrom(...taskPriorities)
		})
		.map(({ number, state, dueAt, priority }) =>
			task({ number, state, content: { ...content, dueAt, priority } })
		);

	it('comes first when it is due first; what is over comes last; and the order is one', () => {
		fc.assert(
			fc.property(anyTask, anyTask, anyTask, (a, b, c) => {
				expect(Math.sign(compareTasks(a, b))).toBe(-Math.sign(compareTasks(b, a)) + 0);
				if (compareTasks(a, b) <= 0 && compareTasks(b, c) <= 0)
					expect(compareTasks(a, c)).toBeLessThanOrEqual(0);
				if (isOpenTask(a.state) && !isOpenTask(b.state)) expect(compareTasks(a, b)).toBeLessThan(0);
			})
		);
		const list = [
			task({ number: 1, state: 'done', content: { ...content, dueAt: 1 } }),
			task({ number: 2 }),
			task({ number: 3, content: { ...content, priority: 'urgent' } }),
			task({ number: 4, content: { ...content, dueAt: 5 } })
		];
		expect(list.sort(compareTasks).map(({ number }) => number)).toEqual([4, 3, 2, 1]);
	});

	it('is open work as long as it is open', () => {
		expect(taskRecord.open!(task(), 'Europe/Athens')).toMatchObject([
			{ title: 'Call the port', number: 5, state: 'open' }
		]);
		expect(taskRecord.open!(task({ state: 'done' }), 'Europe/Athens')).toEqual([]);
	});
});
