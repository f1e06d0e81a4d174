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

/** Days since 1970 of the calendar day in a time zone. */
function dayNumber(time: number, timeZone: string): number {
	const parts = cached(
		`${timeZone}|day`,
		() => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
	).format(time);
	return Math.round(Date.parse(`${parts}T00:00:00Z`) / 86_400_000);
}
