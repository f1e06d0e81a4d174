import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import { documentRight } from '#lib/exercise/documents.ts';
import type { RecordFilters } from '#lib/exercise/record/filters.ts';
import { groupOf, recordGroups, type RecordGroup } from '#lib/exercise/record/kinds.ts';
import type { RecordLine } from '#lib/exercise/record/line.ts';
import { groupIn } from '#lib/exercise/real/place.ts';
import { groupsIn, readsAll } from '#lib/exercise/record/scope.ts';
import {
	responseTimes,
	sortTimes,
	timesOf,
	type TimesOrder,
	type TimesRow
} from '#lib/exercise/record/times.ts';
import type { Database } from '../database/open.ts';
import { exerciseNow, readDeliveries } from '../exchange/record/deliveries.ts';
import { countLines, nthSequence, openRecord, readLines, type OpenRecord } from '../exchange/record/read.ts';

export const recordPageSize = 100;

/** Where a page of the record begins: after a line, or before one. */
export interface RecordPlace {
	after: number | null;
	before: number | null;
}

export interface RecordView {
	lines: RecordLine[];
	total: number;
	/** the place of the first line among all that match, from 1 */
	first: number;
	/** only those that can hold anything for this reader; counted without the filter of kinds */
	groups: { group: RecordGroup; count: number }[];
	teams: { id: TeamId; name: string }[];
	/** query parameters of the neighbouring pages */
	earlier: { before: number } | null;
	later: { after: number } | null;
	/** whether the after-action report may be made */
	report: boolean;
}

/** One page of the record, for one reader (PROMISES R17, R20). */
export async function facts(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	filters: RecordFilters,
	place: RecordPlace
): Promise<RecordView> {
	const record = await openRecord(database, exercise, actor);
	const [byKind, page] = await Promise.all([
		countLines(record, { ...filters, groups: [] }),
		readPage(record, filters, place)
	]);
	const counts = new Map<RecordGroup, number>();
	for (const [kind, n] of byKind) counts.set(groupOf(kind), (counts.get(groupOf(kind)) ?? 0) + n);
	const wanted: readonly RecordGroup[] = filters.groups.length > 0 ? filters.groups : recordGroups;
	const total = wanted.reduce((sum, group) => sum + (counts.get(group) ?? 0), 0);
	const before = await countBefore(record, filters, page[0]?.sequence, total);
	const first = before + 1;
	const last = before + page.length;
	// control pages by the facts' own numbers; whoever reads a part of the record gets numbers that count that part
	// alone from its beginning, because gaps would tell what happened elsewhere, and how much (PROMISES P1, P2)
	const cursor = (index: number, place: number) => {
		if (readsAll(record.scope)) return page.at(index)!.sequence;
		return filters.newestFirst ? total - place + 1 : place;
	};
	return {
		lines: page.map(({ line }) => line),
		total,
		first,
		groups: recordGroups
			.filter(groupsIn(record.scope))
			.filter((group) => groupIn(exercise.kind, group))
			.map((group) => ({ group, count: counts.get(group) ?? 0 })),
		teams: record.teams.map(({ id, name }) => ({ id, name })),
		earlier: page.length > 0 && first > 1 ? { before: cursor(0, first) } : null,
		later: page.length > 0 && last < total ? { after: cursor(-1, last) } : null,
		report: mayReport(exercise, actor)
	};
}

const mayReport = (exercise: Exercise, actor: Actor) =>
	documentRight({ exercise: exercise.id, kind: 'review' }, actor, { settings: exercise.settings }) !== 'none';

async function readPage(record: OpenRecord, filters: RecordFilters, place: RecordPlace) {
	const backwards = place.before !== null;
	const at = await sequenceAt(record, filters, place.after ?? place.before);
	const { lines } = await readLines(record, {
		filters,
		after: at,
		// read from the nearer end, shown in the order that was asked for
		descending: filters.newestFirst !== backwards,
		limit: recordPageSize
	});
	return backwards ? lines.reverse() : lines;
}

/** A place in the address as a fact's number. */
async function sequenceAt(
	record: OpenRecord,
	filters: RecordFilters,
	place: number | null
): Promise<number | null> {
	return place === null || readsAll(record.scope) ? place : nthSequence(record, filters, place);
}

/** How many matching lines come before the page, in its order. */
async function countBefore(
	record: OpenRecord,
	filters: RecordFilters,
	firstSequence: number | undefined,
	total: number
): Promise<number> {
	if (firstSequence === undefined) return 0;
	const upTo = sum(await countLines(record, filters, firstSequence));
	return filters.newestFirst ? total - upTo : upTo - 1;
}

const sum = (counts: Map<unknown, number>) => [...counts.values()].reduce((total, n) => total + n, 0);

// --- response times ---------------------------------------------------------------------------------------------------

export interface TimesQuery {
	team: TeamId | null;
	of: 'teams' | 'injects';
	done: 'acknowledged' | 'responded';
	by: TimesOrder;
	down: boolean;
}

export interface TimesView {
	all: TimesRow;
	rows: TimesRow[];
	/** single times of the first rows, for the chart; `due` where all had the same limit (ms) */
	chart: { label: string; values: number[]; due?: number }[];
	teams: { id: TeamId; name: string }[];
	/** whether the after-action report may be made */
	report: boolean;
}

/** more rows are no chart that a person can read */
export const chartRows = 15;

/** How long teams took, by team or by inject. */
export async function times(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	query: TimesQuery
): Promise<TimesView> {
	const record = await openRecord(database, exercise, actor);
	const deliveries = await readDeliveries(record, query.team);
	const { all, teams, injects } = responseTimes(deliveries, await exerciseNow(record));
	const rows = sortTimes(query.of === 'teams' ? teams : injects, query.by, query.down);
	const done = query.done === 'acknowledged' ? 'acknowledgedAt' : 'respondedAt';
	const due = query.done === 'acknowledged' ? 'acknowledgeBy' : 'respondBy';
	const chart = rows
		.filter((row) => row[query.done].count > 0)
		.slice(0, chartRows)
		.map(({ key, label }) => {
			const own = deliveries.filter((one) => (query.of === 'teams' ? one.team : one.injectKey) === key);
			const limits = new Set(own.map((one) => one[due] !== null && one[due] - one.releasedAt));
			const [limit] = limits;
			return {
				label,
				values: timesOf(own, done),
				// one line for the limit, where all had the same
				...(limits.size === 1 && typeof limit === 'number' && { due: limit })
			};
		});
	return {
		all: withoutKey(all),
		rows: rows.map(withoutKey),
		chart,
		teams: record.teams.map(({ id, name }) => ({ id, name })),
		report: mayReport(exercise, actor)
	};
}

/** Keys are planners' ids of injects: they stay here. */
const withoutKey = (row: TimesRow): TimesRow => ({ ...row, key: '' });

// what leaves as a file stands on the same reading
export { exportCsv } from '../exchange/record/csv.ts';
export { exportJson } from '../exchange/record/json.ts';
export { exportReport } from '../exchange/report/export.ts';
