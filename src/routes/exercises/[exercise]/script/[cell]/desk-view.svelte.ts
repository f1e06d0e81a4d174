import type { Team } from '#lib/exercise/exercise/schema.ts';
import {
	countRows,
	filterFromQuery,
	filterRows,
	isFiltered,
	noFilter,
	scriptColumns,
	sortRows,
	writeFilter,
	type ScriptColumn,
	type ScriptFilter,
	type ScriptRow,
	type ScriptSort
} from '#lib/exercise/inject/view.ts';

/** What of the script is on the screen. The address says it too, so that it can be sent to somebody. */
export class DeskView {
	readonly #rows: () => readonly ScriptRow[];
	readonly #teams: () => readonly Team[];
	filter = $state<ScriptFilter>({ ...noFilter });
	sort = $state.raw<ScriptSort>({ column: 'order', descending: false });
	/** the inject beside the grid */
	open = $state<string | null>(null);
	showsWarnings = $state(false);
	showsComments = $state(false);
	showsHistory = $state(false);
	/** written a moment ago: shown although this filter would hide it */
	#pinned = $state.raw<{ filter: string; ids: ReadonlySet<string> }>({ filter: '', ids: new Set() });

	constructor(query: URLSearchParams, rows: () => readonly ScriptRow[], teams: () => readonly Team[]) {
		this.#rows = rows;
		this.#teams = teams;
		const column = query.get('sort') ?? 'order';
		this.filter = filterFromQuery(query);
		this.sort = {
			column: scriptColumns.includes(column as ScriptColumn) ? (column as ScriptColumn) : 'order',
			descending: query.get('desc') === '1'
		};
		this.open = query.get('inject');
		this.showsWarnings = query.get('panel') === 'warnings';
		this.showsComments = query.get('panel') === 'comments';
	}

	write(query: URLSearchParams): void {
		const { sort } = this;
		writeFilter(this.filter, query);
		const rest = {
			sort: sort.column === 'order' ? null : sort.column,
			desc: sort.descending ? '1' : null,
			inject: this.open,
			panel: this.showsWarnings ? 'warnings' : this.showsComments ? 'comments' : null
		};
		for (const [key, value] of Object.entries(rest)) {
			if (value === null) query.delete(key);
			else query.set(key, value);
		}
	}

	readonly isFiltered = $derived(isFiltered(this.filter));
	readonly counts = $derived.by(() => countRows(this.#rows()));
	/** Filtered and sorted. */
	readonly shown: readonly ScriptRow[] = $derived.by(() => {
		const all = this.#rows();
		const teams = this.#teams();
		if (!this.isFiltered) return sortRows(all, this.sort, teams);
		const found = new Set(filterRows(all, this.filter, teams));
		const { filter, ids } = this.#pinned;
		const pinned = filter === JSON.stringify(this.filter) ? ids : new Set();
		return sortRows(
			all.filter((row) => found.has(row) || pinned.has(row.row.id)),
			this.sort,
			teams
		);
	});
	/** The rows stand in script order, all of them: moving one means what it looks like. */
	readonly isScriptOrder = $derived(
		this.sort.column === 'order' && !this.sort.descending && !this.isFiltered
	);

	/** Keeps a row on the screen until the filter is changed. */
	pin(id: string): void {
		const filter = JSON.stringify(this.filter);
		const ids = this.#pinned.filter === filter ? this.#pinned.ids : [];
		this.#pinned = { filter, ids: new Set([...ids, id]) };
	}

	clearFilter(): void {
		this.filter = { ...noFilter };
	}

	indexOf(id: string | null): number {
		return this.shown.findIndex(({ row }) => row.id === id);
	}
}
