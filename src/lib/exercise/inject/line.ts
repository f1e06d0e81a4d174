import { exerciseTimeAt, segmentAt, wallTimeOf, type ClockSegment } from '../exercise/clock.ts';

/*
 * Catching up (DOMAIN 4.3): what became due while the clock stood still, or was jumped over, is released after the clock
 * runs again: in order, and at most so many a minute. It waits in one line; what becomes due while the line is being
 * worked off joins its end, so that the story stays in order. Everything else goes at its time, however much it is.
 */
export interface ReleaseLine {
	/** wall time of the last release from the line; null: there was none */
	pacedAt: number | null;
	perMinute: number;
	/** somebody of exercise control has stopped the line */
	held: boolean;
}

/** `standard`: thirty minutes of pause in the largest exercise are worked off in some five. */
export const catchUpLimits = { slowest: 1, fastest: 600, standard: 20 } as const;

/** Wall milliseconds between two releases from the line. */
export const spacingOf = (perMinute: number): number => Math.ceil(60_000 / perMinute);

/**
 * Up to this exercise time what is due waits in line; null: there is no line. What was due when the clock went on after a
 * pause or a jump, and what became due before the last one left the line.
 */
export function lineEnd(clock: readonly ClockSegment[], pacedAt: number | null, wall: number): number | null {
	const current = segmentAt(clock, wall);
	const began = current ? lastBreak(clock, clock.indexOf(current)) : null;
	// since STARTEX nothing has waited: what opens the exercise goes at once
	if (!began) return null;
	const joined =
		pacedAt !== null && pacedAt >= began.wallStart && pacedAt <= wall
			? exerciseTimeAt(clock, pacedAt)!
			: began.exerciseStart;
	return Math.max(began.exerciseStart, joined);
}

/** The segment that began with the last pause or jump; another rate alone keeps nothing waiting. */
function lastBreak(clock: readonly ClockSegment[], index: number): ClockSegment | null {
	for (let i = index; i > 0; i--) {
		const [before, one] = [clock[i - 1]!, clock[i]!];
		const went = before.exerciseStart + (one.wallStart - before.wallStart) * before.rate;
		if (before.rate === 0 || one.rate === 0 || Math.abs(one.exerciseStart - went) > 1) return one;
	}
	return null;
}

export function waitsInLine(
	dueAt: number,
	clock: readonly ClockSegment[],
	line: Pick<ReleaseLine, 'pacedAt'>,
	wall: number
): boolean {
	const end = lineEnd(clock, line.pacedAt, wall);
	return end !== null && dueAt <= end;
}

/** Wall time from which on the next one may leave the line. */
export const nextTurn = ({ pacedAt, perMinute }: ReleaseLine): number =>
	pacedAt === null ? Number.NEGATIVE_INFINITY : pacedAt + spacingOf(perMinute);

/** Wall milliseconds for which the exercise's clock ran between two moments. */
export function runningTime(clock: readonly ClockSegment[], from: number, to: number): number {
	let sum = 0;
	for (const [i, segment] of clock.entries()) {
		if (segment.rate === 0) continue;
		const end = Math.min(clock[i + 1]?.wallStart ?? to, to);
		sum += Math.max(end - Math.max(segment.wallStart, from), 0);
	}
	return sum;
}

/**
 * For how long it could have been released and was not (P5): the time for which the clock ran since it was due, or since
 * its turn in the line came. A pause and a stop are no outage, and neither is the line.
 */
export function lateBy(
	dueAt: number,
	clock: readonly ClockSegment[],
	line: ReleaseLine,
	wall: number
): number {
	const due = wallTimeOf(clock, dueAt);
	if (due === null) return Number.POSITIVE_INFINITY;
	const turn = waitsInLine(dueAt, clock, line, wall) ? Math.max(due, nextTurn(line)) : due;
	return runningTime(clock, turn, wall);
}

/** How long the line still takes, wall ms, for so many that wait in it. */
export function lineTakes(waiting: number, line: ReleaseLine, wall: number): number {
	if (waiting === 0) return 0;
	return Math.max(nextTurn(line) - wall, 0) + (waiting - 1) * spacingOf(line.perMinute);
}
