import { joiningTargets, musterColumns, type Target } from './columns.ts';
import { detectDateOrder, type DateOrder } from './calendar.ts';
import { guessTargets } from './headless.ts';
import { headingWords, templates } from './heading-words.ts';
import { cellText, foldWord, isEmptyCell, isEmptyRow, type Cell, type Sheet } from './table.ts';
import { readClock } from './clocks.ts';

export type Template = 'muster' | 'hseep' | 'blueprint' | 'openaev-like' | 'unknown';

/** What a planner may change in the preview: which row names the columns, what each column is for, how to read dates. */
export interface Mapping {
	/** index of the heading row; null: there is none, data begin with the first row */
	headerRow: number | null;
	/** by column */
	columns: Target[];
	dateOrder: DateOrder;
	/** what `00:45` is in the column of times; undefined: each cell decides */
	bareTimes?: 'clock' | 'elapsed' | undefined;
}

export interface Proposal extends Mapping {
	template: Template;
	/** 0 to 1: how sure each column's target is, by column; 0 where it is ignored or kept for want of an idea */
	confidence: number[];
	/** the headings as written, by column; '' without a heading row */
	headings: string[];
	/** false: `10/06` could be read both ways and no cell decided it */
	dateOrderCertain: boolean;
}

/** Title rows, notes and logos stand above the heading row, but never more than this. */
const searchedRows = 40;

const exactTarget = new Map<string, Target>();
for (const [target, words] of headingWords) {
	for (const word of words) if (!exactTarget.has(word)) exactTarget.set(word, target);
}
const musterTarget = new Map<string, Target>(musterColumns.map(({ heading, target }) => [heading, target]));
/** a name of ours that is also a word of the field is no proof of our own file */
const musterOnly = new Set(
	musterColumns
		.map(({ heading }) => heading as string)
		.filter((heading) => heading.includes('_') || heading === 'serial')
);

/** Proposes how to read a sheet: finds the heading row, recognises columns and the template. Never throws. */
export function proposeMapping(sheet: Sheet): Proposal {
	const headerRow = findHeaderRow(sheet.rows);
	const width = sheet.rows.reduce((widest, row) => Math.max(widest, row.length), 0);
	if (headerRow === null) return withoutHeadings(sheet, width);
	const headings = Array.from({ length: width }, (_, column) =>
		cellText(sheet.rows[headerRow]![column]).replace(/\s+/g, ' ')
	);
	return mapHeadings(sheet, headerRow, headings);
}

/** The same for a heading row that the planner chose; null: the sheet has none. */
export function proposeForHeaderRow(sheet: Sheet, headerRow: number | null): Proposal {
	const width = sheet.rows.reduce((widest, row) => Math.max(widest, row.length), 0);
	if (headerRow === null) return withoutHeadings(sheet, width);
	const headings = Array.from({ length: width }, (_, column) =>
		cellText(sheet.rows[headerRow]?.[column]).replace(/\s+/g, ' ')
	);
	return mapHeadings(sheet, headerRow, headings);
}

/** The sheet of a workbook that looks most like a script: most recognised headings, then most rows. */
export function bestSheet(sheets: readonly Sheet[]): number {
	let best = 0;
	let bestScore = -1;
	sheets.forEach((sheet, index) => {
		const proposal = proposeMapping(sheet);
		const known = proposal.columns.filter((target) => target !== 'ignore' && target !== 'otherFields').length;
		const score = known * 1000 + Math.min(sheet.rows.length, 999);
		if (score > bestScore) [best, bestScore] = [index, score];
	});
	return best;
}

function findHeaderRow(rows: readonly Cell[][]): number | null {
	let best: { row: number; score: number } | null = null;
	for (let index = 0; index < Math.min(rows.length, searchedRows); index += 1) {
		const row = rows[index]!;
		const words = row.filter((cell) => !isEmptyCell(cell));
		const found = new Set<string>();
		let exact = 0;
		for (const cell of words) {
			const match = typeof cell === 'string' ? recogniseHeading(cellText(cell)) : null;
			if (!match) continue;
			found.add(match.target === 'ignore' ? `ignore:${cellText(cell)}` : match.target);
			if (match.confidence === 1) exact += 1;
		}
		// a heading row names at least two columns and is mostly headings: data rows contain such words by chance only
		if (found.size < 2 || exact < 1 || found.size < words.length * 0.4) continue;
		const score = found.size + exact;
		if (!best || score > best.score) best = { row: index, score };
	}
	return best?.row ?? null;
}

/** What a heading says its column is for; confidence 1 for a known heading, less for one that contains a known one. */
export function recogniseHeading(text: string): { target: Target; confidence: number } | null {
	if (text.length > 120) return null;
	const own = musterTarget.get(text.trim().toLowerCase());
	if (own) return { target: own, confidence: 1 };
	const folded = foldWord(text);
	if (folded === '') return text.trim() === '#' ? { target: 'reference', confidence: 1 } : null;
	const exact =
		exactTarget.get(folded) ?? exactTarget.get(foldWord(text.replace(/\([^)]*\)|\[[^\]]*\]/g, ' ')));
	if (exact) return { target: exact, confidence: 1 };
	let best: { target: Target; length: number } | null = null;
	const padded = ` ${folded} `;
	for (const [word, target] of exactTarget) {
		if (word.length >= 4 && word.length > (best?.length ?? 0) && padded.includes(` ${word} `))
			best = { target, length: word.length };
	}
	if (!best) return null;
	return { target: best.target, confidence: Math.min(0.9, 0.4 + best.length / folded.length / 2) };
}

