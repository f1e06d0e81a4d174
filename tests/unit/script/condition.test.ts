import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import {
	clauseDueAt,
	conditionDueAt,
	conditionHoldsAt,
	conditionNeverHolds,
	type ReferredFacts
} from '#lib/exercise/inject/condition.ts';
import type { Clause, Condition } from '#lib/exercise/inject/schema.ts';

const id = (name: string) => name.padEnd(12, '_') as InjectId;
const clause = (values: Partial<Clause> = {}): Clause => ({
	inject: id('a'),
	act: 'acknowledged',
	action: null,
	not: false,
	withinSeconds: null,
	...values
});
const facts = (values: Partial<ReferredFacts> = {}): ReferredFacts => ({
	releasedAt: 1000,
	acknowledgedAt: null,
	respondedAt: null,
	actions: new Map(),
	...values
});
const all = (...clauses: Clause[]): Condition => ({ match: 'all', clauses });

describe('one clause', () => {
	it('what was done is true since it was done', () => {
		expect(clauseDueAt(clause(), facts({ acknowledgedAt: 5000 }))).toBe(5000);
		expect(clauseDueAt(clause({ act: 'responded' }), facts({ respondedAt: 7000 }))).toBe(7000);
		const did = clause({ act: 'did', action: 'x' });
		expect(clauseDueAt(did, facts({ actions: new Map([['x', 9000]]) }))).toBe(9000);
		expect(clauseDueAt(did, facts({ actions: new Map([['y', 9000]]) }))).toBeNull();
	});

	it('whoever has answered has acknowledged, at the earlier of both', () => {
		expect(clauseDueAt(clause(), facts({ respondedAt: 7000 }))).toBe(7000);
		expect(clauseDueAt(clause(), facts({ acknowledgedAt: 5000, respondedAt: 7000 }))).toBe(5000);
		expect(clauseDueAt(clause({ act: 'responded' }), facts({ acknowledgedAt: 5000 }))).toBeNull();
	});

	it('a limit counts from when the inject came; its very end is in time', () => {
		const within = clause({ withinSeconds: 10 });
		expect(clauseDueAt(within, facts({ acknowledgedAt: 11_000 }))).toBe(11_000);
		expect(clauseDueAt(within, facts({ acknowledgedAt: 11_001 }))).toBeNull();
		expect(clauseDueAt(within, facts({ releasedAt: null, acknowledgedAt: 500 }))).toBeNull();
	});

	it('`not` is true at the end of the limit, unless it was done in time or the inject never came', () => {
		const not = clause({ not: true, withinSeconds: 10 });
		expect(clauseDueAt(not, facts())).toBe(11_000);
		expect(clauseDueAt(not, facts({ acknowledgedAt: 11_000 }))).toBeNull();
		expect(clauseDueAt(not, facts({ acknowledgedAt: 11_001 }))).toBe(11_000);
		expect(clauseDueAt(not, facts({ releasedAt: null }))).toBeNull();
		expect(clauseDueAt(not, undefined)).toBeNull();
	});
});

describe('a condition', () => {
	it('waits for the delay after it holds, and never counts back', () => {
		const factsOf = () => facts({ acknowledgedAt: 5000 });
		expect(conditionDueAt({ when: all(clause()), seconds: 60 }, factsOf)).toBe(65_000);
		expect(conditionDueAt({ when: all(clause()), seconds: -60 }, factsOf)).toBe(5000);
	});

	it('never holds once a limit has passed without the act, or the act came in time', () => {
		const within = all(clause({ withinSeconds: 10 }));
		const not = all(clause({ not: true, withinSeconds: 10 }));
		expect(conditionNeverHolds(within, () => facts(), 11_000)).toBe(false);
		expect(conditionNeverHolds(within, () => facts(), 11_001)).toBe(true);
		expect(conditionNeverHolds(within, () => facts({ acknowledgedAt: 11_500 }), 11_000)).toBe(true);
		expect(conditionNeverHolds(not, () => facts({ acknowledgedAt: 2000 }), 3000)).toBe(true);
		expect(conditionNeverHolds(not, () => facts(), 99_000)).toBe(false);
		expect(conditionNeverHolds(not, () => undefined, 99_000)).toBe(false);
		const either: Condition = {
			match: 'any',
			clauses: [clause({ withinSeconds: 10 }), clause({ inject: id('b') })]
		};
		expect(conditionNeverHolds(either, () => facts(), 99_000)).toBe(false);
	});
});

// --- against a slow way of saying the same: walk through time, and look at each moment what is true -------------------

