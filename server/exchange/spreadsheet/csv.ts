import { parse } from 'csv-parse/sync';
import { AppError } from '#lib/errors.ts';
import type { Sheet } from '#lib/exercise/inject/spreadsheet/table.ts';
import { spreadsheetLimits as limits, tooLarge, tooManyRows } from './limits.ts';

/** Reads comma-, semicolon-, tab- or bar-separated text in UTF-8, UTF-16 or Windows-1252. */
export function readCsv(bytes: Uint8Array, name: string): Sheet[] {
	let text = decodeText(bytes);
	// Excel's own hint on the separator
	const hint = /^sep=(.)\r?\n/.exec(text);
	if (hint) text = text.slice(hint[0].length);
	const delimiter = hint?.[1] ?? findDelimiter(text);
	let rows: string[][];
	try {
		rows = parse(text, {
			delimiter,
			relax_column_count: true,
			relax_quotes: true,
			skip_empty_lines: false,
			max_record_size: 4_000_000,
			to: limits.rows * 2
		});
	} catch (cause) {
		throw new AppError(
			'invalid',
			'This CSV file cannot be read: a quotation mark is opened and never closed.',
			{ cause }
		);
	}
	const filled = rows.filter((row) => row.some((cell) => cell !== ''));
	if (filled.length > limits.rows) throw new AppError('too-large', tooManyRows);
	if (rows.reduce((sum, row) => sum + row.length, 0) > limits.cells)
		throw new AppError('too-large', tooLarge);
	if (filled.length === 0) throw new AppError('invalid', 'This file is empty.');
	if (filled.every((row) => row.length < 2)) {
		throw new AppError(
			'invalid',
			'This text has no columns. A CSV file separates them by commas, semicolons or tabs.'
		);
	}
	return [{ name, rows: rows.map((row) => row.map((cell) => (cell === '' ? null : cell))) }];
}

/** A byte order mark decides; otherwise UTF-8 if it is sound, else Windows-1252, which any bytes are. */
export function decodeText(bytes: Uint8Array): string {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder('windows-1252').decode(bytes);
	}
}

/** The sign that most lines have most evenly, outside quotation marks. */
function findDelimiter(text: string): string {
	const counts = new Map([',', ';', '\t', '|'].map((sign) => [sign, [0]]));
	let quoted = false;
	let lines = 0;
	for (let i = 0; i < Math.min(text.length, 200_000) && lines < 50; i += 1) {
		const sign = text[i]!;
		if (sign === '"') quoted = !quoted;
		else if (quoted) continue;
		else if (sign === '\n') {
			lines += 1;
			for (const list of counts.values()) list.push(0);
		} else {
			const list = counts.get(sign);
			if (list) list[list.length - 1]! += 1;
		}
	}
	const score = (list: number[]) => {
		const present = list.filter((count) => count > 0);
		if (present.length === 0) return 0;
		const usual = [...present].sort((a, b) => a - b)[Math.floor(present.length / 2)]!;
		// even lines count, commas in sentences are uneven
		return present.filter((count) => count === usual).length * Math.min(usual, 50);
	};
	return [...counts].sort((a, b) => score(b[1]) - score(a[1]))[0]![0];
}
