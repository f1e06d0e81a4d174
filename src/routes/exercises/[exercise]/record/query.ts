import { readFilters } from '#lib/exercise/record/filters.ts';
import { timesOrders, type TimesOrder } from '#lib/exercise/record/times.ts';
import type { RecordPlace, TimesQuery } from '#server/views/record.ts';

const positive = (text: string | null): number | null => {
	const value = Number(text ?? Number.NaN);
	return Number.isSafeInteger(value) && value > 0 ? value : null;
};

/** Where a page of the record begins, from the address. */
export function readPlace(query: URLSearchParams): RecordPlace {
	const after = positive(query.get('after'));
	return { after, before: after === null ? positive(query.get('before')) : null };
}

/** What the response times are asked for, from the address. */
export function readTimesQuery(query: URLSearchParams, timeZone: string): TimesQuery {
	const by = query.get('by') as TimesOrder;
	return {
		team: readFilters(query, timeZone).team,
		of: query.get('of') === 'injects' ? 'injects' : 'teams',
		done: query.get('done') === 'responded' ? 'responded' : 'acknowledged',
		by: timesOrders.includes(by) ? by : 'label',
		down: query.get('down') === 'yes'
	};
}

export function writeTimesQuery(query: TimesQuery): string {
	const written = new URLSearchParams();
	if (query.team) written.set('team', query.team);
	if (query.of !== 'teams') written.set('of', query.of);
	if (query.done !== 'acknowledged') written.set('done', query.done);
	if (query.by !== 'label') written.set('by', query.by);
	if (query.down) written.set('down', 'yes');
	const text = written.toString();
	return text === '' ? '?' : `?${text}`;
}
