import { instantOf, localTime } from './local-time.ts';
import type { ExerciseKind } from './schema.ts';

/**
 * Exercise time as a pure function of clock segments (DOMAIN 4.3). All times are milliseconds since 1970, both the
 * wall's and the exercise's own. Schedules and deadlines are kept in exercise time and never rewritten: a pause, a
 * change of rate or a jump is one more segment.
 */
export interface ClockSegment {
	wallStart: number;
	exerciseStart: number;
	/** exercise seconds for one wall second: 0 paused, 1 real time, 24 one day in an hour */
	rate: number;
}

export const clockRateLimits = { lowest: 0.1, highest: 1000 } as const;

/** The exercise time at a moment of the wall clock; null before STARTEX. */
export function exerciseTimeAt(segments: readonly ClockSegment[], wall: number): number | null {
	const segment = segmentAt(segments, wall);
	return segment ? timeIn(segment, wall) : null;
}

const timeIn = (segment: ClockSegment, wall: number) =>
	Math.floor(segment.exerciseStart + (wall - segment.wallStart) * segment.rate);

/** The segment in force at a moment of the wall clock. */
export function segmentAt(segments: readonly ClockSegment[], wall: number): ClockSegment | null {
	for (let i = segments.length - 1; i >= 0; i--) if (segments[i]!.wallStart <= wall) return segments[i]!;
	return null;
}

/**
 * The moment of the wall clock since which the exercise time is, or will be, at least `exercise`, by the segments known
 * now; null when the clock as it stands never gets there (paused, or not started). After a jump back it is the moment
 * at which the time is reached again: what is due then is not late because it was due once before.
 */
export function wallTimeOf(segments: readonly ClockSegment[], exercise: number): number | null {
	const before = segments.findLastIndex((segment) => segment.exerciseStart < exercise);
	const segment = segments[before];
	const next = segments[before + 1];
	if (segment && segment.rate > 0) {
		let wall = segment.wallStart + Math.ceil((exercise - segment.exerciseStart) / segment.rate);
		// at rates such as 0.3 the division is a millisecond off now and then
		while (timeIn(segment, wall - 1) >= exercise) wall--;
		while (timeIn(segment, wall) < exercise) wall++;
		if (!next || wall < next.wallStart) return wall;
	}
	return next?.wallStart ?? null;
}

export function isRunning(segments: readonly ClockSegment[]): boolean {
	const last = segments.at(-1);
	return last !== undefined && last.rate > 0;
}

/** The rate before the clock stood still: what resuming returns to. */
export function lastRate(segments: readonly ClockSegment[]): number {
	for (let i = segments.length - 1; i >= 0; i--) if (segments[i]!.rate > 0) return segments[i]!.rate;
	return 1;
}

/** The next segment, continuing from where the clock is: at another rate, or from another exercise time. */
export function continueAt(
	segments: readonly ClockSegment[],
	wall: number,
	change: { rate?: number; exercise?: number }
): ClockSegment {
	const current = segmentAt(segments, wall);
	if (!current) throw new Error('the clock has not started');
	return {
		wallStart: wall,
		exerciseStart: change.exercise ?? exerciseTimeAt(segments, wall)!,
		rate: change.rate ?? current.rate
	};
}

/**
 * The day of play (D1 is the calendar day of STARTEX in the exercise's time zone) and the time of day, as shown on
 * every screen: `D1 10:42:17`.
 */
export function formatExerciseTime(
	exercise: number,
	startsAt: number,
	timeZone: string,
	options: { seconds?: boolean } = {}
): string {
	const day = dayNumber(exercise, timeZone) - dayNumber(startsAt, timeZone);
	const time = clockFormat(timeZone, options.seconds ?? false).format(exercise);
	return `D${day >= 0 ? day + 1 : day} ${time}`;
}

/** Whose clock tells a time. Without a kind: an exercise's. */
export interface TimeFrame {
	kind?: ExerciseKind;
	startsAt: number;
	timeZone: string;
}

/**
 * A time of a space as its screens and papers write it: `D1 10:42` in an exercise. A real room has the wall's clock alone,
 * and a date that everybody knows: `28 Nov 10:42Z`, the Z where its zone is UTC.
 */
export function tellTime(at: number, frame: TimeFrame, options: { seconds?: boolean } = {}): string {
	const { kind, startsAt, timeZone } = frame;
	if (kind !== 'real') return formatExerciseTime(at, startsAt, timeZone, options);
	const time = clockFormat(timeZone, options.seconds ?? false).format(at);
	const [month, day] = dateFormat(timeZone).format(at).split(' ');
	return `${day} ${month} ${time}${timeZone === 'UTC' ? 'Z' : ''}`;
}

/** What somebody writes as a time of a real room: `10:42` on the day that it is, `28 Nov 10:42`, `2026-11-28 10:42`. */
export function readRealTime(words: string, now: number, timeZone: string): number | null {
	const text = words.trim().replace(/z$/i, '');
	const time = /(\d{1,2})[:.h](\d{2})$/.exec(text);
	if (!time) return null;
	const day = text.slice(0, time.index).trim();
	const clock = `${time[1]!.padStart(2, '0')}:${time[2]!}`;
	const today = localTime(now, timeZone).slice(0, 10);
	if (day === '') return instantOf(`${today}T${clock}`, timeZone);
	if (/^\d{4}-\d{2}-\d{2}$/.test(day)) return instantOf(`${day}T${clock}`, timeZone);
	const [, date, name] = /^(\d{1,2})\.? ([A-Za-z]{3})[a-z]*\.?$/.exec(day) ?? [];
	const month = months.indexOf((name ?? '').toLowerCase()) + 1;
	if (month === 0) return null;
	const inYear = (year: number) =>
		instantOf(`${year}-${String(month).padStart(2, '0')}-${date!.padStart(2, '0')}T${clock}`, timeZone);
	// nobody writes the year: the one in which it is nearest
	const year = Number(today.slice(0, 4));
	const found = [year - 1, year, year + 1].flatMap((one) => inYear(one) ?? []);
	return found.sort((a, b) => Math.abs(a - now) - Math.abs(b - now))[0] ?? null;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const formats = new Map<string, Intl.DateTimeFormat>();
/** Building an Intl format costs some 50 µs; a board draws thousands of times. */
function cached(key: string, make: () => Intl.DateTimeFormat): Intl.DateTimeFormat {
	let format = formats.get(key);
	if (!format) formats.set(key, (format = make()));
	return format;
}

function clockFormat(timeZone: string, seconds: boolean): Intl.DateTimeFormat {
	return cached(
		`${timeZone}|${seconds}`,
		() =>
			new Intl.DateTimeFormat('en-GB', {
				timeZone,
				hour: '2-digit',
				minute: '2-digit',
				...(seconds && { second: '2-digit' }),
				hourCycle: 'h23'
			})
	);
}

/** `28 Nov`; British English says `Sept`, and three letters line up. */
const dateFormat = (timeZone: string) =>
	cached(
		`${timeZone}|date`,
		() => new Intl.DateTimeFormat('en-US', { timeZone, day: 'numeric', month: 'short' })
	);

/** Days since 1970 of the calendar day in a time zone. */
function dayNumber(time: number, timeZone: string): number {
	const parts = cached(
		`${timeZone}|day`,
		() => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
	).format(time);
	return Math.round(Date.parse(`${parts}T00:00:00Z`) / 86_400_000);
}
