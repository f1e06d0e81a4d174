import { describe, expect, it } from 'vitest';
import {
	approveInjects,
	holdInject,
	releaseInject,
	releaseOnSchedule,
	skipInject,
	type InjectCommandState
} from '#lib/exercise/inject/commands.ts';
import { markAnswers, type MarkAnswer } from '#lib/standards/evaluation.ts';
import { markAction, type MarkState } from '#lib/exercise/inject/mark.ts';
import { latestAutomaticRelease } from '#lib/exercise/inject/release.ts';
import { injectFingerprint, type Schedule } from '#lib/exercise/inject/schema.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import {
	answerOf,
	controller,
	director,
	exercise,
	factOf,
	facilitator,
	french,
	frenchModerator,
	greek,
	greekEvaluator,
	greekLead,
	greekModerator,
	greekPlanner,
	greekPort,
	idOf,
	inject,
	injectId,
	injectState,
	minute,
	moment,
	observer,
	row,
	startex,
	wallAtStart
} from './factories.ts';

/** Decisions about injects that come to each team when a condition holds for that team. */

const running = exercise('running');
const schedule: Schedule = {
	mode: 'condition',
	when: {
		match: 'all',
		clauses: [{ inject: idOf('asked'), act: 'acknowledged', action: null, not: false, withinSeconds: null }]
	},
	seconds: 0
};
const content = inject({ schedule });
const waiting = row({ content, dueAt: null });
const stateOf = (
	delivered: readonly string[],
	due: InjectCommandState['due'] = [],
	one = waiting
): InjectCommandState => ({
	...injectState(running, [one]),
	delivered: new Map([[injectId, new Set(delivered)]]),
	due
});
const dueAt = startex + 10 * minute;
const decide = (
	due: InjectCommandState['due'],
	wall = wallAtStart + 10 * minute,
	delivered: string[] = [],
	one = waiting
) =>
	releaseOnSchedule(stateOf(delivered, due, one), one, {
		...moment(running),
		wall,
		exercise: startex + (wall - wallAtStart)
	});
const teamsOf = (decision: ReturnType<typeof decide>) =>
	factOf(decision, 'inject-released').deliveries.map(({ team }) => team);

describe('by schedule', () => {
	it('[P5] never before its time at a team, and then to that team alone', () => {
		const due = [{ team: greek.id, dueAt }];
		expect(answerOf(decide(due, wallAtStart + 10 * minute - 1))).toBe('not-now');
		expect(answerOf(decide([]))).toBe('not-now');
		expect(teamsOf(decide(due))).toEqual([greek.id]);
		expect(factOf(decide(due), 'inject-released')).toMatchObject({ trigger: 'schedule', partly: true });
	});

	it('to those that do not have it; the last release is the whole one', () => {
		const due = [
			{ team: greekPort.id, dueAt },
			{ team: french.id, dueAt: dueAt - 1000 }
		];
		const last = decide(due, wallAtStart + 10 * minute, [greek.id]);
		expect(teamsOf(last)).toEqual([greekPort.id, french.id]);
		expect(factOf(last, 'inject-released')).not.toHaveProperty('partly');
		expect(answerOf(decide([{ team: greek.id, dueAt }], wallAtStart + 10 * minute, [greek.id]))).toBe(
			'stale'
		);
	});

	it('[P5] a minute late at one team, it waits for a controller at all', () => {
		const late = wallAtStart + 10 * minute + latestAutomaticRelease;
		const due = [
			{ team: greek.id, dueAt },
			{ team: french.id, dueAt: dueAt + latestAutomaticRelease }
		];
		expect(teamsOf(decide(due, late))).toEqual([greek.id, french.id]);
		expect(factOf(decide(due, late + 1), 'inject-held')).toMatchObject({ inject: injectId, late: { dueAt } });
	});

	it('only while it is ready', () => {
		for (const state of ['held', 'skipped', 'released'] as const)
			expect(
				answerOf(decide([{ team: greek.id, dueAt }], wallAtStart + 10 * minute, [], { ...waiting, state }))
			).toBe('stale');
	});
});

