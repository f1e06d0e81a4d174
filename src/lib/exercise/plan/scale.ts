import { wallParts } from '../inject/schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How much time the picture shows at once, from all of it to the last minutes. */
export const zoomSpans = [
	2 * day,
	day,
	12 * hour,
	8 * hour,
	4 * hour,
	3 * hour,
	2 * hour,
	hour,
	30 * minute,
	10 * minute
] as const;

/** The next span in or out; the same at either end. */
export function zoomStep(span: number, by: 1 | -1): number {
	if (by === 1) return zoomSpans.find((one) => one < span) ?? zoomSpans.at(-1)!;
	return zoomSpans.findLast((one) => one > span) ?? zoomSpans[0];
}

/** The closest span in which a time fits. */
export const spanFor = (milliseconds: number): number =>
	zoomSpans.findLast((one) => one >= milliseconds) ?? zoomSpans[0];

/** What a drag snaps to: as fine as a hand can aim. */
export function snapOf(span: number): number {
	if (span >= 8 * hour) return 15 * minute;
	return span >= 2 * hour ? 5 * minute : minute;
}

/** To whole steps of exercise time, counted from a full hour. */
export const snap = (at: number, step: number): number => Math.round(at / step) * step;

export interface Tick {
	at: number;
	kind: 'day' | 'hour' | 'minute';
}

const steps = [
	minute,
	2 * minute,
	5 * minute,
	10 * minute,
	15 * minute,
	30 * minute,
	hour,
	2 * hour,
	3 * hour,
	6 * hour,
	12 * hour,
	day
];

/**
 * Ticks on round times of the exercise's zone, at most so many in the range: midnights are days, full hours hours. The
 * hour that a change of the clock takes or gives is neither doubled nor lost.
 */
export function ticks(from: number, to: number, timeZone: string, most: number): Tick[] {
	const step = steps.find((one) => (to - from) / one <= most) ?? day * Math.ceil((to - from) / day / most);
	const found: Tick[] = [];
	// in the zone's own time, where midnight is a whole day
	const offset = (at: number) => zoneOffset(at, timeZone);
	let local = Math.ceil((from + offset(from)) / step) * step;
	for (;;) {
		let at = local - offset(local);
		at = local - offset(at);
		if (at > to) return found;
		if (at >= from && at > (found.at(-1)?.at ?? -Infinity))
			found.push({ at, kind: local % day === 0 ? 'day' : local % hour === 0 ? 'hour' : 'minute' });
		local += step;
	}
}

const offsets = new Map<string, number>();
/** Asked for each tick of each frame: kept by quarter of an hour, the finest at which zones change. */
function zoneOffset(at: number, timeZone: string): number {
	const quarter = Math.floor(at / (15 * minute));
	const key = `${timeZone} ${quarter}`;
	let offset = offsets.get(key);
	if (offset === undefined) {
		const parts = wallParts(quarter * 15 * minute, timeZone);
		const asUtc = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
		offset = asUtc - quarter * 15 * minute;
		if (offsets.size > 5000) offsets.clear();
		offsets.set(key, offset);
	}
	return offset;
}

/** What the picture covers: play, and whatever is planned outside it, with a little room at both ends. */
export function coveredRange(
	times: Iterable<number | null>,
	{ startsAt, endsAt }: { startsAt: number; endsAt: number }
): { from: number; to: number } {
	// an inject that is years away by a slip of the pen must not make the rest invisible
	const [earliest, latest] = [startsAt - 3 * day, endsAt + 3 * day];
	let [from, to] = [startsAt, endsAt];
	for (const at of times) {
		if (at === null || at < earliest || at > latest) continue;
		from = Math.min(from, at);
		to = Math.max(to, at);
	}
	const room = Math.max(15 * minute, (to - from) * 0.04);
	return { from: from - room, to: to + room };
}
