import type { ScriptRow } from '#lib/exercise/inject/view.ts';
import { layoutFor, type Cursor, type GridColumn } from './columns.ts';

/** Where the reader stands in the grid. It follows its inject, whatever is sorted, filtered or moved. */
export class GridCursor {
	readonly #rows: () => readonly ScriptRow[];
	at = $state.raw<Cursor>({ id: null, column: 'title' });
	/** of the grid's window, px */
	width = $state(0);
	readonly layout = $derived(layoutFor(this.width));

	/** several cells: from where it began to the cursor; any other way of moving the cursor ends it */
	#block = $state.raw<{ anchor: Cursor; head: Cursor } | null>(null);

	/** when the row leaves the list, the one that takes its place has the cursor */
	#last = 0;

	constructor(rows: () => readonly ScriptRow[]) {
		this.#rows = rows;
	}

	/** In the rows that are shown; -1 is the head. */
	readonly index: number = $derived.by(() => {
		const { id } = this.at;
		if (id === null) return -1;
		const rows = this.#rows();
		const found = rows.findIndex(({ row }) => row.id === id);
		if (found === -1) return Math.min(this.#last, rows.length - 1);
		this.#last = found;
		return found;
	});
	readonly row: ScriptRow | undefined = $derived.by(() =>
		this.index >= 0 ? this.#rows()[this.index] : undefined
	);
	/** the one under the cursor, or the title where the window has no room for it */
	readonly column: GridColumn = $derived.by(() =>
		this.layout.columns.includes(this.at.column) ? this.at.column : 'title'
	);

	/** The chosen cells, as places in the rows and columns that are shown; null: only the one under the cursor. */
	readonly block: { top: number; bottom: number; left: number; right: number } | null = $derived.by(() => {
		if (!this.#block || this.#block.head !== this.at) return null;
		const { anchor } = this.#block;
		const begin = this.#rows().findIndex(({ row }) => row.id === anchor.id);
		const columns = [anchor.column, this.column].map((one) => this.layout.columns.indexOf(one));
		if (begin === -1 || this.index === -1 || columns.includes(-1)) return null;
		return {
			top: Math.min(begin, this.index),
			bottom: Math.max(begin, this.index),
			left: Math.min(...columns),
			right: Math.max(...columns)
		};
	});

	/** Takes more cells in, or fewer: the corner where it began stays. */
	extendBy(rows: number, columns: number): void {
		const all = this.layout.columns;
		// the boxes at the left are no cells to copy
		const column = Math.min(Math.max(all.indexOf(this.column) + columns, 1), all.length - 1);
		const row = this.#rows()[Math.max(this.index + rows, 0)] ?? this.row;
		if (row) this.extendTo({ id: row.row.id, column: all[column]! });
	}

	extendTo(to: Cursor): void {
		const anchor = this.block ? this.#block!.anchor : { id: this.at.id, column: this.column };
		if (anchor.id === null || to.id === null || anchor.column === 'select' || to.column === 'select') return;
		this.at = to;
		this.#block = { anchor, head: to };
	}

	/** Back to one cell; false: it was one. */
	collapse(): boolean {
		const had = this.block !== null;
		this.#block = null;
		return had;
	}

	moveTo(index: number, column: GridColumn = this.column): void {
		const rows = this.#rows();
		const to = Math.min(index, rows.length - 1);
		this.at = { id: to < 0 ? null : rows[to]!.row.id, column };
	}

	moveBy(rows: number, columns: number): void {
		const all = this.layout.columns;
		const column = Math.min(Math.max(all.indexOf(this.column) + columns, 0), all.length - 1);
		this.moveTo(Math.max(this.index + rows, -1), all[column]!);
	}

	/** To the next or previous cell to write in, over the end of the row; false where there is none. */
	step(by: 1 | -1): boolean {
		const all = this.layout.columns;
		let column = all.indexOf(this.column) + by;
		let index = this.index;
		if (column >= all.length) [index, column] = [index + 1, 1];
		else if (column < 1) [index, column] = [index - 1, all.length - 1];
		if (index < 0 || index >= this.#rows().length) return false;
		this.moveTo(index, all[column]!);
		return true;
	}

	/** To the next or previous cell of this row; false at its ends, where Tab leaves the grid: it is no trap. */
	stepInRow(by: 1 | -1): boolean {
		const column = this.layout.columns[this.layout.columns.indexOf(this.column) + by];
		if (this.index === -1 || column === undefined) return false;
		this.moveTo(this.index, column);
		return true;
	}
}
