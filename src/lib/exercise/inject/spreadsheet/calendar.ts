import { Temporal } from 'temporal-polyfill';
import type { Cell } from './table.ts';
import { foldWord } from './table.ts';

/** Which of `10/06` is the day. Dates with dots and dates that can only be read one way do not ask. */
export type DateOrder = 'dmy' | 'mdy';

/** A day of the calendar, in no time zone. */
export interface Day {
	year: number;
	month: number;
	day: number;
}

/** Where a day without a year, or a day counted from STARTEX, begins. */
export interface CalendarContext {
	/** exercise time at STARTEX, ms */
	startsAt: number;
	timeZone: string;
	dateOrder: DateOrder;
}

const monthWords: readonly (readonly string[])[] = [
	['january', 'janvier', 'januar', 'janner', 'enero', 'gennaio', 'gen', 'ene'],
	['february', 'fevrier', 'fev', 'februar', 'febrero', 'febbraio'],
	['march', 'mars', 'marz', 'maerz', 'mrz', 'marzo'],
	['april', 'avril', 'avr', 'abril', 'abr', 'aprile'],
	['may', 'mai', 'mayo', 'maggio', 'mag'],
	['june', 'juin', 'juni', 'junio', 'giugno', 'giu'],
	['july', 'juillet', 'juil', 'juli', 'julio', 'luglio', 'lug'],
	['august', 'aout', 'agosto', 'ago'],
	['september', 'septembre', 'septiembre', 'settembre', 'set', 'sept'],
	['october', 'octobre', 'oktober', 'okt', 'octubre', 'ottobre', 'ott'],
	['november', 'novembre', 'noviembre'],
	['december', 'decembre', 'dezember', 'dez', 'diciembre', 'dic', 'dicembre']
];
const weekdayWords: readonly (readonly string[])[] = [
	['monday', 'lundi', 'montag', 'lunes', 'lunedi'],
	['tuesday', 'mardi', 'dienstag', 'martes', 'martedi'],
	['wednesday', 'mercredi', 'mittwoch', 'miercoles', 'mercoledi'],
	['thursday', 'jeudi', 'donnerstag', 'jueves', 'giovedi'],
	['friday', 'vendredi', 'freitag', 'viernes', 'venerdi'],
	['saturday', 'samedi', 'samstag', 'sonnabend', 'sabado', 'sabato'],
	['sunday', 'dimanche', 'sonntag', 'domingo', 'domenica']
];

/** 1 to 12, for a month's name or its beginning (three letters) in five languages; null: no month. */
export function monthOf(word: string): number | null {
	return wordIndex(monthWords, word);
}

/** 1 (Monday) to 7; null: no weekday. */
function weekdayOf(word: string): number | null {
	return wordIndex(weekdayWords, word);
}

function wordIndex(lists: readonly (readonly string[])[], text: string): number | null {
	const word = foldWord(text);
	if (word.length < 2) return null;
	const exact = lists.findIndex((words) => words.includes(word));
	if (exact >= 0) return exact + 1;
	if (word.length < 3) return null;
	const begins = lists.findIndex((words) => words.some((known) => known.startsWith(word)));
	return begins >= 0 ? begins + 1 : null;
}

/** The day of STARTEX in the exercise's zone, moved by whole days. */
export function dayFromStart(days: number, context: CalendarContext): Day {
	const start = Temporal.Instant.fromEpochMilliseconds(context.startsAt).toZonedDateTimeISO(context.timeZone);
	const { year, month, day } = start.toPlainDate().add({ days });
	return { year, month, day };
}

export function isDay(day: Day): boolean {
	const date = new Date(Date.UTC(day.year, day.month - 1, day.day));
	return (
		day.year >= 1969 &&
		day.year <= 2200 &&
		date.getUTCMonth() === day.month - 1 &&
		date.getUTCDate() === day.day
	);
}

/**
 * Reads the day a cell names: a date cell, `2026-06-10`, `10/06/2026`, `10.6.`, `Tue 10 June`, `Jun 10, 2026`, `Day 2`,
 * `D+1`, `J1`, `Tuesday` (the first on or after STARTEX). null: it is no day.
 */
export function readDay(cell: Cell, context: CalendarContext): Day | null {
	if (cell instanceof Date) {
		const date = new Date(Math.round(cell.getTime() / 1000) * 1000);
		const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
		return isDay(day) ? day : null;
	}
	if (typeof cell === 'number') {
		if (cell >= 20_000 && cell < 80_000) return readDay(dateOfSerial(Math.floor(cell)), context);
		return Number.isInteger(cell) && cell >= 1 && cell <= 60 ? dayFromStart(cell - 1, context) : null;
	}
	if (typeof cell !== 'string') return null;
	const text = cell.trim().replace(/[−–—]/g, '-').replace(/\s+/g, ' ').replace(/,$/, '');
	return countedDay(text, context) ?? calendarDay(text, context);
}

/** A date as a workbook counts it (days since 1899-12-30) as a cell's `Date`. */
export function dateOfSerial(serial: number): Date {
	return new Date(Math.round((serial - 25_569) * 86_400) * 1000);
}

