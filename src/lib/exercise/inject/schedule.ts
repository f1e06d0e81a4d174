import { formatExerciseTime } from '../exercise/clock.ts';
import { readCondition, writeCondition, type ConditionContext } from './condition-text.ts';
import type { InjectId } from '../ids.ts';
import { scheduleSchema, type Inject, type Schedule } from './schema.ts';

/**
 * Schedules as planners write them in a cell: `D1 10:42`, `+02:15`, `after CM-031 +00:10`, `if no escalation`,
 * `when CM-031 answered`, `manual`. What is shown can be typed again, copied and pasted.
 */
export interface ScheduleContext extends ConditionContext {
	/** exercise time of STARTEX, ms */
	startsAt: number;
	timeZone: string;
}

export function formatSchedule(schedule: Schedule, context: ScheduleContext): string {
	switch (schedule.mode) {
		case 'at':
			return formatExerciseTime(schedule.at, context.startsAt, context.timeZone, {
				seconds: schedule.at % 60_000 !== 0
			});
		case 'offset':
			return formatOffset(schedule.seconds);
		case 'after': {
			const before = context.referenceOf(schedule.inject) ?? '?';
			return schedule.seconds === 0 ? `after ${before}` : `after ${before} ${formatOffset(schedule.seconds)}`;
		}
		case 'condition':
			return writeCondition(schedule.when, schedule.seconds, context, conditionLengths);
		case 'manual':
			return 'manual';
		case 'contingency':
			return schedule.condition === '' ? 'contingency' : `if ${schedule.condition}`;
	}
}

/** How lengths of time stand in a condition. */
export const conditionLengths = { write: formatOffset, read: parseOffset };

/** `+02:15`, `-00:30`, `+00:00:20` */
export function formatOffset(seconds: number): string {
	const whole = Math.abs(Math.trunc(seconds));
	const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
	if (whole % 60 !== 0) parts.push(whole % 60);
	return `${seconds < 0 ? '-' : '+'}${parts.map(twoDigits).join(':')}`;
}

/** Reads `+02:15`, `02:15:30`, `135`, `90m`, `1 h 30 min`, `20 s`; a bare number is minutes. Null: not a length of time. */
export function parseOffset(text: string): number | null {
	const words = text.trim().toLowerCase().replace(/[−–]/g, '-');
	const sign = words.startsWith('-') ? -1 : 1;
	const rest = words.replace(/^[+-]\s*/, '');
	const clock = /^(\d{1,4}):([0-5]\d)(?::([0-5]\d))?$/.exec(rest);
	if (clock) return sign * (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0));
	const spoken =
		/^(?:(\d{1,3})\s*d(?:ays?)?)?\s*(?:(\d{1,4})\s*h(?:ours?)?)?\s*(?:(\d{1,6})\s*(?:m|min|minutes?)?)?\s*(?:(\d{1,6})\s*s(?:ec|econds?)?)?$/.exec(
			rest
		);
	if (!spoken || rest === '') return null;
	const [days, hours, minutes, seconds] = spoken.slice(1).map((part) => Number(part ?? 0));
	return sign * (days! * 86_400 + hours! * 3600 + minutes! * 60 + seconds!);
}

export type Parsed<T> = { value: T } | { problem: ScheduleProblem };
export type ScheduleProblem = 'not-a-schedule' | 'unknown-inject' | 'too-far';

/** No text says which action a contingency inject makes up for: new words leave that link as it is. */
export const keepingLink = (before: Schedule, after: Schedule): Schedule =>
	before.mode === 'contingency' && after.mode === 'contingency' && before.missed
		? { ...after, missed: before.missed }
		: after;

/** Reads what `formatSchedule` writes, and what people write instead. */
export function parseSchedule(text: string, context: ScheduleContext): Parsed<Schedule> {
	const words = text.trim();
	if (words === '' || /^manual(ly)?$/i.test(words)) return { value: { mode: 'manual' } };
	const condition = /^(?:if|contingency)\b[:\s]*(.*)$/is.exec(words);
	if (condition) return checked({ mode: 'contingency', condition: condition[1]!.trim().slice(0, 1000) });
	if (/^when\s/i.test(words)) {
		const found = readCondition(words, context, conditionLengths);
		if (found === 'unknown-inject') return { problem: found };
		return found ? checked({ mode: 'condition', ...found }) : { problem: 'not-a-schedule' };
	}
	const after = /^after\s+(.+?)(?:\s+([+\-−–]\s*\d.*))?$/is.exec(words);
	if (after) {
		const inject = context.injectOf(after[1]!.trim());
		const seconds = after[2] === undefined ? 0 : parseOffset(after[2]);
		if (seconds === null) return { problem: 'not-a-schedule' };
		return inject ? checked({ mode: 'after', inject, seconds }) : { problem: 'unknown-inject' };
	}
	const at = /^(?:d(-?\d{1,3})[\s,]+)?(\d{1,2})[:.h]([0-5]\d)(?:[:.]([0-5]\d))?$/i.exec(words);
	if (at && Number(at[2]) < 24) {
		const day = Number(at[1] ?? 1);
		if (day === 0) return { problem: 'not-a-schedule' };
		return checked({
			mode: 'at',
			at: exerciseInstant(day, Number(at[2]), Number(at[3]), Number(at[4] ?? 0), context)
		});
	}
	if (!/^[+\-−–]/.test(words)) return { problem: 'not-a-schedule' };
	const seconds = parseOffset(words);
	return seconds === null ? { problem: 'not-a-schedule' } : checked({ mode: 'offset', seconds });
}

