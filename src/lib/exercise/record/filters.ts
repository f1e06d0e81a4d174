import { instantOf, localTime } from '../exercise/local-time.ts';
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
