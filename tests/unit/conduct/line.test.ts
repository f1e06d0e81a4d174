import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continueAt, exerciseTimeAt, type ClockSegment } from '#lib/exercise/exercise/clock.ts';
import { defaultSettings } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { releaseOnSchedule, type InjectRow } from '#lib/exercise/inject/commands.ts';
import {
	lateBy,
	lineEnd,
	lineTakes,
	nextTurn,
	runningTime,
	spacingOf,
	waitsInLine
} from '#lib/exercise/inject/line.ts';
import {
	answerOf,
	exercise,
	factOf,
	idOf,
	inject,
	injectState,
	minute,
	moment,
	row,
	startex,
	wallAtStart
} from '../domain/factories.ts';

const start: ClockSegment = { wallStart: wallAtStart, exerciseStart: startex, rate: 1 };
const wall = (minutes: number) => wallAtStart + minutes * minute;
const time = (minutes: number) => startex + minutes * minute;
/** Ten minutes of play, a pause, a jump to the half hour in it, and play again after an hour. */
const jumpedInPause = (() => {
	const paused = [start, continueAt([start], wall(10), { rate: 0 })];
	const jumped = [...paused, continueAt(paused, wall(20), { exercise: time(30) })];
	return [...jumped, continueAt(jumped, wall(70), { rate: 1 })];
})();

describe('the line of what became due in a pause', () => {
	it('does not exist before the clock has stood still: what opens the exercise goes at once', () => {
		expect(lineEnd([start], null, wall(5))).toBeNull();
		expect(lineEnd([start], wall(4), wall(5))).toBeNull();
		expect(waitsInLine(time(0), [start], { pacedAt: null }, wall(1))).toBe(false);
	});

	it('holds what was due when the clock began to run again, and nothing that comes later', () => {
		expect(lineEnd(jumpedInPause, null, wall(71))).toBe(time(30));
		expect(waitsInLine(time(30), jumpedInPause, { pacedAt: null }, wall(71))).toBe(true);
		expect(waitsInLine(time(30) + 1, jumpedInPause, { pacedAt: null }, wall(71))).toBe(false);
	});

	it('is joined at its end by what becomes due while it is worked off', () => {
		const pacedAt = wall(73);
		expect(waitsInLine(time(33), jumpedInPause, { pacedAt }, wall(74))).toBe(true);
		expect(waitsInLine(time(33) + 1, jumpedInPause, { pacedAt }, wall(74))).toBe(false);
	});

	it('ends with a jump back: what is due again then is not overdue', () => {
		const back = [...jumpedInPause, continueAt(jumpedInPause, wall(80), { exercise: time(5) })];
		expect(waitsInLine(time(20), back, { pacedAt: wall(75) }, wall(90))).toBe(false);
		expect(waitsInLine(time(5), back, { pacedAt: wall(75) }, wall(90))).toBe(true);
	});

	it('says how long it takes', () => {
		const line = { pacedAt: wall(70), perMinute: 10, held: false };
		expect(spacingOf(10)).toBe(6000);
		expect(lineTakes(0, line, wall(70))).toBe(0);
		expect(lineTakes(50, line, wall(70))).toBe(50 * 6000);
		expect(lineTakes(50, { ...line, pacedAt: null }, wall(70))).toBe(49 * 6000);
	});

	it('counts only the time for which the clock ran', () => {
		expect(runningTime(jumpedInPause, wall(0), wall(75))).toBe(15 * minute);
		expect(runningTime(jumpedInPause, wall(9), wall(71))).toBe(2 * minute);
		expect(runningTime(jumpedInPause, wall(20), wall(70))).toBe(0);
	});
});

describe('[P5] late is what could have been released and was not', () => {
	const line = { pacedAt: null, perMinute: 20, held: false };

	it('[P5] the pause does not count, also when it lasts longer than a minute', () => {
		expect(lateBy(time(20), jumpedInPause, line, wall(70))).toBe(0);
		expect(lateBy(time(20), jumpedInPause, line, wall(70) + 500)).toBe(500);
	});

	it('[P5] waiting for a turn does not count either; an outage during the line does', () => {
		const paced = { ...line, pacedAt: wall(80) };
		expect(lateBy(time(20), jumpedInPause, paced, wall(80) + spacingOf(20))).toBe(0);
		expect(lateBy(time(20), jumpedInPause, paced, wall(82))).toBe(2 * minute - spacingOf(20));
	});

	it('[P5] what is due at its own time is late by the wall clock, as ever', () => {
		expect(lateBy(time(8), [start], line, wall(10))).toBe(2 * minute);
	});
});

