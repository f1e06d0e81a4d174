import { scriptColumns, type ScriptColumn } from '#lib/exercise/inject/view.ts';

/** What the grid shows: the columns of the script, after a first one to choose rows by. */
export type GridColumn = 'select' | ScriptColumn;

/** Where somebody stands in the grid; `id` null is the head. */
export interface Cursor {
	id: string | null;
	column: GridColumn;
}

const widths: Record<GridColumn, number> = {
	select: 62,
	reference: 92,
	time: 126,
	title: 190,
	storyline: 128,
	recipients: 132,
	channel: 96,
	tlp: 98,
	objectives: 90,
	state: 174,
	warnings: 70
};

/** Who takes what is left of a wide window. */
const shares: Partial<Record<GridColumn, number>> = { title: 4, storyline: 1, recipients: 1.5, time: 0.5 };

/** What gives way first where the window is narrow; all of it is in the pane beside the grid. */
const dispensable: readonly ScriptColumn[] = [
	'objectives',
	'channel',
	'tlp',
	'storyline',
	'recipients',
	'warnings'
];
/** Under this width not even number, time, title and state have room: a row is two lines of one cell, as on a phone. */
const narrow = 644;

export interface GridLayout {
	columns: readonly GridColumn[];
	/** `grid-template-columns` */
	template: string;
	rowHeight: number;
	isNarrow: boolean;
	minWidth: number;
}

export function layoutFor(width: number): GridLayout {
	if (width > 0 && width < narrow)
		return {
			columns: ['select', 'title', 'state'],
			template: '40px minmax(0, 1fr) 126px',
			rowHeight: 52,
			isNarrow: true,
			minWidth: 0
		};
	const columns: GridColumn[] = ['select', ...scriptColumns];
	const total = () => columns.reduce((sum, column) => sum + widths[column], 0);
	for (const column of dispensable) {
		// the server has no layout: everything is drawn there
		if (width === 0 || total() <= width) break;
		columns.splice(columns.indexOf(column), 1);
	}
	return {
		columns,
		template: columns
			.map((column) =>
				shares[column] ? `minmax(${widths[column]}px, ${shares[column]}fr)` : `${widths[column]}px`
			)
			.join(' '),
		// as dense as a spreadsheet, and still as high as a finger's target must be
		rowHeight: 28,
		isNarrow: false,
		minWidth: total()
	};
}