function mapHeadings(sheet: Sheet, headerRow: number, headings: string[]): Proposal {
	const template = recogniseTemplate(headings);
	const matches = headings.map((heading) => recogniseHeading(heading));
	const columns: Target[] = headings.map(() => 'ignore');
	const confidence: number[] = headings.map(() => 0);
	const take = (column: number, target: Target, sure: number) => {
		columns[column] = target;
		confidence[column] = sure;
	};
	// the surest match of each target takes it, the leftmost of equals; further columns find it taken
	const order = headings
		.map((_, column) => column)
		.sort((a, b) => (matches[b]?.confidence ?? 0) - (matches[a]?.confidence ?? 0) || a - b);
	for (const column of order) {
		const match = matches[column];
		if (!match) continue;
		const taken = columns.includes(match.target) && !joiningTargets.has(match.target);
		if (!taken) take(column, match.target, match.confidence);
	}
	adjust(headings, columns, take);
	const data = sheet.rows.slice(headerRow + 1).filter((row) => !isEmptyRow(row));
	// what has no place here is kept under its name; a heading that is known to be for nobody is not
	for (const [column, heading] of headings.entries())
		if (
			columns[column] === 'ignore' &&
			matches[column]?.target !== 'ignore' &&
			heading !== '' &&
			data.some((row) => !isEmptyCell(row[column] ?? null))
		)
			take(column, 'otherFields', 0);
	return { ...readingOf(data, columns), template, headerRow, columns, confidence, headings };
}

/** What headings mean in company of each other. */
function adjust(
	headings: readonly string[],
	columns: Target[],
	take: (column: number, target: Target, sure: number) => void
): void {
	const folded = headings.map(foldWord);
	const has = (target: Target) => columns.includes(target);
	// `Date` beside no time is a column of moments
	if (has('day') && !has('time') && !has('offset')) take(columns.indexOf('day'), 'time', 0.7);
	// a sheet without numbers often calls the inject's name simply `Inject`, or `Event`
	if (!has('title') && has('reference')) {
		const column = columns.indexOf('reference');
		const other = folded.findIndex(
			(word, index) =>
				index !== column &&
				columns[index] === 'ignore' &&
				/^(inject|event|evenement|ereignis|evento)$/.test(word)
		);
		if (other >= 0) take(other, 'title', 0.6);
	}
}

function recogniseTemplate(headings: readonly string[]): Template {
	const written = headings.map((heading) => heading.trim().toLowerCase());
	if (written.filter((heading) => musterOnly.has(heading)).length >= 4) return 'muster';
	const folded = new Set(headings.map(foldWord));
	const share = (['hseep', 'blueprint'] as const).map((name) => {
		const found = templates[name].headings.filter((heading) => folded.has(heading)).length;
		return { name, score: found >= templates[name].enough ? found / templates[name].headings.length : 0 };
	});
	const best = share.sort((a, b) => b.score - a.score)[0]!;
	return best.score > 0 ? best.name : 'unknown';
}

function withoutHeadings(sheet: Sheet, width: number): Proposal {
	const data = sheet.rows.filter((row) => !isEmptyRow(row));
	const { columns, confidence, isChronogram } = guessTargets(data, width);
	return {
		...readingOf(data, columns),
		template: isChronogram ? 'openaev-like' : 'unknown',
		headerRow: null,
		columns,
		confidence,
		headings: columns.map(() => '')
	};
}

/** How dates and bare times of these rows are to be read. */
function readingOf(
	data: readonly Cell[][],
	columns: readonly Target[]
): Pick<Proposal, 'dateOrder' | 'dateOrderCertain' | 'bareTimes'> {
	const times = columns.indexOf('time');
	const days = columns.indexOf('day');
	const { order, certain } = detectDateOrder(data.flatMap((row) => [row[times] ?? null, row[days] ?? null]));
	return {
		dateOrder: order,
		dateOrderCertain: certain,
		bareTimes: bareTimesOf(data.map((row) => row[times] ?? null))
	};
}

/**
 * A column whose bare times begin near midnight counts from STARTEX; one that begins in working hours tells the time
 * of day. Undefined when there is no bare time at all.
 */
function bareTimesOf(cells: readonly Cell[]): 'clock' | 'elapsed' | undefined {
	const seconds = cells.flatMap((cell) => {
		if (cell instanceof Date)
			return cell.getTime() < Date.UTC(1899, 11, 31) ? [cell.getTime() / 1000 + 25_569 * 86_400] : [];
		if (typeof cell !== 'string' || !/^\d{1,2}:\d{2}(:\d{2})?$/.test(cell.trim())) return [];
		const clock = readClock(cell);
		return clock ? [clock.seconds] : [];
	});
	if (seconds.length === 0) return undefined;
	// three hours after midnight no exercise begins
	return Math.min(...seconds.slice(0, 5000)) < 3 * 3600 && (seconds[0] ?? 0) < 3 * 3600 ? 'elapsed' : 'clock';
}
