import type { CountryCode } from '#lib/standards/countries.ts';
import { tlpIds } from '#lib/standards/tlp.ts';
import type { Team } from '../exercise/schema.ts';
import { textOfRichText } from '../rich-text.ts';
import type { PlanState } from './approval.ts';
import { recipientsText, sameWords } from './cells.ts';
import type { PageRow } from './page.ts';
import { reachedTeams, type ScriptWarning } from './release.ts';
import { injectChannels } from './schema.ts';
import type { VariantStanding } from './variant.ts';

/** The columns of the script page, in their order. */
export const scriptColumns = [
	'reference',
	'time',
	'title',
	'storyline',
	'recipients',
	'channel',
	'tlp',
	'objectives',
	'state',
	'warnings'
] as const;
export type ScriptColumn = (typeof scriptColumns)[number];

export type WarningKind = ScriptWarning['kind'];

/** A row as the page shows it: the inject with what is known of it beside the document. */
export interface ScriptRow {
	row: PageRow;
	/** 1 for the first of the script, whatever is filtered */
	number: number;
	state: PlanState;
	warnings: readonly WarningKind[];
	/** planned exercise time, ms; null: a person decides */
	plannedAt: number | null;
	/** of a national variant, where the central script is at hand: what has become of the central inject */
	central?: VariantStanding & { name: string };
	/** of a central inject: the countries whose teams get a variant of their own */
	variants?: readonly CountryCode[];
}

/** A planner should look: the central inject was changed or deleted since it was taken over. */
export const centralMoved = ({ central }: Pick<ScriptRow, 'central'>) =>
	central !== undefined && (central.kind === 'gone' || central.changed > 0);

// --- filter -----------------------------------------------------------------------------------------------------------

export interface ScriptFilter {
	text: string;
	storyline: string;
	/** a team's id, or `country:GR` */
	team: string;
	objective: string;
	state: PlanState | '';
	warnings: boolean;
	/** variants whose central inject was changed or deleted */
	central: boolean;
}

export const noFilter: ScriptFilter = {
	text: '',
	storyline: '',
	team: '',
	objective: '',
	state: '',
	warnings: false,
	central: false
};

/** The words of a row, in lower case, worked out once for each version of it. */
const searchText = new WeakMap<PageRow, string>();
function wordsOf(row: PageRow): string {
	let words = searchText.get(row);
	if (words === undefined) {
		const { reference, title, storyline, from, controller, body } = row.inject;
		words = [reference, title, storyline, from, controller, textOfRichText(body)].join('\n').toLowerCase();
		searchText.set(row, words);
	}
	return words;
}

export function filterRows(
	rows: readonly ScriptRow[],
	filter: ScriptFilter,
	teams: readonly Pick<Team, 'id' | 'country' | 'level'>[]
): ScriptRow[] {
	const wanted = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
	const audience = filter.team.startsWith('country:')
		? teams.filter((team) => team.country === filter.team.slice('country:'.length))
		: teams.filter((team) => team.id === filter.team);
	return rows.filter((whole) => {
		const { row, state, warnings, variants } = whole;
		const { inject } = row;
		if (filter.state !== '' && state !== filter.state) return false;
		if (filter.storyline !== '' && !sameWords(inject.storyline, filter.storyline)) return false;
		if (filter.objective !== '' && !inject.objectives.some((code) => sameWords(code, filter.objective)))
			return false;
		if (filter.warnings && warnings.length === 0) return false;
		if (filter.central && !centralMoved(whole)) return false;
		if (filter.team !== '' && reachedTeams(inject.to, variants, audience).reached.length === 0) return false;
		return wanted.length === 0 || wanted.every((word) => wordsOf(row).includes(word));
	});
}

/** As in the address of the page; what is not known is no filter. */
export function filterFromQuery(query: URLSearchParams): ScriptFilter {
	const state = query.get('state') ?? '';
	return {
		text: query.get('q') ?? '',
		storyline: query.get('storyline') ?? '',
		team: query.get('team') ?? '',
		objective: query.get('objective') ?? '',
		state: isPlanState(state) ? state : '',
		warnings: query.get('warnings') === '1',
		central: query.get('central') === '1'
	};
}

export function writeFilter(filter: ScriptFilter, query: URLSearchParams): void {
	const values = {
		q: filter.text,
		storyline: filter.storyline,
		team: filter.team,
		objective: filter.objective,
		state: filter.state,
		warnings: filter.warnings ? '1' : '',
		central: filter.central ? '1' : ''
	};
	for (const [key, value] of Object.entries(values)) {
		if (value === '') query.delete(key);
		else query.set(key, value);
	}
}