function checked(schedule: Schedule): Parsed<Schedule> {
	const result = scheduleSchema.safeParse(schedule);
	return result.success ? { value: result.data } : { problem: 'too-far' };
}

/** The exercise time of a time of day on a day of play; D1 is the calendar day of STARTEX, D-1 the day before. */
export function exerciseInstant(
	day: number,
	hours: number,
	minutes: number,
	seconds: number,
	{ startsAt, timeZone }: Pick<ScheduleContext, 'startsAt' | 'timeZone'>
): number {
	const first = wallParts(startsAt, timeZone);
	const days = day > 0 ? day - 1 : day;
	const wanted = Date.UTC(first.year, first.month - 1, first.day + days, hours, minutes, seconds);
	// the zone's offset at the guess, then at the corrected guess: right on both sides of a change of the clock
	let instant = wanted - zoneOffset(wanted, timeZone);
	instant = wanted - zoneOffset(instant, timeZone);
	return instant;
}

/** The day of play of an instant: what `exerciseInstant` is asked with. */
export function dayOfPlay(
	instant: number,
	{ startsAt, timeZone }: Pick<ScheduleContext, 'startsAt' | 'timeZone'>
): number {
	const dayNumber = (at: number) => {
		const { year, month, day } = wallParts(at, timeZone);
		return Date.UTC(year, month - 1, day) / 86_400_000;
	};
	const days = dayNumber(instant) - dayNumber(startsAt);
	return days >= 0 ? days + 1 : days;
}

function zoneOffset(instant: number, timeZone: string): number {
	const parts = wallParts(instant, timeZone);
	const asUtc = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
	return asUtc - Math.floor(instant / 1000) * 1000;
}

/** A moment as a calendar and a clock in a zone show it. */
export function wallParts(instant: number, timeZone: string) {
	const parts: Record<string, number> = {};
	for (const { type, value } of partsFormat(timeZone).formatToParts(instant)) parts[type] = Number(value);
	return parts as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function partsFormat(timeZone: string): Intl.DateTimeFormat {
	let format = formats.get(timeZone);
	if (!format) {
		format = new Intl.DateTimeFormat('en-GB', {
			timeZone,
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
			hourCycle: 'h23'
		});
		formats.set(timeZone, format);
	}
	return format;
}

/**
 * When each inject is planned, exercise time; null: a person decides, or it follows one that nobody has planned.
 * Chains of `after` are followed; a circle has no time.
 */
export function plannedTimes(
	injects: readonly Inject[],
	startsAt: number,
	/** of injects of another script that these may follow */
	elsewhere: ReadonlyMap<string, number | null> = new Map(),
	/** what one really follows that names another: in a national cell the own variant (`followedIn`) */
	followed: (follower: Inject, named: InjectId) => InjectId = (_, named) => named
): Map<string, number | null> {
	const byId = new Map<string, Inject>(injects.map((inject) => [inject.id, inject]));
	const times = new Map<string, number | null>();
	for (const inject of injects) {
		// the way back to the first inject with a time, walked without recursion: a script may be one long chain
		const chain: Inject[] = [];
		let current: Inject | undefined = inject;
		while (current && !times.has(current.id)) {
			times.set(current.id, ownTime(current.schedule, startsAt));
			if (current.schedule.mode !== 'after') break;
			chain.push(current);
			current = byId.get(followed(current, current.schedule.inject));
		}
		for (const inject of chain.reverse()) {
			const { id, schedule } = inject;
			if (schedule.mode !== 'after') continue;
			const other = followed(inject, schedule.inject);
			const before = times.get(other) ?? elsewhere.get(other) ?? null;
			times.set(id, before === null ? null : before + schedule.seconds * 1000);
		}
	}
	return times;
}

function ownTime(schedule: Schedule, startsAt: number): number | null {
	if (schedule.mode === 'at') return schedule.at;
	return schedule.mode === 'offset' ? startsAt + schedule.seconds * 1000 : null;
}

const twoDigits = (value: number) => String(value).padStart(2, '0');
