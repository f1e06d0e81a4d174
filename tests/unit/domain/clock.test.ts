import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	continueAt,
	exerciseTimeAt,
	formatExerciseTime,
	isRunning,
	lastRate,
	wallTimeOf,
	type ClockSegment
} from '#lib/exercise/exercise/clock.ts';
import { minute, startex, wallAtStart } from './factories.ts';

/** What exercise control can do to a clock, so long after the act before. */
type Act = { after: number } & (
	{ act: 'pause' } | { act: 'resume' } | { act: 'rate'; rate: number } | { act: 'jump'; by: number }
);

const after = fc.integer({ min: 0, max: 3 * 3_600_000 });
const rate = fc.oneof(
	fc.constantFrom(0.1, 0.3, 0.5, 1, 2, 10, 24, 60, 1000),
	fc.double({ min: 0.1, max: 1000, noNaN: true })
);
const still = fc.record({ act: fc.constantFrom('pause' as const, 'resume' as const), after });
const rated = fc.record({ act: fc.constant('rate' as const), rate, after });
const jumped = (least: number) =>
	fc.record({ act: fc.constant('jump' as const), by: fc.integer({ min: least, max: 86_400_000 }), after });

const forwardActs = fc.array<Act>(fc.oneof(still, rated, jumped(0)), { maxLength: 30 });
const anyActs = fc.array<Act>(fc.oneof(still, rated, jumped(-86_400_000)), { maxLength: 30 });

/** The clock after the acts, and where it jumped back. */
function play(acts: readonly Act[]): { clock: ClockSegment[]; jumpsBack: number[]; end: number } {
	const clock: ClockSegment[] = [{ wallStart: wallAtStart, exerciseStart: startex, rate: 1 }];
	const jumpsBack: number[] = [];
	let wall = wallAtStart;
	for (const act of acts) {
		wall += act.after;
		const now = exerciseTimeAt(clock, wall)!;
		if (act.act === 'pause') clock.push(continueAt(clock, wall, { rate: 0 }));
		else if (act.act === 'resume') clock.push(continueAt(clock, wall, { rate: lastRate(clock) }));
		else if (act.act === 'rate') clock.push(continueAt(clock, wall, { rate: act.rate }));
		else {
			clock.push(continueAt(clock, wall, { exercise: now + act.by }));
			if (act.by < 0) jumpsBack.push(wall);
		}
	}
	return { clock, jumpsBack, end: wall + minute };
}

const between = (low: number, high: number, part: number) => Math.floor(low + (high - low) * part);
const part = fc.double({ min: 0, max: 1, noNaN: true });

describe('the exercise clock', () => {
	it('[P5] is null before STARTEX and tells the start at STARTEX', () => {
		const { clock } = play([]);
		expect(exerciseTimeAt([], wallAtStart)).toBeNull();
		expect(exerciseTimeAt(clock, wallAtStart - 1)).toBeNull();
		expect(exerciseTimeAt(clock, wallAtStart)).toBe(startex);
	});

	it('[P5] never runs backward but where it was told to jump back', () => {
		fc.assert(
			fc.property(anyActs, fc.array(part, { minLength: 2, maxLength: 40 }), (acts, parts) => {
				const { clock, jumpsBack, end } = play(acts);
				const walls = parts.map((one) => between(wallAtStart, end, one)).sort((a, b) => a - b);
				for (const [i, wall] of walls.entries()) {
					const before = walls[i - 1];
					if (before === undefined || jumpsBack.some((jump) => jump > before && jump <= wall)) continue;
					expect(exerciseTimeAt(clock, wall)!).toBeGreaterThanOrEqual(exerciseTimeAt(clock, before)!);
				}
			})
		);
	});

	it('[P5] never jumps by itself: what continues begins where the clock was', () => {
		fc.assert(
			fc.property(anyActs, fc.constantFrom(0, 1, 24), after, (acts, next, later) => {
				const { clock, end } = play(acts);
				const wall = end + later;
				const segment = continueAt(clock, wall, { rate: next });
				expect(segment.exerciseStart).toBe(exerciseTimeAt(clock, wall));
				expect(exerciseTimeAt([...clock, segment], wall)).toBe(exerciseTimeAt(clock, wall));
				expect(exerciseTimeAt([...clock, segment], wall - 1)).toBe(exerciseTimeAt(clock, wall - 1));
			})
		);
	});

	it('[P5] stands still while it is paused', () => {
		const { clock } = play([{ act: 'pause', after: 10 * minute }]);
		expect(isRunning(clock)).toBe(false);
		expect(exerciseTimeAt(clock, wallAtStart + 99 * minute)).toBe(startex + 10 * minute);
	});

	it('[P5] resumes at the rate it had', () => {
		const { clock } = play([
			{ act: 'rate', rate: 24, after: 0 },
			{ act: 'pause', after: minute },
			{ act: 'jump', by: 3_600_000, after: minute },
			{ act: 'resume', after: minute }
		]);
		expect(clock.at(-1)!.rate).toBe(24);
		expect(isRunning(clock)).toBe(true);
	});

	it('refuses to continue a clock that has not started', () => {
		expect(() => continueAt([], wallAtStart, { rate: 1 })).toThrow('not started');
	});
});