const time = fc.integer({ min: 0, max: 12 }).map((second) => second * 1000);
const factsAt = fc.record({
	releasedAt: fc.option(time),
	acknowledgedAt: fc.option(time),
	respondedAt: fc.option(time),
	actions: fc.option(time).map((at): ReadonlyMap<string, number> => new Map(at === null ? [] : [['x', at]]))
});
const anyClause = fc
	.record({
		inject: fc.constantFrom(id('a'), id('b'), id('c')),
		act: fc.constantFrom('acknowledged' as const, 'responded' as const, 'did' as const),
		not: fc.boolean(),
		withinSeconds: fc.option(fc.integer({ min: 1, max: 8 }))
	})
	.map((one): Clause => ({
		...one,
		action: one.act === 'did' ? 'x' : null,
		withinSeconds: one.withinSeconds ?? (one.not ? 3 : null)
	}));
const anyCondition: fc.Arbitrary<Condition> = fc.record({
	match: fc.constantFrom('all' as const, 'any' as const),
	clauses: fc.array(anyClause, { minLength: 1, maxLength: 4 })
});
const world = fc.tuple(factsAt, factsAt, factsAt).map(
	([a, b, c]): ReadonlyMap<string, ReferredFacts> =>
		new Map([
			[id('a'), a],
			[id('b'), b],
			[id('c'), c]
		])
);

/** Whether a clause is true at a moment, said in words of acts and limits alone. */
function isTrue(clause: Clause, facts: ReferredFacts, now: number): boolean {
	const times =
		clause.act === 'responded'
			? [facts.respondedAt]
			: clause.act === 'did'
				? [facts.actions.get('x') ?? null]
				: [facts.acknowledgedAt, facts.respondedAt];
	const end =
		clause.withinSeconds === null ? Infinity : (facts.releasedAt ?? NaN) + clause.withinSeconds * 1000;
	const inTime = times.some((at) => at !== null && (clause.withinSeconds === null || at <= end));
	const done = times.some((at) => at !== null && at <= now && (clause.withinSeconds === null || at <= end));
	return clause.not ? !inTime && now >= end : done;
}

describe('properties', () => {
	it('it holds from the first moment at which its clauses are true, and not before', () => {
		fc.assert(
			fc.property(anyCondition, world, (condition, of) => {
				let expected: number | null = null;
				for (let now = 0; now <= 40_000 && expected === null; now += 1000) {
					const truths = condition.clauses.map((one) => isTrue(one, of.get(one.inject)!, now));
					if (condition.match === 'all' ? truths.every(Boolean) : truths.some(Boolean)) expected = now;
				}
				expect(conditionHoldsAt(condition, (inject) => of.get(inject))).toBe(expected);
			}),
			{ numRuns: 2000 }
		);
	});

	it('what happens later never makes it hold at an earlier time than the act', () => {
		fc.assert(
			fc.property(anyCondition, world, fc.integer({ min: 13, max: 30 }), (condition, of, second) => {
				const before = conditionHoldsAt(condition, (inject) => of.get(inject));
				const facts = of.get(id('a'))!;
				const at = second * 1000;
				if (facts.acknowledgedAt !== null || facts.respondedAt !== null) return;
				const later = new Map([...of, [id('a'), { ...facts, acknowledgedAt: at }]]);
				const after = conditionHoldsAt(condition, (inject) => later.get(inject));
				// either nothing changes, or it holds since the act at the earliest, or not any more
				if (after !== before && after !== null) expect(after).toBeGreaterThanOrEqual(at);
			}),
			{ numRuns: 2000 }
		);
	});

	it('what never holds any more has no time, whatever comes after', () => {
		fc.assert(
			fc.property(anyCondition, world, (condition, of) => {
				const factsOf = (inject: string) => of.get(inject);
				if (!conditionNeverHolds(condition, factsOf, 20_000)) return;
				expect(conditionHoldsAt(condition, factsOf)).toBeNull();
				const done = new Map(
					[...of].map(([inject, facts]): [string, ReferredFacts] => [
						inject,
						{
							releasedAt: facts.releasedAt ?? 20_001,
							acknowledgedAt: facts.acknowledgedAt ?? 20_001,
							respondedAt: facts.respondedAt ?? 20_001,
							actions: new Map([['x', facts.actions.get('x') ?? 20_001]])
						}
					])
				);
				expect(conditionHoldsAt(condition, (inject) => done.get(inject))).toBeNull();
			}),
			{ numRuns: 2000 }
		);
	});
});
