import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import { formatSchedule, parseSchedule, type ScheduleContext } from '#lib/exercise/inject/schedule.ts';
import type { Clause, Schedule } from '#lib/exercise/inject/schema.ts';

const id = (name: string) => name.replace(/\W/g, '_').padEnd(12, '_') as InjectId;
const references = ['CM-031', 'CM-032', 'Gate outage 3', 'not-so-fast', 'X and Y', 'did it'];
const ids = new Map(references.map((reference) => [reference, id(reference)]));
const context: ScheduleContext = {
	startsAt: Date.parse('2026-05-12T07:00:00Z'),
	timeZone: 'Europe/Brussels',
	referenceOf: (inject) => references.find((one) => ids.get(one) === inject),
	injectOf: (reference) =>
		ids.get(references.find((one) => one.toLowerCase() === reference.toLowerCase()) ?? ''),
	actionsOf: (inject) => (inject === ids.get('CM-031') ? ['first-action', 'second-action'] : undefined)
};
const read = (text: string) => {
	const parsed = parseSchedule(text, context);
	return 'value' in parsed ? parsed.value : parsed.problem;
};
const clause = (reference: string, values: Partial<Clause> = {}): Clause => ({
	inject: ids.get(reference)!,
	act: 'responded',
	action: null,
	not: false,
	withinSeconds: null,
	...values
});

describe('conditions as text', () => {
	it('is written and read as planners say it', () => {
		const schedule: Schedule = {
			mode: 'condition',
			when: {
				match: 'all',
				clauses: [clause('CM-031'), clause('CM-032', { act: 'acknowledged', not: true, withinSeconds: 1800 })]
			},
			seconds: 600
		};
		const text = 'when CM-031 answered and not CM-032 acknowledged within 00:30 +00:10';
		expect(formatSchedule(schedule, context)).toBe(text);
		expect(read(text)).toEqual(schedule);
		expect(read('WHEN cm-031 responded AND NOT cm-032 acknowledged within 30 min + 10 min')).toEqual(
			schedule
		);
	});

	it('an expected action is its number in the list', () => {
		const schedule: Schedule = {
			mode: 'condition',
			when: { match: 'all', clauses: [clause('CM-031', { act: 'did', action: 'second-action' })] },
			seconds: 0
		};
		expect(formatSchedule(schedule, context)).toBe('when CM-031 did 2');
		expect(read('when CM-031 did 2')).toEqual(schedule);
	});

	it('says why it cannot be read', () => {
		expect(read('when CM-999 answered')).toBe('unknown-inject');
		expect(read('when CM-031 answered and CM-999 answered')).toBe('unknown-inject');
		expect(read('when CM-031')).toBe('not-a-schedule');
		expect(read('when CM-031 answered and')).toBe('not-a-schedule');
		expect(read('when not CM-031 answered')).toBe('not-a-schedule');
		expect(read('when CM-031 answered and CM-032 answered or CM-031 answered')).toBe('not-a-schedule');
		expect(read(`when ${Array(11).fill('CM-031 answered').join(' and ')}`)).toBe('not-a-schedule');
	});

	it('a hostile cell is answered soon', () => {
		const start = performance.now();
		for (const text of [
			`when ${'a acknowledged and '.repeat(5000)}`,
			`when ${'CM-031 acknowledged and '.repeat(150)}x`,
			`when ${'not '.repeat(900)}`,
			`when ${'acknowledged '.repeat(300)}`,
			`when CM-031 acknowledged within ${'1 '.repeat(1500)}`
		])
			expect(typeof read(text)).toBe('string');
		expect(performance.now() - start).toBeLessThan(1000);
	});

	it('what is written is read back as the same, whatever its references and limits', () => {
		const anyClause = fc
			.record({
				inject: fc.constantFrom(...ids.values()),
				act: fc.constantFrom('acknowledged' as const, 'responded' as const, 'did' as const),
				action: fc.constantFrom('first-action', 'second-action', 'x9Zq_-'),
				not: fc.boolean(),
				withinSeconds: fc.option(fc.integer({ min: 1, max: 366 * 86_400 }))
			})
			.map((one): Clause => ({
				...one,
				action: one.act === 'did' ? one.action : null,
				withinSeconds: one.withinSeconds ?? (one.not ? 60 : null)
			}));
		fc.assert(
			fc.property(
				fc.array(anyClause, { minLength: 1, maxLength: 10 }),
				fc.constantFrom('all' as const, 'any' as const),
				fc.integer({ min: 0, max: 366 * 86_400 }),
				(clauses, match, seconds) => {
					const schedule: Schedule = {
						mode: 'condition',
						// of one clause, all and any are the same
						when: { match: clauses.length === 1 ? 'all' : match, clauses },
						seconds
					};
					expect(read(formatSchedule(schedule, context))).toEqual(schedule);
				}
			),
			{ numRuns: 1000 }
		);
	});
});
