import { describe, expect, it } from 'vitest';
import type { ClockSegment } from '#lib/exercise/exercise/clock.ts';
import { axisOf, momentAt, placeOf, playOn, within } from '#lib/exercise/replay/axis.ts';
import { chance } from '../../support/chance.ts';

const minute = 60_000;
const hour = 60 * minute;
/** wall times; exercise time begins elsewhere */
const startex = 1_000 * hour;
const clock = (...segments: [wall: number, exercise: number, rate: number][]): ClockSegment[] =>
	segments.map(([wall, exercise, rate]) => ({
		wallStart: startex + wall,
		exerciseStart: 5_000_000 * hour + exercise,
		rate
	}));

describe('the line of the record', () => {
	const night = clock([0, 0, 1], [4 * hour, 4 * hour, 0], [16 * hour, 4 * hour, 1]);
	const axis = axisOf(night, { startedAt: startex, until: startex + 20 * hour });

	it('draws a night in which the clock stood shorter than the play beside it', () => {
		expect(axis.stretches.map(({ still }) => still)).toEqual([false, true, false]);
		const [day, rest, next] = axis.stretches;
		expect(day!.share).toBeCloseTo(next!.share, 6);
		expect(rest!.share).toBeLessThan(0.03);
		expect(rest!.share).toBeGreaterThan(0);
		expect(day!.share + rest!.share + next!.share).toBeCloseTo(1, 9);
	});

	it('puts a later moment never before an earlier one, also after a jump of the clock back', () => {
		const { seed: _seed, below } = chance();
		const jumps = clock([0, 0, 1], [hour, 30 * minute, 1], [2 * hour, 90 * minute, 0], [3 * hour, 0, 24]);
		const jumped = axisOf(jumps, { startedAt: startex, until: startex + 5 * hour });
		let last = -1;
		for (let wall = startex - hour; wall < startex + 6 * hour; wall += 1 + below(3 * minute)) {
			const place = placeOf(jumped, wall);
			expect(place).toBeGreaterThanOrEqual(last);
			last = place;
			// to the place and back is the same moment
			expect(Math.abs(momentAt(jumped, place) - within(jumped, wall))).toBeLessThanOrEqual(1);
		}
		expect(last).toBe(1);
	});

	it('reaches back before STARTEX and on after ENDEX for a page that was written then, and for no other', () => {
		const span = { startedAt: startex, until: startex + 20 * hour };
		expect(axis).toMatchObject({ from: startex, until: span.until });
		const wide = axisOf(night, { ...span, first: startex - 900 * hour, last: span.until + 48 * hour });
		expect(wide).toMatchObject({ from: startex - 900 * hour, until: span.until + 48 * hour });
		// months of planning do not take the line away from the play
		expect(wide.stretches[0]!.share).toBeLessThan(0.25);
		expect(axisOf(night, { ...span, first: startex + hour, last: startex + hour })).toEqual(axis);
	});

	it('has a line for an exercise that has just begun', () => {
		const begun = axisOf(clock([0, 0, 1]), { startedAt: startex, until: startex });
		expect(placeOf(begun, startex)).toBe(0);
		expect(placeOf(begun, startex + 1)).toBe(1);
		expect(momentAt(begun, 1)).toBe(startex + 1);
	});
});

describe('playing', () => {
	const night = clock([0, 0, 1], [4 * hour, 4 * hour, 0], [16 * hour, 4 * hour, 1]);
	const axis = axisOf(night, { startedAt: startex, until: startex + 20 * hour });

	it('goes on by so much time, and ends at the end', () => {
		expect(playOn(axis, startex, 90_000)).toBe(startex + 90_000);
		expect(playOn(axis, startex + 20 * hour - 10, 90_000)).toBe(startex + 20 * hour);
	});

	it('passes over a night at once, except for what happened in it', () => {
		const evening = startex + 4 * hour - minute;
		expect(playOn(axis, evening, 3 * minute)).toBe(startex + 16 * hour + 2 * minute);
		const note = startex + 9 * hour;
		expect(playOn(axis, evening, 3 * minute, [note])).toBe(note);
		expect(playOn(axis, note, 3 * minute, [note])).toBe(startex + 16 * hour + 3 * minute);
	});
});
