import { describe, expect, it } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import { formatExerciseTime } from '#lib/exercise/exercise/clock.ts';
import { newInject, type Schedule } from '#lib/exercise/inject/schema.ts';
import {
	dayOfPlay,
	exerciseInstant,
	formatOffset,
	formatSchedule,
	keepingLink,
	parseOffset,
	parseSchedule,
	plannedTimes,
	type ScheduleContext
} from '#lib/exercise/inject/schedule.ts';

const injectId = (name: string) => name.padEnd(12, '_') as InjectId;
const known = new Map([['CM-031', injectId('first')]]);
const context: ScheduleContext = {
	startsAt: Date.parse('2026-05-12T07:00:00Z'),
	timeZone: 'Europe/Brussels',
	referenceOf: (id) => [...known].find(([, other]) => other === id)?.[0],
	injectOf: (reference) => known.get(reference.toUpperCase())
};
const read = (text: string) => {
	const parsed = parseSchedule(text, context);
	return 'value' in parsed ? parsed.value : parsed.problem;
};

describe('schedules as text', () => {
	it('what is shown can be typed again, in every mode', () => {
		const schedules: Schedule[] = [
			{ mode: 'at', at: Date.parse('2026-05-13T08:42:00Z') },
			{ mode: 'at', at: Date.parse('2026-05-11T08:42:30Z') },
			{ mode: 'offset', seconds: 8100 },
			{ mode: 'offset', seconds: -1820 },
			{ mode: 'after', inject: injectId('first'), seconds: 0 },
			{ mode: 'after', inject: injectId('first'), seconds: 600 },
			{ mode: 'after', inject: injectId('first'), seconds: -60 },
			{ mode: 'manual' },
			{ mode: 'contingency', condition: 'no early warning from FR' },
			{ mode: 'contingency', condition: '' }
		];
		for (const schedule of schedules) expect(read(formatSchedule(schedule, context))).toEqual(schedule);
	});

	it('shows exercise time in the zone of the exercise', () => {
		const at = exerciseInstant(1, 10, 42, 0, context);
		expect(new Date(at).toISOString()).toBe('2026-05-12T08:42:00.000Z');
		expect(formatSchedule({ mode: 'at', at }, context)).toBe('D1 10:42');
		expect(formatOffset(8100)).toBe('+02:15');
	});

	it('counts days of play without a day zero', () => {
		for (const day of [-2, -1, 1, 2])
			expect(dayOfPlay(exerciseInstant(day, 12, 0, 0, context), context)).toBe(day);
	});

	it('reads what people write instead', () => {
		expect(read('d2 9:05')).toEqual({ mode: 'at', at: Date.parse('2026-05-13T07:05:00Z') });
		expect(read('10:42')).toEqual({ mode: 'at', at: Date.parse('2026-05-12T08:42:00Z') });
		expect(read('+135')).toEqual({ mode: 'offset', seconds: 8100 });
		expect(read('+1 h 30 min')).toEqual({ mode: 'offset', seconds: 5400 });
		expect(read('After cm-031 +10m')).toEqual({ mode: 'after', inject: injectId('first'), seconds: 600 });
		expect(read('')).toEqual({ mode: 'manual' });
		expect(read('Contingency: team asks')).toEqual({ mode: 'contingency', condition: 'team asks' });
	});

	it('says why it cannot be read', () => {
		expect(read('tomorrow')).toBe('not-a-schedule');
		expect(read('D0 10:00')).toBe('not-a-schedule');
		expect(read('25:00')).toBe('not-a-schedule');
		expect(read('after CM-999')).toBe('unknown-inject');
		expect(read('+9000:00')).toBe('too-far');
		expect(parseOffset('soon')).toBeNull();
		expect(parseOffset('')).toBeNull();
	});

	it('finds the right instant on both sides of a change of the clocks', () => {
		// Brussels goes to summer time on 29 March 2026 at 01:00 UTC
		const spring = { startsAt: Date.parse('2026-03-28T08:00:00Z'), timeZone: 'Europe/Brussels' };
		for (const [day, hour] of [
			[1, 9],
			[2, 1],
			[2, 4],
			[2, 12],
			[3, 9]
		] as const) {
			const at = exerciseInstant(day, hour, 0, 0, spring);
			expect(formatExerciseTime(at, spring.startsAt, spring.timeZone)).toBe(
				`D${day} ${String(hour).padStart(2, '0')}:00`
			);
			expect(dayOfPlay(at, spring)).toBe(day);
		}
	});
});

describe('planned times', () => {
	const inject = (name: string, schedule: Schedule) => newInject(injectId(name), { schedule });

	it('follows chains, in whatever order they stand in the script', () => {
		const times = plannedTimes(
			[
				inject('c', { mode: 'after', inject: injectId('b'), seconds: 60 }),
				inject('b', { mode: 'after', inject: injectId('a'), seconds: 60 }),
				inject('a', { mode: 'offset', seconds: 60 })
			],
			1_000_000
		);
		expect([...times.values()]).toContain(1_180_000);
		expect(times.get(injectId('c'))).toBe(1_180_000);
		expect(times.get(injectId('b'))).toBe(1_120_000);
	});

	it('has no time for what a person decides, for a missing predecessor, and for a circle', () => {
		const times = plannedTimes(
			[
				inject('m', { mode: 'manual' }),
				inject('x', { mode: 'after', inject: injectId('m'), seconds: 60 }),
				inject('y', { mode: 'after', inject: injectId('gone'), seconds: 60 }),
				inject('p', { mode: 'after', inject: injectId('q'), seconds: 60 }),
				inject('q', { mode: 'after', inject: injectId('p'), seconds: 60 }),
				inject('s', { mode: 'after', inject: injectId('s'), seconds: 60 })
			],
			0
		);
		expect([...times.values()].every((time) => time === null)).toBe(true);
	});

	it('walks a chain of thousands without recursion', () => {
		const chain = Array.from({ length: 3000 }, (_, i) =>
			inject(
				`n${i}`,
				i === 2999
					? { mode: 'offset', seconds: 0 }
					: { mode: 'after', inject: injectId(`n${i + 1}`), seconds: 1 }
			)
		);
		expect(plannedTimes(chain, 0).get(injectId('n0'))).toBe(2_999_000);
	});
});

describe('what a contingency makes up for', () => {
	const missed = { inject: injectId('first'), action: 'act-1' };
	const before: Schedule = { mode: 'contingency', condition: 'nobody calls', missed };

	it('stays when its condition is written anew as text, which cannot say it', () => {
		const after = parseSchedule('if nobody writes', context);
		expect('value' in after && keepingLink(before, after.value)).toEqual({
			mode: 'contingency',
			condition: 'nobody writes',
			missed
		});
	});

	it('goes with the contingency, and comes to nothing that had none', () => {
		expect(keepingLink(before, { mode: 'manual' })).toEqual({ mode: 'manual' });
		const plain: Schedule = { mode: 'contingency', condition: 'x' };
		expect(keepingLink({ mode: 'manual' }, plain)).toBe(plain);
		expect(keepingLink(plain, plain)).toBe(plain);
	});
});
