import {
	cellText,
	isEditable,
	parseCell,
	type CellProblem,
	type EditableColumn
} from '#lib/exercise/inject/cells.ts';
import { copyCells, pasteCells } from '#lib/exercise/inject/paste.ts';
import { keepingLink } from '#lib/exercise/inject/schedule.ts';
import type { Inject } from '#lib/exercise/inject/schema.ts';
import type { ScriptRow } from '#lib/exercise/inject/view.ts';
import { t } from '#lib/text/index.ts';
import { notify } from '#lib/ui/notify.svelte.ts';
import type { GridColumn } from './columns.ts';
import type { GridCursor } from './grid-cursor.svelte.ts';
import type { ScriptRoom } from './script-room.svelte.ts';

/** How the writing of a cell ends, and where the cursor goes from there. */
export type EditResult =
	| { kind: 'text'; text: string; go: 'down' | 'up' | 'next' | 'previous' | 'stay' }
	| { kind: 'value'; value: Partial<Inject> }
	| { kind: 'cancel' };

const canWriteIn = (column: GridColumn): column is EditableColumn =>
	column !== 'select' && isEditable(column);

/** Writing in the grid: one cell at a time, under the cursor; copying and pasting cells as text. */
export class CellWriting {
	readonly #room: ScriptRoom;
	readonly #cursor: GridCursor;
	readonly #rows: () => readonly ScriptRow[];
	/** the cell that is being written; `initial`: what was typed to begin with */
	now = $state.raw<{ id: string; column: GridColumn; initial: string | null } | null>(null);
	/** why what was typed last cannot be */
	problem = $state<string | null>(null);

	constructor(room: ScriptRoom, cursor: GridCursor, rows: () => readonly ScriptRow[]) {
		this.#room = room;
		this.#cursor = cursor;
		this.#rows = rows;
	}

