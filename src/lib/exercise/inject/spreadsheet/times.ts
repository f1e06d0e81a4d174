import { Temporal } from 'temporal-polyfill';
import type { Schedule } from '../schema.ts';
import {
	dateOfSerial,
	dayFromStart,
	isDay,
	monthOf,
	readDay,
	type CalendarContext,
	type Day
} from './calendar.ts';
import { readClock, type ClockTime } from './clocks.ts';
import { readColons, readRelative, readUnits } from './durations.ts';
import { cellText, type Cell } from './table.ts';

/** What is needed to read a time: where STARTEX is, in which zone times of day are told, and the day of the row. */
export interface TimeContext extends CalendarContext {
	/** the row's cell in a column of days, if there is one */
	day?: Cell | undefined;
	/** what `00:45` in this column is: a time of day, or time since STARTEX. Undefined: each cell decides for itself */
	bareTimes?: 'clock' | 'elapsed' | undefined;
}

/** A schedule with an optional sentence of warning, or a sentence of what is wrong. */
export type TimeReading = { schedule: Schedule; note?: string } | { problem: string };

const longest = 366 * 86_400;
const latest = 7_258_118_400_000;
const manualWords =
	/^(?:manual(?:ly)?|manuell|manuel|by hand|tbd|tbc|t\.b\.[dc]\.?|n\/?a|-+|\?+|ad hoc|on call|any ?time|as directed|à définir|offen)$/i;
const contingencyWords =
	/^(?:contingency|contingent|reserve|in reserve|if (?:needed|required|necessary)|as (?:needed|required)|on condition|bei bedarf|si nécessaire|au besoin|se necessario|si es necesario)\b/i;

/**
 * Reads a cell as the time of an inject. Times of day and dates are told in the exercise's zone unless the cell names
 * another; everything relative counts from STARTEX.
 */
