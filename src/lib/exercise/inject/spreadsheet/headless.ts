import type { Target } from './columns.ts';
import { readClock } from './clocks.ts';
import { readRelative } from './durations.ts';
import { cellText, isEmptyCell, type Cell } from './table.ts';
import { readChannel, readTlp } from './vocabulary.ts';

/**
 * Sheets without headings. What a column is for is seen from its cells: times, ways of delivery, TLP labels and long
 * texts show themselves; between them the usual order of a chronogram decides (kind, time, team, subject, message,
 * description, expected action). A guess, shown as such: the planner corrects it in the preview.
 */
export function guessTargets(
	data: readonly Cell[][],
	width: number
): { columns: Target[]; confidence: number[]; isChronogram: boolean } {
	const columns: Target[] = Array.from({ length: width }, () => 'ignore');
	const confidence: number[] = columns.map(() => 0);
	const facts = columns.map((_, column) => describe(data.slice(0, 500).map((row) => row[column] ?? null)));
	const put = (column: number, target: Target, sure: number) => {
		columns[column] = target;
		confidence[column] = sure;
	};
	const most = (measure: (fact: ColumnFacts) => number, least: number) => {
		let best = -1;
		facts.forEach((fact, column) => {
			if (
				columns[column] === 'ignore' &&
				measure(fact) >= least &&
				(best < 0 || measure(fact) > measure(facts[best]!))
			)
				best = column;
		});
		return best;
	};
	const time = most((fact) => Math.max(fact.times, fact.relative), 0.6);
	if (time >= 0) put(time, 'time', 0.8);
	const channel = most((fact) => fact.channels, 0.5);
	if (channel >= 0) put(channel, 'channel', 0.6);
	const tlp = most((fact) => fact.tlp, 0.8);
	if (tlp >= 0) put(tlp, 'tlp', 0.9);
	const reference = facts.findIndex(
		(fact, column) => columns[column] === 'ignore' && fact.references >= 0.8 && (time < 0 || column < time)
	);
	if (reference >= 0) put(reference, 'reference', 0.6);

	// what remains is text, in the order of writing: whom, what about, what it says, what follows
	const texts = facts.flatMap((fact, column) =>
		columns[column] === 'ignore' && fact.text >= 0.3 ? [column] : []
	);
	const isChronogram = time >= 0 && facts[time]!.relative >= 0.6;
	const expected: Target[] =
		texts.length >= 3
			? ['to', 'title', 'body', 'body', 'expectedActions', 'controllerNotes']
			: texts.length === 2
				? ['title', 'body']
				: ['title'];
	if (isChronogram && texts.length >= 5) {
		texts.forEach((column, index) => put(column, expected[index] ?? 'ignore', expected[index] ? 0.5 : 0));
	} else {
		texts.forEach((column, index) => put(column, expected.filter((_, n) => n !== 3)[index] ?? 'ignore', 0.4));
	}
	return { columns, confidence, isChronogram };
}

/** Shares (0 to 1) of the filled cells that look like something. */
interface ColumnFacts {
	times: number;
	relative: number;
	channels: number;
	tlp: number;
	references: number;
	text: number;
}

function describe(cells: readonly Cell[]): ColumnFacts {
	const filled = cells.filter((cell) => !isEmptyCell(cell));
	const share = (is: (text: string, cell: Cell) => boolean) =>
		filled.length === 0
			? 0
			: filled.filter((cell) => is(cellText(cell).slice(0, 200), cell)).length / filled.length;
	return {
		times: share(
			(text, cell) =>
				cell instanceof Date ||
				(/\d/.test(text) && readClock(text) !== null) ||
				/^\d{4}-\d{2}-\d{2}/.test(text)
		),
		relative: share((text) => text.length <= 40 && readRelative(text) !== null),
		channels: share((text) => text.length <= 60 && readChannel(text) !== null),
		tlp: share((text) => /tlp/i.test(text) && readTlp(text) !== null),
		references: share(
			(text, cell) =>
				typeof cell === 'number' || /^[A-Z]{0,6}[-_ .]?(?:[A-Z]{2}[-_ .])?\d{1,5}[a-z]?$/i.test(text)
		),
		text: share((text, cell) => typeof cell === 'string' && text !== '')
	};
}
