import { describe, expect, it } from 'vitest';
import { exerciseStates, type Actor } from '#lib/exercise/exercise/schema.ts';
import type { EntryId } from '#lib/exercise/ids.ts';
import { tableCommands, type TableState } from '#lib/exercise/table/commands.ts';
import { discussionOf, leftWords } from '#lib/exercise/table/discussion.ts';
import { discussionAfter, tableLimits, type Discussion, type TableFact } from '#lib/exercise/table/schema.ts';
import { audiencesOf, type TimelineEntry } from '#lib/exercise/timeline.ts';
import {
	answerOf,
	controller,
	director,
	exercise,
	factOf,
	facilitator,
	frenchLead,
	frenchModerator,
	greek,
	greekEvaluator,
	greekFacilitator,
	greekLead,
	greekModerator,
	greekPlanner,
	minute,
	moment,
	observer,
	stranger,
	teams
} from './factories.ts';

/** What one table discusses, and how long: on the team's own timeline, for every screen that may read it. */

const running = exercise('running');
const now = moment(running).wall;
const shown: Discussion = { question: 'Whom do we tell first?', endsAt: now + minute };
const state = (values: Partial<TableState> = {}): TableState => ({
	exercise: running,
	team: greek,
	discussion: shown,
	...values
});
const ask = (actor: Actor, of = state(), input = {}) =>
	tableCommands['table.ask'].decide(
		of,
		tableCommands['table.ask'].input.parse({
			team: greek.id,
			question: ' Who pays? ',
			seconds: 300,
			...input
		}),
		actor,
		moment(of.exercise)
	);
const extend = (actor: Actor, of = state(), seconds = 120) =>
	tableCommands['table.extend'].decide(of, { team: greek.id, seconds }, actor, moment(of.exercise));
const clear = (actor: Actor, of = state()) =>
	tableCommands['table.clear'].decide(of, { team: greek.id }, actor, moment(of.exercise));

describe('a question is put to a table', () => {
	it('[P2] by who leads it; for everybody else there is no such table', () => {
		for (const actor of [director, controller, greekModerator, greekFacilitator])
			for (const decision of [ask(actor), extend(actor), clear(actor)])
				expect([actor.name, answerOf(decision)]).toEqual([actor.name, 'facts']);
		const others = [greekLead, greekEvaluator, greekPlanner, facilitator, frenchModerator, frenchLead];
		for (const actor of [...others, observer, stranger])
			for (const decision of [ask(actor), extend(actor), clear(actor)])
				expect([actor.name, answerOf(decision)]).toEqual([actor.name, 'not-found']);
		expect(answerOf(ask(director, state({ team: null })))).toBe('not-found');
	});

	it('until a moment of the server’s clock, whatever the browser’s says', () => {
		expect(factOf(ask(greekFacilitator), 'table-asked')).toEqual({
			kind: 'table-asked',
			team: greek.id,
			question: 'Who pays?',
			seconds: 300,
			endsAt: now + 5 * minute
		});
		const { input } = tableCommands['table.ask'];
		for (const seconds of [tableLimits.leastSeconds - 1, tableLimits.mostSeconds + 1, 60.5])
			expect(input.safeParse({ team: greek.id, question: '', seconds }).success).toBe(false);
		const long = 'a'.repeat(tableLimits.question + 1);
		expect(input.safeParse({ team: greek.id, question: long, seconds: 60 }).success).toBe(false);
	});

	it('before STARTEX and after ENDEX too, never in a real emergency, which takes nothing away but time', () => {
		const possible = exerciseStates.filter(
			(one) => answerOf(ask(director, state({ exercise: exercise(one) }))) === 'facts'
		);
		expect(possible).toEqual(['ready', 'running', 'paused', 'ended', 'evaluating']);
		const stopped = state({ exercise: exercise('stopped') });
		expect([ask, extend].map((act) => answerOf(act(director, stopped)))).toEqual(['not-now', 'not-now']);
		expect(answerOf(clear(director, stopped))).toBe('facts');
	});

	it('gets more time from its end on, or from now where that is over; not without end', () => {
		const endsAt = (of: TableState) => {
			const fact = factOf(extend(greekFacilitator, of), 'table-extended') as TableFact;
			return discussionAfter(fact)!.endsAt - now;
		};
		expect(endsAt(state())).toBe(3 * minute);
		expect(endsAt(state({ discussion: { ...shown, endsAt: now - 7 * minute } }))).toBe(2 * minute);
		const late = state({ discussion: { ...shown, endsAt: now + 119 * minute } });
		expect(answerOf(extend(greekFacilitator, late))).toBe('invalid');
	});

	it('is taken away once; what is not there gets no time', () => {
		const none = state({ discussion: null });
		expect([extend, clear].map((act) => answerOf(act(director, none)))).toEqual(['stale', 'stale']);
		expect(discussionAfter(factOf(clear(director), 'table-cleared') as TableFact)).toBeNull();
		expect(discussionAfter(factOf(ask(director), 'table-asked') as TableFact)).toEqual({
			question: 'Who pays?',
			endsAt: now + 5 * minute
		});
	});

	it('[P2] is told on the timeline of that team alone', () => {
		for (const decision of [ask(director), extend(director), clear(director)]) {
			const fact = 'facts' in decision ? decision.facts[0]! : null;
			const told = audiencesOf(
				{
					fact: fact!,
					by: { account: director.accountId, name: director.name },
					wallAt: now,
					exerciseAt: null
				},
				{
					team: (id: string) => teams.find((one) => one.id === id)!,
					referenceOf: () => undefined
				} as unknown as Parameters<typeof audiencesOf>[1]
			);
			expect(told.map(({ audience }) => audience)).toEqual([{ to: 'team', team: greek.id }]);
		}
	});
});

describe('what stands on the projector', () => {
	const entry = (
		order: number,
		event: 'asked' | 'extended' | 'cleared',
		question: string
	): TimelineEntry => ({
		id: `entry_${order}` as EntryId,
		// the clock of the exercise jumps: it says nothing of what came last
		exerciseAt: 100 - order,
		wallAt: now,
		order,
		by: 'Fay',
		body: { kind: 'table', event, question, seconds: 60, endsAt: event === 'cleared' ? null : now + order }
	});

	it('is what was said last, in whatever order it arrives', () => {
		const all = [entry(2, 'extended', 'B'), entry(0, 'asked', 'A'), entry(1, 'asked', 'B')];
		expect(discussionOf(all)).toEqual({ question: 'B', endsAt: now + 2 });
		expect(discussionOf([...all, entry(3, 'cleared', 'B')])).toBeNull();
	});

	it('is what the page was loaded with, until the timeline says something', () => {
		expect(discussionOf([], shown)).toEqual(shown);
		expect(discussionOf([entry(9, 'cleared', '')], shown)).toBeNull();
	});

	it('counts down to nothing, by the server’s clock', () => {
		expect(leftWords(now + 249_001, now)).toEqual({ text: '4:10', over: false });
		expect(leftWords(now + 1, now)).toEqual({ text: '0:01', over: false });
		expect(leftWords(now, now)).toEqual({ text: '0:00', over: true });
		expect(leftWords(now - minute, now)).toEqual({ text: '0:00', over: true });
	});
});
