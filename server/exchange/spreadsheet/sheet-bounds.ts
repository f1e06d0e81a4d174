import { AppError } from '#lib/errors.ts';
import { spreadsheetLimits as limits, tooLarge, tooManyRows } from './limits.ts';

/*
 * The reader of cells fills every gap: one cell in the last column of the last row makes it build 17 thousand million
 * empty ones, which no heap limit survives gracefully. So the XML is looked through first, for how far rows and
 * columns reach. Element prefixes (`x:row`) are names like any other.
 */
const element = /<(?:[^\s<>/:"']+:)?(row|c)(?=[\s/>])((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;

/** Throws when a sheet reaches further than a script can; returns the cells that reading it will build. */
export function checkSheetBounds(xml: string): number {
	let row = 0;
	let column = 0;
	let cells = 0;
	let lastFilledRow = 0;
	let widest = 0;
	let filledRows = 0;
	const closeRow = () => {
		cells += column;
		if (cells > limits.cells) throw new AppError('too-large', tooLarge);
	};
	for (const [, name, attributes] of xml.matchAll(element)) {
		const place = /\sr\s*=\s*["']\s*([A-Za-z]*)(\d*)\s*["']/.exec(` ${attributes}`);
		if (name === 'row') {
			closeRow();
			column = 0;
			row = place?.[2] ? Number(place[2]) : row + 1;
			if (row > limits.lastRow) throw new AppError('too-large', tooManyRows);
			continue;
		}
		column = place?.[1] ? columnNumber(place[1]) : column + 1;
		if (place?.[2]) row = Math.max(row, Number(place[2]));
		if (column > limits.lastColumn || row > limits.lastRow) throw new AppError('too-large', tooLarge);
		if (attributes!.endsWith('/')) continue;
		if (row !== lastFilledRow) filledRows += 1;
		if (filledRows > limits.rows) throw new AppError('too-large', tooManyRows);
		lastFilledRow = row;
		widest = Math.max(widest, column);
		// every row becomes as wide as the widest
		if (lastFilledRow * widest > limits.cells) throw new AppError('too-large', tooLarge);
	}
	closeRow();
	return cells + lastFilledRow * widest;
}

function columnNumber(letters: string): number {
	if (letters.length > 3) return Infinity;
	let number = 0;
	for (const letter of letters.toUpperCase()) number = number * 26 + letter.charCodeAt(0) - 64;
	return number;
}
