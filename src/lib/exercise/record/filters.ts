import { idPattern, type TeamId } from '../ids.ts';
import { recordGroups, type RecordGroup } from './kinds.ts';

/** What part of the record is wanted. It stands in the page's address, so that it can be kept and handed on. */
export interface RecordFilters {
	team: TeamId | null;
	/** empty: all */
	groups: RecordGroup[];
	text: string;
	/** exercise time, ms */
	from: number | null;
	to: number | null;
	/** the newest first */
	newestFirst: boolean;
}

export const noFilters: RecordFilters = {
	team: null,
	groups: [],
	text: '',
	from: null,
	to: null,
	newestFirst: false
};

/** longer than any name or phrase that somebody would look for */
const textLimit = 100;

/** Reads an address; whatever is not understood is left out. */
export function readFilters(query: URLSearchParams, timeZone: string): RecordFilters {
	const team = query.get('team') ?? '';
	const wanted = new Set(query.getAll('kind').flatMap((value) => value.split(',')));
	return {
		team: idPattern.test(team) ? (team as TeamId) : null,
		groups: recordGroups.filter((group) => wanted.has(group)),
		// PostgreSQL holds no NUL
		text: (query.get('text') ?? '').replaceAll('\0', '').trim().slice(0, textLimit),
		from: instantOf(query.get('from') ?? '', timeZone),
		to: instantOf(query.get('to') ?? '', timeZone),
		newestFirst: query.get('order') === 'newest'
	};
}

export function writeFilters(filters: RecordFilters, timeZone: string): URLSearchParams {
	const query = new URLSearchParams();
	if (filters.team) query.set('team', filters.team);
	for (const group of filters.groups) query.append('kind', group);
	if (filters.text) query.set('text', filters.text);
	if (filters.from !== null) query.set('from', localTime(filters.from, timeZone));
	if (filters.to !== null) query.set('to', localTime(filters.to, timeZone));
	if (filters.newestFirst) query.set('order', 'newest');
	return query;
}

export const isFiltered = ({ team, groups, text, from, to }: RecordFilters) =>
	team !== null || groups.length > 0 || text !== '' || from !== null || to !== null;

// --- local times of the exercise, as `<input type="datetime-local">` writes them --------------------------------------

/** `2026-05-12T10:42` in a zone. */
export function localTime(instant: number, timeZone: string): string {
	return wallClock(instant, timeZone).slice(0, 16);
}

/** `2026-05-12T10:42:17+02:00`: a moment with its place's distance from UTC. */
export function zonedTime(instant: number, timeZone: string): string {
	const minutes = Math.round(offsetAt(instant, timeZone) / 60_000);
	const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
	const size = Math.abs(minutes);
	return `${wallClock(instant, timeZone)}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}

/** The moment that a clock in that zone shows so; null when the text is no local time. */
export function instantOf(local: string, timeZone: string): number | null {
	if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(local)) return null;
	const asUtc = Date.parse(`${local}Z`);
	if (Number.isNaN(asUtc)) return null;
	// the distance from UTC depends on the moment that we look for: twice is enough on either side of a change
	const first = asUtc - offsetAt(asUtc, timeZone);
	return asUtc - offsetAt(first, timeZone);
}

function offsetAt(instant: number, timeZone: string): number {
	const whole = Math.floor(instant / 1000) * 1000;
	return Date.parse(`${wallClock(whole, timeZone)}Z`) - whole;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(instant: number, timeZone: string): string {
	let format = formats.get(timeZone);
	if (!format) {
		format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
		formats.set(timeZone, format);
	}
	return format.format(instant).replace(' ', 'T');
}