export function readTime(cell: Cell, context: TimeContext): TimeReading {
	if (cell instanceof Date) return readDateCell(cell, context);
	if (typeof cell === 'number') return readNumber(cell, context);
	const text = cellText(cell).normalize('NFKC').replace(/[−–—]/g, '-').replace(/\s+/g, ' ').replace(/^'/, '');
	if (text === '' || typeof cell === 'boolean') return unreadable(text);
	if (manualWords.test(text)) return { schedule: { mode: 'manual' } };
	if (contingencyWords.test(text))
		return { schedule: { mode: 'contingency', condition: text.slice(0, 1000) } };
	return (
		readIso(text, context) ??
		readDateTimeGroup(text) ??
		readMark(text, context) ??
		readBare(text, context) ??
		readDayAndClock(text, context) ??
		unreadable(text)
	);
}

/** Reads the cell of a column that holds time since STARTEX (or since another inject): a bare number has the column's unit. */
export function readOffset(
	cell: Cell,
	unit: 'minutes' | 'hours' = 'minutes'
): { seconds: number } | { problem: string } {
	const check = (seconds: number) =>
		Math.abs(seconds) <= longest
			? { seconds: Math.round(seconds) }
			: { problem: `“${cellText(cell)}” is more than a year away from STARTEX.` };
	if (typeof cell === 'number') return check(cell * (unit === 'hours' ? 3600 : 60));
	if (cell instanceof Date) {
		const elapsed = cell.getTime() / 1000 + 25_569 * 86_400;
		return elapsed < 60 * 86_400 && elapsed >= 0
			? check(elapsed)
			: {
					problem: `“${cellText(cell)}” is a date. This column wants the time since STARTEX, as 90 or +1:30.`
				};
	}
	const text = cellText(cell).normalize('NFKC').replace(/[−–—]/g, '-').replace(/^'/, '').trim();
	const bare = /^([+-]?) ?(\d+(?:[.,]\d+)?)$/.exec(text);
	if (bare) {
		const amount = Number(bare[2]!.replace(',', '.')) * (unit === 'hours' ? 3600 : 60);
		return check(bare[1] === '-' ? -amount : amount);
	}
	const mark = readRelative(text);
	if (mark && 'seconds' in mark) return check(mark.seconds);
	const seconds = readColons(text) ?? readUnits(text);
	return seconds === null
		? { problem: `“${text}” is no length of time. Write minutes, or as 2h, 00:45, 1h30, -15 min.` }
		: check(seconds);
}

function readDateCell(cell: Date, context: TimeContext): TimeReading {
	const seconds = Math.round(cell.getTime() / 1000) + 25_569 * 86_400;
	// before March 1900 the cell holds a time of day, or from one day on a length of time as [h]:mm shows it
	if (seconds < 0) return unreadable(cellText(cell));
	if (seconds < 86_400) return bareTime({ seconds }, context);
	if (seconds < 60 * 86_400) return offset(seconds);
	const whole = new Date(Math.round(cell.getTime() / 1000) * 1000);
	const clock = { seconds: whole.getUTCHours() * 3600 + whole.getUTCMinutes() * 60 + whole.getUTCSeconds() };
	return at(readDay(whole, context), clock, context);
}

function readNumber(cell: number, context: TimeContext): TimeReading {
	if (cell >= 20_000 && cell < 80_000) return readDateCell(dateOfSerial(cell), context);
	if (cell > 0 && cell < 1) return bareTime({ seconds: Math.round(cell * 86_400) }, context);
	if (cell === 0) return bareTime({ seconds: 0 }, context);
	if (Number.isInteger(cell) && cell >= 1000 && cell <= 2359 && cell % 100 < 60) {
		return bareTime({ seconds: Math.floor(cell / 100) * 3600 + (cell % 100) * 60 }, context);
	}
	return {
		problem: `“${cellText(cell)}” could be minutes, hours or a day. Write it as +45 min, 00:45 or 09:45.`
	};
}

/** `2026-06-10T09:30:00+02:00`, `2026-06-10 09:30`, with or without a zone. */
function readIso(text: string, context: TimeContext): TimeReading | null {
	const match =
		/^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(z|utc|[+-]\d{2}(?::?\d{2})?)?(?: ?\[[^\]]+\])?$/i.exec(
			text
		);
	if (!match || match[4] === undefined) return null;
	const day = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
	const [hours, minutes, seconds] = [Number(match[4]), Number(match[5]), Number(match[6] ?? 0)];
	if (!isDay(day) || hours > 24 || minutes > 59 || seconds > 59) return unreadable(text);
	const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
	const inDay = hours * 3600 + minutes * 60 + seconds;
	if (match[8] === undefined) {
		const reading = at(day, { seconds: inDay }, context);
		if (milliseconds > 0 && 'schedule' in reading && reading.schedule.mode === 'at')
			reading.schedule.at += milliseconds;
		return reading;
	}
	const zone = /^([+-])(\d{2}):?(\d{2})?$/.exec(match[8]);
	const ahead = zone ? (Number(zone[2]) * 60 + Number(zone[3] ?? 0)) * (zone[1] === '-' ? -1 : 1) : 0;
	return instant(
		Date.UTC(day.year, day.month - 1, day.day) + inDay * 1000 + milliseconds - ahead * 60_000,
		text
	);
}

/** Military date-time groups, `101830ZJUN26`: day, time, zone letter (Z, A, B …), month, year. J is local time. */
function readDateTimeGroup(text: string): TimeReading | null {
	const match = /^(\d{2})(\d{2})(\d{2}) ?([A-Z]) ?([A-Z]{3}) ?(\d{2}|\d{4})$/i.exec(text);
	if (!match) return null;
	const month = monthOf(match[5]!);
	const letter = match[4]!.toUpperCase();
	const east = 'ABCDEFGHIKLM'.indexOf(letter) + 1;
	const west = 'NOPQRSTUVWXY'.indexOf(letter) + 1;
	if (month === null || letter === 'J' || Number(match[2]) > 23 || Number(match[3]) > 59)
		return unreadable(text);
	const year = match[6]!.length === 2 ? 2000 + Number(match[6]) : Number(match[6]);
	const hours = Number(match[2]) - east + west;
	return instant(Date.UTC(year, month - 1, Number(match[1]), hours, Number(match[3])), text);
}

function readMark(text: string, context: TimeContext): TimeReading | null {
	const mark = readRelative(text);
	if (!mark) return null;
	if ('seconds' in mark) return offset(mark.seconds);
	const clock = readClock(mark.rest);
	return clock ? at(dayFromStart(mark.days, context), clock, context) : null;
}

/** A time of day alone. Four digits are a time only where they stand alone in a column of times. */
function readBare(text: string, context: TimeContext): TimeReading | null {
	const clock = readClock(text);
	// `00:45` may be elapsed; `9 am`, `9h30`, `0930Z` and `noon` are times of day only
	if (clock)
		return bareTime(
			clock,
			/^\d{1,2}:\d{2}(:\d{2})?$/.test(text) ? context : { ...context, bareTimes: 'clock' }
		);
	const long = readColons(text);
	return long === null ? null : offset(long);
}

/** `10/06/2026 09:30`, `Tue 10 June, 9.30 am`, `09:30 on 10 June`, `10.06.2026 um 14 Uhr`. */
function readDayAndClock(text: string, context: TimeContext): TimeReading | null {
	const parts = text.split(' ');
	const dayOnly = readDay(text, context) !== null;
	for (let cut = parts.length - 1; cut > 0; cut -= 1) {
		const [left, right] = [parts.slice(0, cut), parts.slice(cut)];
		for (const [dayParts, clockParts] of [
			[left, right],
			[right, left]
		] as const) {
			const dayText = dayParts
				.join(' ')
				.replace(/[,;]$/, '')
				.replace(/(?: (?:at|à|um|a las|alle|-)|^on)$|^(?:on|le|am|el|il) /i, '')
				.trim();
			const clock = readClock(
				clockParts
					.join(' ')
					.replace(/[,;]$/, '')
					.replace(/^(?:at|à|um|@|-) /i, '')
			);
			const day = clock ? readDay(dayText, context) : null;
			if (clock && day) return at(day, clock, context);
		}
	}
	return dayOnly ? { problem: `“${text}” says the day but not the time.` } : null;
}

/** A time of day with the row's day, or without any. */
function bareTime(clock: ClockTime, context: TimeContext): TimeReading {
	const dayText = cellText(context.day);
	if (dayText !== '') {
		const day = readDay(context.day!, context);
		return day
			? at(day, clock, context)
			: { problem: `“${dayText}” is no day, so the time has none either.` };
	}
	if (context.bareTimes === 'elapsed') return offset(clock.seconds);
	const onFirstDay = at(dayFromStart(0, context), clock, context);
	if (context.bareTimes === 'clock') return onFirstDay;
	// left to itself, a time before STARTEX on the first day is meant as time since STARTEX
	return 'schedule' in onFirstDay &&
		onFirstDay.schedule.mode === 'at' &&
		onFirstDay.schedule.at < context.startsAt
		? offset(clock.seconds)
		: onFirstDay;
}

/** A time of day on a day. In the hour that the change to winter time repeats, the first is meant; the one that is left out in spring is refused. */
function at(day: Day | null, clock: ClockTime, context: TimeContext): TimeReading {
	if (!day) return { problem: 'This day does not exist.' };
	const midnight = Date.UTC(day.year, day.month - 1, day.day);
	if (clock.zoneHours !== undefined)
		return instant(midnight + (clock.seconds - clock.zoneHours * 3600) * 1000, '');
	const local = Temporal.PlainDateTime.from({ ...day, hour: 0 }).add({ seconds: clock.seconds });
	const earlier = local.toZonedDateTime(context.timeZone, { disambiguation: 'earlier' });
	const later = local.toZonedDateTime(context.timeZone, { disambiguation: 'later' });
	if (earlier.epochMilliseconds === later.epochMilliseconds) return instant(earlier.epochMilliseconds, '');
	const said = local.toString({ smallestUnit: 'minute' }).replace('T', ' ');
	if (!earlier.toPlainDateTime().equals(local)) {
		return { problem: `${said} does not exist in ${context.timeZone}: the clocks go forward.` };
	}
	const reading = instant(earlier.epochMilliseconds, '');
	return 'schedule' in reading
		? {
				...reading,
				note: `${said} comes twice in ${context.timeZone}: the clocks go back. The first is taken.`
			}
		: reading;
}

function instant(milliseconds: number, text: string): TimeReading {
	return milliseconds >= 0 && milliseconds <= latest
		? { schedule: { mode: 'at', at: milliseconds } }
		: unreadable(text);
}

function offset(seconds: number): TimeReading {
	return Math.abs(seconds) <= longest
		? { schedule: { mode: 'offset', seconds } }
		: { problem: 'This is more than a year away from STARTEX.' };
}

function unreadable(text: string): TimeReading {
	return {
		problem: `“${text}” is no time that Muster can read. Write it as 2026-06-10 09:30, 09:30, +2h or D+1 09:30.`
	};
}

/** The exact text of an exercise time in a zone, `2026-06-10T09:30:00+02:00`: what export writes and `readTime` reads back. */
export function isoTime(at: number, timeZone: string): string {
	const nanoseconds =
		Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).offsetNanoseconds;
	// zones of before 1972 are off by seconds, which this form cannot say: the digits follow the offset that is written
	const ahead = Math.round(nanoseconds / 60e9);
	const digits = new Date(at + ahead * 60_000).toISOString().replace(/\.000Z$|Z$/, '');
	const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
	return `${digits}${ahead < 0 ? '-' : '+'}${two(Math.abs(ahead) / 60)}:${two(Math.abs(ahead) % 60)}`;
}
