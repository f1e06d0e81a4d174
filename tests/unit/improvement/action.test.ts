import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountId } from '#lib/exercise/ids.ts';
import {
	actionActs,
	actionProblem,
	currentState,
	decideAction,
	editProblem,
	isDay,
	isOverdue,
	judgesOwn,
	transitions,
	type ActingPerson,
	type ActionAct,
	type ActionStanding,
	type ActionState
} from '#lib/improvement/action.ts';

const today = '2026-06-10';
const person = (id: string, keeps = false, organisation: string | null = null): ActingPerson => ({
	id: id as AccountId,
	keeps,
	organisation
});
const owner = person('owner', false, 'Port authority');
const keeper = person('keeper', true, 'Ministry');
const second = person('second', true, 'Ministry');
const stranger = person('stranger');

const fresh = (change: Partial<ActionStanding> = {}): ActionStanding => ({
	state: 'proposed',
	ownerOrganisation: 'Port Authority',
	ownerId: owner.id,
	ownerAccountOrganisation: 'Port authority',
	owners: [],
	implementedBy: null,
	dueOn: '2026-09-01',
	deferredUntil: null,
	successMeasure: 'The reserve line is tested monthly',
	verificationMethod: 'Report of the test',
	evidence: 1,
	...change
});
const act = (kind: ActionAct['act']): ActionAct => {
	if (kind === 'reject') return { act: kind, reason: 'Done elsewhere' };
	if (kind === 'defer') return { act: kind, until: '2026-08-01', reason: 'Budget' };
	return { act: kind, note: 'Seen' } as ActionAct;
};
const after = (from: ActionStanding, one: ActionAct, by: ActingPerson, day = today): ActionStanding => {
	const decided = decideAction(from, one, by, day);
	if (!decided.ok) throw new Error(decided.refusal.message);
	return { ...from, ...decided.change };
};

/** DOMAIN 7.8, once more and by hand; a deferral is the same state with another day. */
const edges: Record<ActionState, ActionState[]> = {
	proposed: ['accepted', 'rejected'],
	accepted: ['in_progress', 'deferred'],
	deferred: ['deferred'],
	in_progress: ['implemented'],
	implemented: ['verified'],
	verified: ['closed'],
	closed: [],
	rejected: []
};

