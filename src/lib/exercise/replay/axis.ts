import type { ClockSegment } from '../exercise/clock.ts';

/**
 * The line along which an exercise is replayed. A position on it is a moment of the RECORD: wall time, milliseconds.
 * Exercise time would not do: the clock may jump back, and then one exercise time is two moments at which different things
 * had happened; and while it stands still, teams write on pages at one and the same exercise time. The wall's clock goes
 * forward only, and everything that is kept (entries, facts, changes of pages) bears it. Exercise time is written beside.
 *
 * Stretches in which the clock stood still (a night, a break) are drawn shorter, or the play beside them would be a few pixels.
 */
export interface Axis {
	/** wall times, ms */
	from: number;
	until: number;
	stretches: Stretch[];
}

export interface Stretch {
	from: number;
	until: number;
	/** nothing was played: before STARTEX, while the clock stood, after ENDEX */
	still: boolean;
	/** shares of the whole line: where it begins, and how much of it it takes */
	start: number;
	share: number;
}

/** A break takes no more of the line than this share of what was played, and no more than this in time, ms. */
const stillShare = 0.03;
const stillAtMost = 10 * 60_000;
/** what was written before STARTEX or after ENDEX, for a page that began before or goes on after it */
const besideShare = 0.35;

export interface Span {
	/** wall time of STARTEX */
	startedAt: number;
	/** wall time of ENDEX, or now */
	until: number;
	/** of a page: its first and last change, which may lie outside of play */
	first?: number | null;
	last?: number | null;
}

export function axisOf(clock: readonly ClockSegment[], span: Span): Axis {
	const { startedAt } = span;
	// the wall's clock may have been set between two readings: never a line that goes backwards
	const until = Math.max(span.until, startedAt + 1);
	const from = Math.min(startedAt, span.first ?? startedAt);
	const end = Math.max(until, span.last ?? until);
	const parts: Omit<Stretch, 'start' | 'share'>[] = [];
	if (from < startedAt) parts.push({ from, until: startedAt, still: true });
	const segments = clock.filter((one) => one.wallStart < until);
	for (const [i, segment] of segments.entries()) {
		const begins = Math.max(segment.wallStart, startedAt);
		const ends = Math.min(segments[i + 1]?.wallStart ?? until, until);
		if (ends <= begins) continue;
		const still = segment.rate === 0;
		const last = parts.at(-1);
		if (last?.still === still && last.from >= startedAt) last.until = ends;
		else parts.push({ from: begins, until: ends, still });
	}
	if (end > until) parts.push({ from: until, until: end, still: true });

	const inPlay = ({ from: a, until: b }: { from: number; until: number }) => a >= startedAt && b <= until;
	const played = Math.max(
		parts.reduce((sum, one) => (one.still ? sum : sum + one.until - one.from), 0),
		1
	);
	const weights = parts.map((one) => {
		const length = one.until - one.from;
		if (!one.still) return length;
		return inPlay(one)
			? Math.min(length, played * stillShare, stillAtMost)
			: Math.min(length, played * besideShare);
	});
	const all = Math.max(
		weights.reduce((sum, one) => sum + one, 0),
		Number.MIN_VALUE
	);
	let start = 0;
	return {
		from,
		until: end,
		stretches: parts.map((one, i) => {
			const share = weights[i]! / all;
			const stretch = { ...one, start, share };
			start += share;
			return stretch;
		})
	};
}

/** Where a moment lies on the line, 0 to 1. What lies outside is at its ends. */
export function placeOf({ stretches }: Axis, wall: number): number {
	for (const { from, until, start, share } of stretches) {
		if (wall < from) return start;
		if (wall < until) return start + (share * (wall - from)) / (until - from);
	}
	return stretches.length > 0 ? 1 : 0;
}

/** The moment at a place of the line, wall time in whole ms. */
export function momentAt({ stretches, from: begin, until: end }: Axis, place: number): number {
	for (const { from, until, start, share } of stretches)
		if (place < start + share)
			return Math.round(from + (until - from) * (share === 0 ? 0 : Math.max(place - start, 0) / share));
	return stretches.length > 0 ? end : begin;
}

/** A moment that is on the line. */
export const within = ({ from, until }: Pick<Axis, 'from' | 'until'>, wall: number): number =>
	Math.min(Math.max(wall, from), until);

/**
 * What playing comes to after so much time of the record, ms: where nothing was played it goes on at once, except for
 * moments at which something happened all the same (`moments`, ascending), at which it stops by.
 */
export function playOn(axis: Axis, wall: number, ms: number, moments: readonly number[] = []): number {
	let at = wall;
	let left = ms;
	for (const { from, until, still } of axis.stretches) {
		if (until <= at) continue;
		if (left <= 0) break;
		at = Math.max(at, from);
		if (still) {
			const happens = moments.find((one) => one > at && one < until);
			if (happens !== undefined) return happens;
			at = until;
			continue;
		}
		const step = Math.min(until - at, left);
		at += step;
		left -= step;
	}
	return Math.round(within(axis, at));
}