describe('by hand', () => {
	const now = moment(running);
	const press = (state: InjectCommandState, actor: Actor = controller, to?: typeof content.to) =>
		releaseInject.decide(state, { inject: injectId, ...(to && { to }) }, actor, now);

	it('to the teams that remain, or to some of them', () => {
		const rest = factOf(press(stateOf([greek.id])), 'inject-released');
		expect(rest.deliveries.map(({ team }) => team)).toEqual([greekPort.id, french.id]);
		expect(rest).not.toHaveProperty('partly');
		const some = press(stateOf([greek.id]), controller, {
			all: false,
			countries: [],
			levels: [],
			teams: [greek.id, french.id]
		});
		expect(factOf(some, 'inject-released')).toMatchObject({
			partly: true,
			deliveries: [{ team: french.id }]
		});
	});

	it('to teams that have it, it is refused', () => {
		const again = press(stateOf([greek.id]), controller, {
			all: false,
			countries: [],
			levels: [],
			teams: [greek.id]
		});
		expect(answerOf(again)).toBe('stale');
	});

	it('held and skipped for those that still wait', () => {
		const state = stateOf([greek.id], [], { ...waiting, releasedAt: dueAt });
		expect(answerOf(holdInject.decide(state, { inject: injectId, reason: '' }, controller, now))).toBe(
			'facts'
		);
		expect(answerOf(skipInject.decide(state, { inject: injectId, reason: 'Enough' }, controller, now))).toBe(
			'facts'
		);
	});

	it('what one team has read is not approved anew for the next', () => {
		const changed = { ...content, title: 'Another title' };
		const state = {
			...stateOf([greek.id], [], { ...waiting, releasedAt: dueAt }),
			page: new Map([[injectId as string, changed]])
		};
		const approve = approveInjects.decide(
			state,
			{ cell: 'central', injects: [{ inject: injectId, fingerprint: injectFingerprint(changed) }] },
			director,
			now
		);
		expect(answerOf(approve)).toBe('not-now');
	});
});

describe('an expected action', () => {
	const expecting = inject({
		expectedActions: [{ id: 'act-1', text: 'Calls the port', withinSeconds: null, critical: false }]
	});
	const state = (values: Partial<MarkState> = {}): MarkState => ({
		exercise: running,
		team: greek,
		inject: expecting,
		isDelivered: true,
		marked: new Map(),
		...values
	});
	const mark = (actor: Actor, of = state(), action = 'act-1', seen: MarkAnswer = 'yes') =>
		markAction.decide(of, { inject: injectId, team: greek.id, action, seen }, actor, moment(running));

	it('is marked by exercise control, the country’s moderators and the team’s evaluators; for others it does not exist', () => {
		for (const actor of [director, controller, greekModerator, greekEvaluator])
			expect([actor.name, answerOf(mark(actor))]).toEqual([actor.name, 'facts']);
		for (const actor of [frenchModerator, greekLead, greekPlanner, facilitator, observer])
			expect([actor.name, answerOf(mark(actor))]).toEqual([actor.name, 'not-found']);
	});

	it('[P1] of an inject that has not come to the team is known to exercise control alone', () => {
		expect(answerOf(mark(controller, state({ isDelivered: false })))).toBe('not-now');
		for (const actor of [greekModerator, greekEvaluator])
			expect(answerOf(mark(actor, state({ isDelivered: false })))).toBe('not-found');
	});

	it('once, one of the list, and in play', () => {
		expect(factOf(mark(greekEvaluator), 'action-marked')).toMatchObject({ text: 'Calls the port' });
		expect(answerOf(mark(controller, state({ marked: new Map([['act-1', 'yes']]) })))).toBe('stale');
		expect(answerOf(mark(controller, state(), 'act-2'))).toBe('invalid');
		for (const over of ['ended', 'stopped', 'closed'] as const)
			expect(answerOf(mark(controller, state({ exercise: exercise(over) })))).toBe('not-now');
		expect(answerOf(mark(controller, state({ inject: null })))).toBe('not-found');
		expect(answerOf(mark(controller, state({ team: null })))).toBe('not-found');
	});

	it('as met, in part or not; what is less than met may still change, met stays', () => {
		const said = (before: MarkAnswer | null, seen: MarkAnswer) =>
			answerOf(
				mark(greekModerator, state({ marked: new Map(before ? [['act-1', before]] : []) }), 'act-1', seen)
			);
		expect(factOf(mark(greekModerator, state(), 'act-1', 'no'), 'action-marked')).toMatchObject({
			seen: 'no'
		});
		expect(factOf(mark(greekModerator), 'action-marked')).not.toHaveProperty('seen');
		for (const seen of markAnswers) {
			expect(said(null, seen)).toBe('facts');
			expect(said('yes', seen)).toBe('stale');
			expect(said(seen, seen)).toBe('stale');
		}
		for (const before of ['no', 'partly'] as const) expect(said(before, 'yes')).toBe('facts');
		expect(said('no', 'partly')).toBe('facts');
		expect(said('partly', 'no')).toBe('facts');
		expect(markAction.input.parse({ inject: injectId, team: greek.id, action: 'act-1' }).seen).toBe('yes');
		const other = { inject: injectId, team: greek.id, action: 'act-1', seen: 'not_applicable' };
		expect(markAction.input.safeParse(other).success).toBe(false);
	});
});