/** `D+1`, `J-1`, `J`, `Day 2`, `D2`, `Jour 2`, `Tag 2`, `Día 2`, `Giorno 2`. The first day of play is day 1, or D+0. */
function countedDay(text: string, context: CalendarContext): Day | null {
	const match =
		/^(?:d|j|g|day|jour|tag|d[ií]a|giorno|dag)\.?(?:\s?-?\s?day)?\s?(?:([+-])\s?)?#?(\d{1,3})?$/i.exec(text);
	if (!match) return null;
	const [, sign, digits] = match;
	if (digits === undefined) return sign ? null : /^[dj]/i.test(text) ? dayFromStart(0, context) : null;
	const days = Number(digits);
	if (sign) return dayFromStart(sign === '-' ? -days : days, context);
	return dayFromStart(days === 0 ? 0 : days - 1, context);
}

function calendarDay(text: string, context: CalendarContext): Day | null {
	// a weekday before the date says nothing more; alone it is the first such day of play. `Mar 10` is a month, though
	const weekday = /^(\p{L}{2,12})\.?,? ?(.*)$/u.exec(text);
	const weekdayNumber = weekday ? weekdayOf(weekday[1]!) : null;
	if (weekday && weekdayNumber !== null) {
		if (weekday[2] === '') return monthOf(weekday[1]!) === null ? nextWeekday(weekdayNumber, context) : null;
		const rest = /^\d/.test(weekday[2]!) ? calendarDay(weekday[2]!, context) : null;
		if (rest) return rest;
	}
	const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text);
	if (iso) return checked({ year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) });
	const numbers = /^(\d{1,2})([-/.])\s?(\d{1,2})(?:\2\s?(\d{4}|\d{2})|\.)?$/.exec(text);
	if (numbers) {
		const [first, second] = [Number(numbers[1]), Number(numbers[3])];
		const monthFirst = second > 12 || (first <= 12 && numbers[2] !== '.' && context.dateOrder === 'mdy');
		return withYear(monthFirst ? second : first, monthFirst ? first : second, numbers[4], context);
	}
	const dayFirst =
		/^(\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?[ -]?(?:of |de )?(\p{L}{3,12})\.?(?:[ ,-]*(?:de )?(\d{4}|\d{2}))?$/iu.exec(
			text
		);
	if (dayFirst) {
		const month = monthOf(dayFirst[2]!);
		return month === null ? null : withYear(Number(dayFirst[1]), month, dayFirst[3], context);
	}
	const monthFirst = /^(\p{L}{3,12})\.?[ -](\d{1,2})(?:st|nd|rd|th)?(?:,? ?(\d{4}))?$/iu.exec(text);
	if (monthFirst) {
		const month = monthOf(monthFirst[1]!);
		return month === null ? null : withYear(Number(monthFirst[2]), month, monthFirst[3], context);
	}
	return null;
}

/** Without a year, the one in which the day lies nearest to STARTEX. */
function withYear(
	day: number,
	month: number,
	yearText: string | undefined,
	context: CalendarContext
): Day | null {
	if (yearText !== undefined) {
		return checked({ year: yearText.length === 2 ? 2000 + Number(yearText) : Number(yearText), month, day });
	}
	const start = dayFromStart(0, context);
	const days = [start.year - 1, start.year, start.year + 1]
		.map((year) => checked({ year, month, day }))
		.filter((candidate) => candidate !== null);
	const distance = (d: Day) =>
		Math.abs(Date.UTC(d.year, d.month - 1, d.day) - Date.UTC(start.year, start.month - 1, start.day));
	return days.sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

function nextWeekday(weekday: number, context: CalendarContext): Day {
	const start = dayFromStart(0, context);
	const startWeekday = Temporal.PlainDate.from(start).dayOfWeek;
	return dayFromStart((weekday - startWeekday + 7) % 7, context);
}

const checked = (day: Day): Day | null => (isDay(day) ? day : null);

/**
 * Whether `10/06` in these cells is the tenth of June or the sixth of October: the cells decide where they can,
 * otherwise the day comes first, as everywhere in Europe.
 */
export function detectDateOrder(cells: readonly Cell[]): { order: DateOrder; certain: boolean } {
	let [dayFirst, monthFirst, seen] = [0, 0, 0];
	for (const cell of cells) {
		if (typeof cell !== 'string') continue;
		const match = /(?:^|\D)(\d{1,2})\/(\d{1,2})(?:\/|\D|$)/.exec(cell);
		if (!match) continue;
		seen += 1;
		if (Number(match[1]) > 12 && Number(match[2]) <= 12) dayFirst += 1;
		if (Number(match[2]) > 12 && Number(match[1]) <= 12) monthFirst += 1;
	}
	if (monthFirst > dayFirst) return { order: 'mdy', certain: dayFirst === 0 };
	return { order: 'dmy', certain: seen === 0 || (dayFirst > 0 && monthFirst === 0) };
}
