/**
 * A spreadsheet as plain values, whatever file it came from: what the reader in `server/exchange/spreadsheet` makes,
 * and what everything in this folder works on. Rows and columns count from 0 here; what people are told counts from 1,
 * and columns have letters, as in their own program.
 */
export interface Sheet {
	name: string;
	rows: Cell[][];
}

/**
 * One cell. A `Date` is a date or time cell of a workbook: its UTC fields are the digits that the planner sees, in no
 * time zone at all; a time without a date lies on 1899-12-30.
 */
export type Cell = string | number | boolean | Date | null;

/** The text of a cell for people and for comparing: no control characters, `\n` for every line break, no outer space. */
export function cellText(cell: Cell | undefined): string {
	if (cell === null || cell === undefined) return '';
	if (typeof cell === 'string') return plainText(cell);
	if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
	if (typeof cell === 'number') return Number.isFinite(cell) ? String(Number(cell.toPrecision(12))) : '';
	if (Number.isNaN(cell.getTime())) return '';
	// Excel keeps times as fractions of a day: half a second of tolerance hides 09:29:59.999
	const iso = new Date(Math.round(cell.getTime() / 1000) * 1000).toISOString();
	if (iso < '1900-01-01') return iso.slice(11, iso.slice(17, 19) === '00' ? 16 : 19);
	return iso.slice(11, 19) === '00:00:00' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

/** Text of several lines as files can carry it: XML knows no control characters and no halves of a character. */
export function plainText(text: string): string {
	return (
		text
			.toWellFormed()
			.replace(/\r\n?|[\u2028\u2029]/g, '\n')
			// eslint-disable-next-line no-control-regex -- exactly these are what XML 1.0 cannot carry
			.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u0080-\u009f\ufffe\uffff\ufeff]/g, '')
			.trim()
	);
}

/** Text of one line: any run of white space is one space. */
export function lineText(text: string): string {
	return plainText(text).replace(/\s+/g, ' ');
}

export function isEmptyCell(cell: Cell | undefined): boolean {
	return cellText(cell) === '';
}

export function isEmptyRow(row: readonly Cell[] | undefined): boolean {
	return !row || row.every(isEmptyCell);
}

/** `A`, `B` … `Z`, `AA`: how spreadsheet programs call the column with this index. */
export function columnLetters(index: number): string {
	let letters = '';
	for (let n = index; n >= 0; n = Math.floor(n / 26) - 1)
		letters = String.fromCharCode(65 + (n % 26)) + letters;
	return letters;
}

// --- formula cells ---------------------------------------------------------------------------------------------------

/**
 * What a spreadsheet program could take for a formula when the file is opened: `=`, `+`, `-`, `@`, tab or return at the
 * start, also after spaces and in their full-width forms. Apostrophes before it count, so that taking one off again is
 * the exact reverse of putting one on.
 */
const formulaStart = /^'*[\s\u200b]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** Puts an apostrophe before text that could run as a formula at the reader's (DOMAIN 4.4). */
export function neutralise(text: string): string {
	return formulaStart.test(text) ? `'${text}` : text;
}

/** Takes off the apostrophe that `neutralise` put on; other text stays as it is. */
export function unneutralise(text: string): string {
	return text.startsWith("'") && formulaStart.test(text) ? text.slice(1) : text;
}

// --- several values in one cell --------------------------------------------------------------------------------------

/** Several values in one cell, separated by `;`, which is written `\;` inside a value. */
export function joinList(values: readonly string[]): string {
	return values
		.map((value) => listItem(value).replaceAll(';', '\\;'))
		.filter((value) => value !== '')
		.join('; ');
}

/** The reverse of `joinList`; line breaks separate too. */
export function splitList(text: string): string[] {
	return text
		.split(/(?<!\\);|\n/)
		.map((value) => listItem(value.replaceAll('\\;', ';')))
		.filter((value) => value !== '');
}

/** One value on one line, without the bullet that it may have had in a document. */
function listItem(value: string): string {
	return lineText(lineText(value).replace(/^(?:[•‣▪◦·–—]\s*)+/, ''));
}

/** For comparing words as people write them: no case, no accents, no punctuation, single spaces. */
export function foldWord(text: string): string {
	return text
		.normalize('NFKD')
		.replace(/\p{M}+/gu, '')
		.toLowerCase()
		.replace(/ß/g, 'ss')
		.replace(/[^\p{L}\p{N}+]+/gu, ' ')
		.trim();
}