export const isFiltered = (filter: ScriptFilter) =>
	filter.warnings ||
	filter.central ||
	Object.values(filter).some((value) => typeof value === 'string' && value !== '');

const stateOrder: Record<PlanState, number> = {
	draft: 0,
	returned: 1,
	changed: 2,
	submitted: 3,
	approved: 4,
	held: 5,
	skipped: 6,
	released: 7,
	recalled: 8
};
const isPlanState = (word: string): word is PlanState => Object.hasOwn(stateOrder, word);

/** How many rows are in each state, how many have warnings, and of how many the central inject has moved on. */
export function countRows(rows: readonly ScriptRow[]): Record<PlanState | 'warnings' | 'central', number> {
	const counts = { warnings: 0, central: 0 } as Record<PlanState | 'warnings' | 'central', number>;
	for (const state of Object.keys(stateOrder) as PlanState[]) counts[state] = 0;
	for (const row of rows) {
		counts[row.state]++;
		if (row.warnings.length > 0) counts.warnings++;
		if (centralMoved(row)) counts.central++;
	}
	return counts;
}

// --- sorting ----------------------------------------------------------------------------------------------------------

export interface ScriptSort {
	column: ScriptColumn | 'order';
	descending: boolean;
}

/** By a column, equal ones in script order. What has no time comes last, whichever way time is sorted. */
export function sortRows(
	rows: readonly ScriptRow[],
	{ column, descending }: ScriptSort,
	teams: readonly Pick<Team, 'id' | 'name' | 'country' | 'level'>[]
): readonly ScriptRow[] {
	if (column === 'order') return descending ? [...rows].reverse() : rows;
	const sign = descending ? -1 : 1;
	const keys = new Map<ScriptRow, string | number | null>(
		rows.map((row) => [row, sortKey(row, column, teams)])
	);
	return [...rows].sort((a, b) => {
		const [x, y] = [keys.get(a)!, keys.get(b)!];
		if (x === y) return a.number - b.number;
		if (x === null || x === '') return 1;
		if (y === null || y === '') return -1;
		const order =
			typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y));
		return order * sign || a.number - b.number;
	});
}

/** Numbers inside references sort as numbers: CM-9 before CM-10. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function sortKey(
	{ row, state, warnings, plannedAt }: ScriptRow,
	column: ScriptColumn,
	teams: readonly Pick<Team, 'id' | 'name' | 'country' | 'level'>[]
): string | number | null {
	const { inject } = row;
	switch (column) {
		case 'time':
			return plannedAt;
		case 'recipients':
			return recipientsText(inject.to, teams);
		case 'channel':
			return injectChannels.indexOf(inject.channel);
		case 'tlp':
			return tlpIds.indexOf(inject.tlp);
		case 'objectives':
			return inject.objectives.join('; ');
		case 'state':
			return stateOrder[state];
		case 'warnings':
			// most first
			return -warnings.length;
		default:
			return inject[column];
	}
}

// --- grouping ---------------------------------------------------------------------------------------------------------

/** The storylines that a script names, with how often, in the order of the list given and then by name. */
export function storylinesOf(
	rows: readonly ScriptRow[],
	listed: readonly string[] = []
): { name: string; count: number }[] {
	return tally(rows, listed, ({ row }) => (row.inject.storyline === '' ? [] : [row.inject.storyline]));
}

export function objectivesOf(
	rows: readonly ScriptRow[],
	listed: readonly string[] = []
): { name: string; count: number }[] {
	return tally(rows, listed, ({ row }) => row.inject.objectives);
}

function tally(
	rows: readonly ScriptRow[],
	listed: readonly string[],
	names: (row: ScriptRow) => readonly string[]
) {
	const counts = new Map<string, { name: string; count: number }>();
	for (const name of listed) counts.set(fold(name), { name, count: 0 });
	const added: { name: string; count: number }[] = [];
	for (const row of rows) {
		for (const name of names(row)) {
			let entry = counts.get(fold(name));
			if (!entry) {
				counts.set(fold(name), (entry = { name, count: 0 }));
				added.push(entry);
			}
			entry.count++;
		}
	}
	added.sort((a, b) => collator.compare(a.name, b.name));
	return [...[...counts.values()].filter((entry) => !added.includes(entry)), ...added];
}

const fold = (name: string) => name.trim().toLowerCase();