	begin(initial: string | null): boolean {
		const { row, column } = this.#cursor;
		if (!this.#room.canWrite || !row || !canWriteIn(column)) return false;
		this.problem = null;
		this.now = { id: row.row.id, column, initial };
		return true;
	}

	/** True when the cursor should have the focus again. */
	end(result: EditResult): boolean {
		if (!this.now || !canWriteIn(this.now.column)) return false;
		const { id, column } = this.now;
		if (result.kind === 'value') {
			this.#room.edit([id], result.value);
			return false;
		}
		if (result.kind === 'text') {
			const problem = this.#write(id, column, result.text);
			// who has gone elsewhere is told, and what was there stays; who is still there can put it right
			if (problem && result.go === 'stay') notify(problem, { tone: 'warn' });
			else if (problem) {
				this.problem = problem;
				return false;
			}
		}
		this.now = null;
		this.problem = null;
		if (result.kind === 'cancel') return true;
		if (result.go === 'stay') return false;
		this.#cursor.at = { id, column };
		if (result.go === 'next' || result.go === 'previous') this.#cursor.step(result.go === 'next' ? 1 : -1);
		else if (result.go === 'down' || this.#cursor.index > 0)
			this.#cursor.moveBy(result.go === 'down' ? 1 : -1, 0);
		return true;
	}

	#write(id: string, column: EditableColumn, text: string): string | null {
		const inject = this.#room.byId.get(id)?.row.inject;
		if (!inject || text === cellText(inject, column, this.#room.cellContext)) return null;
		const parsed = parseCell(column, text, this.#room.cellContext);
		if ('problem' in parsed) return sentence(parsed.problem, parsed.word);
		const { schedule } = parsed.value;
		this.#room.edit([id], schedule ? { schedule: keepingLink(inject.schedule, schedule) } : parsed.value);
		return null;
	}

	/** Begins behind the text that is there. */
	continue(): boolean {
		const { row, column } = this.#cursor;
		if (!row || !canWriteIn(column)) return false;
		return this.begin(cellText(row.row.inject, column, this.#room.cellContext));
	}

	/** The rows and the columns to write in of the chosen cells; null: there is only the one under the cursor. */
	#chosen(): { rows: readonly ScriptRow[]; columns: EditableColumn[]; top: number; left: number } | null {
		const { block, layout } = this.#cursor;
		if (!block) return null;
		return {
			rows: this.#rows().slice(block.top, block.bottom + 1),
			columns: layout.columns.slice(block.left, block.right + 1).filter(canWriteIn),
			top: block.top,
			left: block.left
		};
	}

	/** Empties what is chosen, where a cell can be empty; several cells as one act. */
	clear(): boolean {
		const { row, column } = this.#cursor;
		const chosen = this.#chosen();
		if (chosen && this.#room.canWrite) {
			const values: Partial<Inject> = {};
			for (const one of chosen.columns.filter(canBeEmpty)) {
				const parsed = parseCell(one, '', this.#room.cellContext);
				if ('value' in parsed) Object.assign(values, parsed.value);
			}
			if (Object.keys(values).length === 0) return false;
			this.#room.edit(
				chosen.rows.map((one) => one.row.id),
				values
			);
			return true;
		}
		if (!this.#room.canWrite || !row || !canWriteIn(column)) return false;
		if (!canBeEmpty(column)) return false;
		return this.#write(row.row.id, column, '') === null;
	}

	/** The chosen cells, or rows when the cursor is in one of them, else the cell under it; null where there is none. */
	copy(): string | null {
		const { row, column } = this.#cursor;
		if (!row) return null;
		const context = this.#room.cellContext;
		const cells = this.#chosen();
		if (cells)
			return copyCells(
				cells.rows.map((one) => one.row.inject),
				cells.columns,
				context
			);
		if (this.#room.selected.has(row.row.id)) {
			const chosen = this.#rows().filter((one) => this.#room.selected.has(one.row.id));
			return copyCells(
				chosen.map((one) => one.row.inject),
				this.#cursor.layout.columns.filter(canWriteIn),
				context
			);
		}
		return canWriteIn(column) ? cellText(row.row.inject, column, context) : null;
	}

	/**
	 * One line into the chosen rows when the cursor is in one of them; a block from the cursor downwards, or from the upper
	 * left corner of the chosen cells. One cell fills all that are chosen.
	 */
	paste(text: string): boolean {
		const { row, column, index } = this.#cursor;
		if (!this.#room.canWrite || !row || text === '') return false;
		const { selected } = this.#room;
		const { columns } = this.#cursor.layout;
		const cells = this.#chosen();
		// rows that were copied whole go in from the first column on
		const from =
			cells?.left ?? (column === 'select' ? columns.findIndex(canWriteIn) : columns.indexOf(column));
		const isOneCell = !/[\t\n]/.test(text.replace(/\r?\n$/, ''));
		const pasted = pasteCells(
			cells && isOneCell ? Array(cells.columns.length).fill(text.trimEnd()).join('\t') : text,
			columns.slice(from).map((one) => (canWriteIn(one) ? one : null)),
			{
				chosen:
					cells?.rows.map((one) => one.row.id as string) ??
					(selected.has(row.row.id) ? [...selected] : [row.row.id]),
				below: this.#rows()
					.slice(cells?.top ?? index)
					.map((one) => one.row.id as string)
			},
			this.#room.cellContext
		);
		if ('problem' in pasted) {
			const reason = sentence(pasted.problem, pasted.word);
			notify(
				pasted.row === null
					? t('script.grid.pasteFailed', { reason })
					: t('script.grid.pasteFailedAt', { row: pasted.row, reason }),
				{ tone: 'warn' }
			);
			return true;
		}
		this.#room.paste(pasted.edits, pasted.extra);
		const count = pasted.edits.size + pasted.extra.length;
		if (count > 1) notify(t('script.grid.pastedRows', { count }));
		return true;
	}
}

/** A number, a label and a channel are always something. */
const canBeEmpty = (column: EditableColumn) =>
	column !== 'tlp' && column !== 'channel' && column !== 'reference';

const sentence = (kind: CellProblem, word: string) => t(`script.grid.problem.${kind}`, { word });