describe('the life of an improvement action', () => {
	test('has exactly the steps of DOMAIN 7.8', () => {
		for (const [state, next] of Object.entries(edges)) {
			const reached = actionActs.filter((kind) => transitions[kind].from.includes(state as ActionState));
			expect([state, reached.map((kind) => transitions[kind].to).sort()]).toEqual([state, [...next].sort()]);
		}
	});

	test('goes from the proposal to its end', () => {
		let action = after(fresh(), act('accept'), owner);
		action = after(action, act('start'), owner);
		action = after(action, act('implement'), owner);
		expect(action.implementedBy).toBe('owner');
		action = after(action, act('verify'), keeper);
		expect(after(action, act('close'), keeper).state).toBe('closed');
	});

	test('whatever people do, it follows the steps, and whoever verified neither owned nor reported it', () => {
		const people = [owner, keeper, second, stranger, person('port', true, ' port  AUTHORITY ')];
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.constantFrom(...actionActs), fc.constantFrom(...people)), { maxLength: 40 }),
				(steps) => {
					let action = fresh();
					for (const [kind, by] of steps) {
						const decided = decideAction(action, act(kind), by, today);
						if (!decided.ok) {
							expect(decided.refusal.message).not.toBe('');
							continue;
						}
						expect(edges[action.state]).toContain(decided.change.state);
						expect(by).not.toBe(stranger);
						if (kind === 'verify') {
							expect([owner.id, action.implementedBy]).not.toContain(by.id);
							expect(by.organisation).toBe('Ministry');
						}
						if (kind === 'accept') expect(by).toBe(owner);
						action = { ...action, ...decided.change };
					}
				}
			),
			{ numRuns: 500 }
		);
	});

	test('nobody verifies their own: owner, former owner, who reported it, and the owner organisation', () => {
		const done = fresh({
			state: 'implemented',
			implementedBy: keeper.id,
			owners: [owner.id, 'former' as AccountId]
		});
		const why = (by: ActingPerson) => actionProblem(done, 'verify', { ...by, keeps: true }, today)?.message;
		expect(why(owner)).toMatch(/You own this action/);
		expect(why(person('former'))).toMatch(/have owned it/);
		expect(why(keeper)).toMatch(/You reported this action implemented/);
		expect(why(person('other', true, 'PORT authority'))).toMatch(/organisation that owns/);
		expect(why(second)).toBeUndefined();
		// what nobody can tell is not held against anybody
		expect(judgesOwn(done, { id: 'x' as AccountId, organisation: null })).toBeNull();
	});

	test('says what is missing before it is accepted or reported', () => {
		expect(actionProblem(fresh({ dueOn: null }), 'accept', owner, today)?.message).toMatch(/by when/);
		expect(actionProblem(fresh({ successMeasure: ' ' }), 'accept', owner, today)?.message).toMatch(
			/measured/
		);
		expect(actionProblem(fresh(), 'accept', keeper, today)?.code).toBe('forbidden');
		expect(actionProblem(fresh({ ownerId: null }), 'accept', owner, today)?.code).toBe('forbidden');
		const begun = fresh({ state: 'in_progress', evidence: 0 });
		expect(actionProblem(begun, 'implement', owner, today)?.message).toMatch(/evidence/);
		for (const one of [
			{ act: 'reject', reason: ' ' },
			{ act: 'defer', until: '2026-06-09', reason: 'x' }
		] as const)
			expect(
				decideAction(fresh({ state: one.act === 'reject' ? 'proposed' : 'accepted' }), one, keeper, today).ok
			).toBe(false);
	});

	test('a deferral ends by itself on its day, and may be given another one', () => {
		const deferred = after(fresh({ state: 'accepted' }), act('defer'), owner);
		expect(currentState(deferred, '2026-07-31')).toBe('deferred');
		expect(actionProblem(deferred, 'start', owner, '2026-07-31')?.code).toBe('not-now');
		expect(currentState(deferred, '2026-08-01')).toBe('accepted');
		expect(after(deferred, act('start'), owner, '2026-08-01').state).toBe('in_progress');
		const sooner = after(deferred, { act: 'defer', until: today, reason: 'Money came' }, owner);
		expect(currentState(sooner, today)).toBe('accepted');
	});

	test('overdue is what was agreed, is not done, and whose day is over', () => {
		const late = (change: Partial<ActionStanding>) =>
			isOverdue(fresh({ dueOn: '2026-06-09', ...change }), today);
		expect(late({ state: 'accepted' })).toBe(true);
		expect(late({ state: 'in_progress' })).toBe(true);
		expect(late({ state: 'in_progress', dueOn: today })).toBe(false);
		expect(late({ state: 'in_progress', dueOn: null })).toBe(false);
		expect(late({ state: 'deferred', deferredUntil: '2026-07-01' })).toBe(false);
		expect(late({ state: 'deferred', deferredUntil: today })).toBe(true);
		for (const state of ['proposed', 'implemented', 'verified', 'closed', 'rejected'] as const)
			expect(late({ state })).toBe(false);
	});

	test('what was reported stays as it was written', () => {
		expect(editProblem(fresh({ state: 'in_progress' }), keeper)).toBeNull();
		expect(editProblem(fresh({ state: 'in_progress' }), owner)?.code).toBe('forbidden');
		for (const state of ['implemented', 'verified', 'closed', 'rejected'] as const)
			expect(editProblem(fresh({ state }), keeper)?.code).toBe('not-now');
	});

	test('a day is one of the calendar', () => {
		for (const day of ['2026-02-28', '2028-02-29']) expect(isDay(day)).toBe(true);
		for (const day of ['2026-02-29', '2026-13-01', '10.06.2026', '', '2026-6-1'])
			expect(isDay(day)).toBe(false);
	});
});