describe('release from the line', () => {
	const of = (catchUp: { pacedAt: number | null; held: boolean }, perMinute = 20) =>
		exercise('running', {
			clock: jumpedInPause,
			catchUp,
			settings: { ...defaultSettings, catchUpPerMinute: perMinute }
		});
	const at = (exerciseOf: ReturnType<typeof of>, wallAt: number) => ({
		...moment(exerciseOf),
		wall: wallAt,
		exercise: exerciseTimeAt(exerciseOf.clock, wallAt)
	});
	const due = row({ dueAt: time(20) });
	const decide = (one: ReturnType<typeof of>, wallAt: number, what: InjectRow = due) =>
		releaseOnSchedule(injectState(one, [what]), what, at(one, wallAt));

	it('[P5] nothing of it goes while the clock stands still', () => {
		const paused = exercise('paused', { clock: jumpedInPause.slice(0, 3) });
		expect(answerOf(decide(paused, wall(60)))).toBe('not-now');
	});

	it('[P4] [P5] the first goes at once and says that it had to wait; the next keeps its distance', () => {
		expect(factOf(decide(of({ pacedAt: null, held: false }), wall(70)), 'inject-released').paced).toBe(true);
		const next = of({ pacedAt: wall(70), held: false });
		expect(answerOf(decide(next, wall(70) + spacingOf(20) - 1))).toBe('not-now');
		expect(answerOf(decide(next, wall(70) + spacingOf(20)))).toBe('facts');
	});

	it('[P5] nothing of it goes while somebody holds it, and nothing of it counts as late for that', () => {
		const held = of({ pacedAt: wall(71), held: true });
		expect(answerOf(decide(held, wall(200)))).toBe('not-now');
		const later = row({ inject: idOf<InjectId>('later'), dueAt: time(40), content: inject() });
		expect(factOf(decide(held, wall(80), later), 'inject-released').paced).toBeUndefined();
	});

	it('[P5] after an outage in the middle of it the rest waits for a controller', () => {
		expect(factOf(decide(of({ pacedAt: wall(71), held: false }), wall(75)), 'inject-held').late).toEqual({
			dueAt: time(20)
		});
	});

	it('[P4] [P5] whatever pauses, jumps and rates: in order, never early, never above the rate', () => {
		const change = fc.record({
			after: fc.integer({ min: 1, max: 10 * minute }),
			to: fc.oneof(
				fc.constant({ rate: 0 }),
				fc.constantFrom(1, 2, 24).map((rate) => ({ rate })),
				fc.integer({ min: 0, max: 60 }).map((to) => ({ exercise: time(to) }))
			)
		});
		fc.assert(
			fc.property(
				fc.array(change, { maxLength: 6 }),
				fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 }),
				fc.constantFrom(1, 7, 20, 60),
				(changes, dues, perMinute) => {
					let clock = [start];
					let now = wallAtStart;
					for (const one of changes) {
						now += one.after;
						clock = [...clock, continueAt(clock, now, one.to)];
					}
					clock = [...clock, continueAt(clock, now + 1, { rate: 1 })];
					// what the schedule does, every second for an hour
					const waiting = dues.map(time).sort((a, b) => a - b);
					let pacedAt: number | null = null;
					const paced: { at: number; due: number }[] = [];
					for (let wallAt = now + 1; wallAt < now + 60 * minute && waiting.length > 0; wallAt += 1000) {
						const head = waiting[0]!;
						if (exerciseTimeAt(clock, wallAt)! < head) continue;
						const line = { pacedAt, perMinute, held: false };
						if (waitsInLine(head, clock, line, wallAt)) {
							if (nextTurn(line) > wallAt) continue;
							paced.push({ at: wallAt, due: head });
							pacedAt = wallAt;
						}
						expect(exerciseTimeAt(clock, wallAt)!).toBeGreaterThanOrEqual(head);
						expect(lateBy(head, clock, line, wallAt)).toBeLessThanOrEqual(
							// what was due before the last change and was not looked at then
							wallAt - wallAtStart
						);
						waiting.shift();
					}
					for (const [i, one] of paced.entries()) {
						const before = paced[i - 1];
						if (!before) continue;
						expect(one.due).toBeGreaterThanOrEqual(before.due);
						expect(one.at - before.at).toBeGreaterThanOrEqual(spacingOf(perMinute));
					}
				}
			),
			{ numRuns: 60 }
		);
	});
});
