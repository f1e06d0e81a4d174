import { stringify } from 'csv-stringify/sync';
import writeExcelFile from 'write-excel-file/node';
import { AppError } from '#lib/errors.ts';
import { neutralise, type Cell } from '#lib/exercise/inject/spreadsheet/table.ts';

/** What an Excel cell can hold; longer text would make Excel "repair" the file. */
const cellCharacters = 32_767;

/** A script's rows (`exportRows`, headings first) and the marking that stands above them. */
export interface SpreadsheetContent {
	/** `EXERCISE EXERCISE EXERCISE · TLP:AMBER · …` */
	title: string;
	sheetName: string;
	rows: Cell[][];
}

/** A workbook of one sheet: marking in row 1, headings in row 2, both in view while scrolling. */
export async function writeXlsx({ title, sheetName, rows }: SpreadsheetContent): Promise<Uint8Array> {
	const [headings = [], ...data] = rows;
	const width = Math.max(headings.length, 1);
	for (const [index, row] of data.entries()) {
		const long = row.findIndex((cell) => typeof cell === 'string' && cell.length > cellCharacters);
		if (long >= 0) {
			const name = `“${String(headings[long] ?? '')}”`;
			throw new AppError(
				'too-large',
				`${name} of inject ${index + 1} is longer than a cell of Excel can be. Export to CSV instead.`
			);
		}
	}
	const titleRow = [
		{ value: asXlsxText(title), columnSpan: width, fontWeight: 'bold' as const, backgroundColor: '#fde68a' },
		...Array.from({ length: width - 1 }, () => null)
	];
	const headingRow = headings.map((heading) => ({
		value: String(heading),
		fontWeight: 'bold' as const,
		backgroundColor: '#e5e7eb'
	}));
	const dataRows = data.map((row) => row.map((cell) => xlsxCell(cell)));
	const columns = headings.map((heading) => ({ width: columnWidths[String(heading)] ?? 14 }));
	const sheet = sheetName.replace(/[\\/?*[\]:]/g, ' ').slice(0, 31) || 'Script';
	const written = await writeExcelFile([titleRow, headingRow, ...dataRows], {
		columns,
		sheet,
		stickyRowsCount: 2,
		orientation: 'landscape'
	}).toBuffer();
	return new Uint8Array(written);
}

/** Comma-separated UTF-8 with a byte order mark, as Excel wants it; negative numbers are neutralised too. */
export function writeCsv({ title, rows }: SpreadsheetContent): Uint8Array {
	const width = rows[0]?.length ?? 1;
	const titleRow = [title, ...Array.from({ length: width - 1 }, () => '')];
	const text = stringify([titleRow, ...rows.map((row) => row.map((cell) => csvCell(cell)))], {
		record_delimiter: '\r\n'
	});
	return new TextEncoder().encode(`\ufeff${text}`);
}

const columnWidths: Record<string, number | undefined> = {
	serial: 7,
	id: 14,
	ex_time: 26,
	title: 40,
	from: 24,
	body: 60,
	expected_actions: 40,
	to_teams: 30
};

/** `exportRows` has neutralised the texts; in CSV a negative number is text as well. */
function csvCell(cell: Cell): string {
	if (cell === null) return '';
	if (typeof cell === 'number') return neutralise(String(cell));
	return cell instanceof Date ? cell.toISOString() : String(cell);
}

function xlsxCell(cell: Cell) {
	if (cell === null) return null;
	if (typeof cell === 'string')
		return { value: asXlsxText(cell), type: String, wrap: true, alignVertical: 'top' as const };
	if (typeof cell === 'number') return { value: cell, type: Number, alignVertical: 'top' as const };
	if (typeof cell === 'boolean') return { value: cell, type: Boolean };
	return { value: cell, type: Date, format: 'yyyy-mm-dd hh:mm' };
}

/** In workbooks `_x0041_` means `A`: where a text really says so, its first sign is written in that way itself. */
function asXlsxText(text: string): string {
	return text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}