describe('the wall time of an exercise time', () => {
	it('[P5] is the first moment at which the exercise time is reached, to the millisecond', () => {
		fc.assert(
			fc.property(forwardActs, part, (acts, where) => {
				const { clock, end } = play(acts);
				const wall = between(wallAtStart, end, where);
				const exercise = exerciseTimeAt(clock, wall)!;
				const first = wallTimeOf(clock, exercise)!;
				expect(first).toBeLessThanOrEqual(wall);
				expect(exerciseTimeAt(clock, first)!).toBeGreaterThanOrEqual(exercise);
				const before = exerciseTimeAt(clock, first - 1);
				if (before !== null) expect(before).toBeLessThan(exercise);
			}),
			// a rounding error shows in one run of thousands
			{ numRuns: 5000 }
		);
	});

	it('[P5] is, once reached, never a moment at which the exercise time is still earlier, whatever was done', () => {
		fc.assert(
			fc.property(anyActs, part, fc.integer({ min: -3_600_000, max: 3_600_000 }), (acts, where, by) => {
				const { clock, end } = play(acts);
				const exercise = exerciseTimeAt(clock, between(wallAtStart, end, where))! + by;
				const wall = wallTimeOf(clock, exercise);
				if (wall === null) expect(exerciseTimeAt(clock, end + 1_000_000)!).toBeLessThan(exercise);
				else expect(exerciseTimeAt(clock, wall)!).toBeGreaterThanOrEqual(exercise);
			})
		);
	});

	it('[P5] after a jump back is the moment at which it is reached again, not the first one', () => {
		const { clock } = play([{ act: 'jump', by: -20 * minute, after: 60 * minute }]);
		expect(wallTimeOf(clock, startex + 50 * minute)).toBe(wallAtStart + 70 * minute);
		expect(wallTimeOf(clock, startex + 30 * minute)).toBe(wallAtStart + 30 * minute);
	});

	it('[P5] is null when the clock does not get there', () => {
		expect(wallTimeOf([], startex)).toBeNull();
		const { clock } = play([{ act: 'pause', after: 10 * minute }]);
		expect(wallTimeOf(clock, startex + 10 * minute)).toBe(wallAtStart + 10 * minute);
		expect(wallTimeOf(clock, startex + 10 * minute + 1)).toBeNull();
	});

	it('[P5] moves with the clock: by a pause, by the rate, by a jump over it', () => {
		const wanted = startex + 60 * minute;
		expect(wallTimeOf(play([]).clock, wanted)).toBe(wallAtStart + 60 * minute);
		const paused = play([
			{ act: 'pause', after: 30 * minute },
			{ act: 'resume', after: 15 * minute }
		]);
		expect(wallTimeOf(paused.clock, wanted)).toBe(wallAtStart + 75 * minute);
		expect(wallTimeOf(play([{ act: 'rate', rate: 2, after: 0 }]).clock, wanted)).toBe(
			wallAtStart + 30 * minute
		);
		const jumped = play([{ act: 'jump', by: 90 * minute, after: 5 * minute }]);
		expect(wallTimeOf(jumped.clock, wanted)).toBe(wallAtStart + 5 * minute);
	});
});

describe('exercise time as people read it', () => {
	const zone = 'Europe/Brussels';
	const told = (time: number, startsAt = startex) =>
		formatExerciseTime(time, startsAt, zone, { seconds: true });

	it('counts days of play from the calendar day of STARTEX', () => {
		expect(told(startex)).toBe('D1 09:00:00');
		expect(formatExerciseTime(startex + 61 * minute, startex, zone)).toBe('D1 10:01');
		expect(told(startex + 15 * 60 * minute - 1000)).toBe('D1 23:59:59');
		expect(told(startex + 15 * 60 * minute)).toBe('D2 00:00:00');
		expect(told(startex + 39 * 60 * minute)).toBe('D3 00:00:00');
	});

	it('calls the day before STARTEX D-1: there is no day zero', () => {
		expect(told(startex - 9 * 60 * minute)).toBe('D1 00:00:00');
		expect(told(startex - 9 * 60 * minute - 1000)).toBe('D-1 23:59:59');
		expect(told(startex - 33 * 60 * minute - 1000)).toBe('D-2 23:59:59');
	});

	it('keeps days of play whole where summer time begins and ends', () => {
		// Brussels: 29 March 2026, 02:00 becomes 03:00; 25 October 2026, 03:00 becomes 02:00
		const spring = Date.UTC(2026, 2, 28, 22, 30);
		expect(told(spring, spring)).toBe('D1 23:30:00');
		expect(told(spring + 30 * minute, spring)).toBe('D2 00:00:00');
		expect(told(spring + 149 * minute, spring)).toBe('D2 01:59:00');
		expect(told(spring + 150 * minute, spring)).toBe('D2 03:00:00');
		expect(told(Date.UTC(2026, 2, 29, 22, 0), spring)).toBe('D3 00:00:00');
		const autumn = Date.UTC(2026, 9, 24, 22, 0);
		expect(told(autumn, autumn)).toBe('D1 00:00:00');
		expect(told(autumn + 150 * minute, autumn)).toBe('D1 02:30:00');
		expect(told(autumn + 210 * minute, autumn)).toBe('D1 02:30:00');
		expect(told(autumn + 25 * 60 * minute, autumn)).toBe('D2 00:00:00');
	});

	it('tells each zone its own day', () => {
		const late = Date.UTC(2026, 5, 10, 22, 30);
		expect(formatExerciseTime(late, startex, 'Atlantic/Azores')).toBe('D1 22:30');
		expect(formatExerciseTime(late, startex, 'Europe/Athens')).toBe('D2 01:30');
	});
});
