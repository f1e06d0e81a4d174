import { parse } from 'csv-parse/browser/esm/sync';
import { cellText, parseCell, type CellContext, type CellProblem, type EditableColumn } from './cells.ts';
import type { Inject } from './schema.ts';

/*
 * Cells on the clipboard, as spreadsheets write them: a line for each row, tabs between cells, quotes around what has
 * either in it.
 */

export type Pasted<Id extends string> =
	| {
			edits: Map<Id, Partial<Inject>>;
			/** rows of the block below the last row of the script: new injects */
			extra: Partial<Inject>[];
	  }
	| {
			problem: CellProblem;
			word: string;
			/** of the block, from 1; null: there is only one cell */
			row: number | null;
	  };

/**
 * What pasting means: one line for all that are chosen, or a block from the cursor downwards and to the right, one line
 * for each row. All or nothing: the first cell that cannot be is the answer. `columns` begin under the cursor; null is a
 * column that nobody can write: its cells are passed over, as are those beyond the last column.
 */
export function pasteCells<Id extends string>(
	text: string,
	columns: readonly (EditableColumn | null)[],
	targets: { chosen: readonly Id[]; below: readonly Id[] },
	context: CellContext
): Pasted<Id> {
	const lines = readBlock(text);
	const rows: Partial<Inject>[] = [];
	for (const [i, cells] of lines.entries()) {
		const values: Partial<Inject> = {};
		for (const [j, column] of columns.slice(0, cells.length).entries()) {
			if (column === null) continue;
			const parsed = parseCell(column, cells[j]!, context);
			if ('problem' in parsed) return { ...parsed, row: lines.length === 1 ? null : i + 1 };
			Object.assign(values, parsed.value);
		}
		rows.push(values);
	}
	if (rows.length === 1) return { edits: new Map(targets.chosen.map((id) => [id, rows[0]!])), extra: [] };
	return {
		edits: new Map(targets.below.slice(0, rows.length).map((id, i) => [id, rows[i]!])),
		extra: rows.slice(targets.below.length)
	};
}

function readBlock(text: string): string[][] {
	const whole = text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
	try {
		return parse(whole, {
			delimiter: '\t',
			relax_column_count: true,
			// a quote in the middle of a word is a quote
			relax_quotes: true,
			skip_empty_lines: false
		});
	} catch {
		// quotes that do not close: somebody's own text, not a spreadsheet's
		return whole.split('\n').map((line) => line.split('\t'));
	}
}

/** A block for the clipboard: what `pasteCells` and spreadsheets read. */
export function copyCells(
	injects: readonly Inject[],
	columns: readonly EditableColumn[],
	context: CellContext
): string {
	return injects
		.map((inject) => columns.map((column) => quoted(cellText(inject, column, context))).join('\t'))
		.join('\n');
}

const quoted = (text: string) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
