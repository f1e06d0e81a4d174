import type { InjectId } from '../../ids.ts';
import { followed } from '../dependencies.ts';
import { injectLimits, type ExpectedAction, type Inject } from '../schema.ts';
import {
	rowKey,
	type Candidate,
	type ReadContext,
	type ReadRows,
	type RowProblem,
	type SkippedRow,
	type UnknownName
} from './candidates.ts';
import type { Target } from './columns.ts';
import { resolveClauses } from './condition-cell.ts';
import type { Mapping } from './headings.ts';
import { recipientReader, similarTeams } from './recipients.ts';
import { readRow, type RowReader } from './row-values.ts';
import {
	cellText,
	foldWord,
	isEmptyCell,
	isEmptyRow,
	lineText,
	unneutralise,
	type Cell,
	type Sheet
} from './table.ts';

/** Reads a sheet with a mapping: one candidate for each row that is an inject, and everything that was noticed. */
export function readRows(sheet: Sheet, mapping: Mapping, context: ReadContext): ReadRows {
	const columnsOf = new Map<Target, number[]>();
	mapping.columns.forEach((target, column) => {
		if (target !== 'ignore') columnsOf.set(target, [...(columnsOf.get(target) ?? []), column]);
	});
	const headerCells = mapping.headerRow === null ? [] : (sheet.rows[mapping.headerRow] ?? []);
	const unknown = new Map<string, UnknownName>();
	const formerTeams = new Set<string>(context.script.flatMap((inject) => inject.to.teams));
	const reader: RowReader = {
		mapping,
		columnsOf,
		headings: mapping.columns.map((_, column) => lineText(cellText(headerCells[column]))),
		context,
		recipients: recipientReader({
			teams: context.teams,
			formerTeams,
			...(context.matches && { matches: context.matches })
		}),
		unknownName: (name, row) => {
			const key = foldWord(name) || name;
			const entry = unknown.get(key) ?? { name, key, rows: [], similar: similarTeams(name, context.teams) };
			if (entry.rows.at(-1) !== row) entry.rows.push(row);
			unknown.set(key, entry);
		}
	};

	const candidates: Candidate[] = [];
	const problems: RowProblem[] = [];
	const skipped: SkippedRow[] = [];
	const byId = new Set<string>(context.script.map((inject) => inject.id));
	const usualWidth = usualCells(sheet.rows, mapping.headerRow);
	const musterIdColumn = columnsOf.get('musterId')?.[0];
	const seenIds = new Set<string>();
	let section = '';
	for (let row = (mapping.headerRow ?? -1) + 1; row < sheet.rows.length; row += 1) {
		const cells = sheet.rows[row]!;
		if (isEmptyRow(cells)) continue;
		const reason = skipReason(cells, row, headerCells, usualWidth, columnsOf, context);
		if (reason) {
			const text = cells.map(cellText).find((words) => words !== '') ?? '';
			skipped.push({ row, reason, text: text.slice(0, 200) });
			if (reason === 'section') section = unneutralise(text);
			continue;
		}
		// a script that is larger already (it grew elsewhere) can still be compared with itself
		if (candidates.length === Math.max(injectLimits.injectsPerScript, context.script.length)) {
			problems.push(
				whole(
					`A script holds at most ${injectLimits.injectsPerScript} injects; this sheet has more rows than that.`
				)
			);
			break;
		}
		const { candidate, problems: ofRow } = readRow(sheet, row, section, reader);
		// a row that was copied in the spreadsheet carries the id of its original: the first one keeps it
		const musterId = musterIdColumn === undefined ? '' : unneutralise(cellText(cells[musterIdColumn]));
		if (byId.has(musterId) && !seenIds.has(musterId)) candidate.musterId = musterId as InjectId;
		seenIds.add(musterId);
		candidates.push(candidate);
		problems.push(...ofRow);
	}
	checkReferences(candidates, columnsOf, problems);
	checkTitles(candidates, columnsOf, context.script, problems);
	resolvePredecessors(candidates, columnsOf, sheet, context.script, problems);
	return { candidates, problems, skipped, unknownNames: [...unknown.values()] };
}

const whole = (message: string): RowProblem => ({
	row: null,
	column: null,
	cellText: '',
	message,
	severity: 'error'
});

/** How many cells a row of data usually has: a row with one cell among rows of many is a heading inside the data. */
function usualCells(rows: readonly Cell[][], headerRow: number | null): number {
	const widths = rows
		.slice((headerRow ?? -1) + 1, (headerRow ?? -1) + 501)
		.map((row) => row.reduce<number>((count, cell) => count + (isEmptyCell(cell) ? 0 : 1), 0))
		.filter((count) => count > 0)
		.sort((a, b) => a - b);
	return widths[Math.floor(widths.length * 0.6)] ?? 0;
}

function skipReason(
	cells: readonly Cell[],
	row: number,
	headerCells: readonly Cell[],
	usualWidth: number,
	columnsOf: ReadonlyMap<Target, number[]>,
	context: ReadContext
): SkippedRow['reason'] | null {
	if (context.leaveOut?.has(row)) return 'left-out';
	const filled = cells.flatMap((cell, column) => (isEmptyCell(cell) ? [] : [column]));
	const words = cellText(cells[filled[0]!]);
	if (filled.length === 1 && /^exercise exercise exercise/i.test(words)) return 'marking';
	if (
		headerCells.length > 0 &&
		filled.length > 1 &&
		filled.every((column) => cellText(cells[column]) === cellText(headerCells[column]))
	) {
		return 'repeated-heading';
	}
	// our own file names each inject: there even a nearly empty row is one
	if (
		filled.length !== 1 ||
		usualWidth < 3 ||
		columnsOf.has('musterId') ||
		typeof cells[filled[0]!] !== 'string'
	)
		return null;
	const contents = [...(columnsOf.get('title') ?? []), ...(columnsOf.get('body') ?? [])].filter(
		(column) => column > 0
	);
	return contents.includes(filled[0]!) ? null : 'section';
}

/** References are unique in a script (without regard to case). */
function checkReferences(
	candidates: readonly Candidate[],
	columnsOf: ReadonlyMap<Target, number[]>,
	problems: RowProblem[]
): void {
	const seen = new Map<string, Candidate>();
	for (const candidate of candidates) {
		const key = candidate.reference.toLowerCase();
		if (key === '') continue;
		const other = seen.get(key);
		// what the script has twice already, the file may have twice too
		if (other && !(candidate.musterId && other.musterId)) {
			problems.push({
				row: candidate.row,
				column: columnsOf.get('reference')?.[0] ?? null,
				cellText: candidate.reference,
				message: `“${candidate.reference}” stands in row ${other.row + 1} already.`,
				severity: 'error'
			});
		} else if (!other) seen.set(key, candidate);
	}
}

/** A new inject needs a title, or a text to take one from; in the script there may be drafts without. */
function checkTitles(
	candidates: readonly Candidate[],
	columnsOf: ReadonlyMap<Target, number[]>,
	script: readonly Inject[],
	problems: RowProblem[]
): void {
	const references = new Set(script.map((inject) => lineText(inject.reference).toLowerCase()));
	for (const { values, whenNew, musterId, reference, row } of candidates) {
		if (
			values.title ||
			whenNew.title ||
			musterId ||
			(reference !== '' && references.has(reference.toLowerCase()))
		)
			continue;
		const column = columnsOf.get('title')?.[0] ?? columnsOf.get('body')?.[0] ?? null;
		problems.push({
			row,
			column,
			cellText: '',
			message: 'This inject has neither a title nor a text.',
			severity: 'error'
		});
	}
}

/** `after` names another inject by its reference, in the file or in the script, or by the id that export writes. */
function resolvePredecessors(
	candidates: readonly Candidate[],
	columnsOf: ReadonlyMap<Target, number[]>,
	sheet: Sheet,
	script: readonly Inject[],
	problems: RowProblem[]
): void {
	const known = new Map<string, InjectId>();
	// weakest first: what is set later wins
	for (const inject of script) for (const other of followed(inject)) known.set(other, other);
	for (const inject of script) known.set(inject.id, inject.id);
	const byReference = new Map<string, InjectId>();
	for (const inject of [...script].reverse()) {
		if (lineText(inject.reference)) byReference.set(lineText(inject.reference).toLowerCase(), inject.id);
	}
	for (const { musterId, reference, row } of [...candidates].reverse()) {
		if (reference === '') continue;
		byReference.set(
			reference.toLowerCase(),
			musterId ?? byReference.get(reference.toLowerCase()) ?? rowKey(row)
		);
	}
	const find = (named: string) => byReference.get(named.toLowerCase()) ?? known.get(named);
	const actions = {
		script: new Map<string, readonly ExpectedAction[]>(script.map((one) => [one.id, one.expectedActions])),
		file: new Map<string, readonly ExpectedAction[]>(
			candidates.flatMap(({ values, musterId, reference, row }) =>
				values.expectedActions
					? [[musterId ?? byReference.get(reference.toLowerCase()) ?? rowKey(row), values.expectedActions]]
					: []
			)
		)
	};
	for (const { values, musterId, row } of candidates) {
		if (values.schedule?.mode === 'condition') {
			const resolved = resolveClauses(values.schedule, find, (inject) => ({
				...(actions.file.get(inject) && { file: actions.file.get(inject)! }),
				...(actions.script.get(inject) && { script: actions.script.get(inject)! })
			}));
			if (!('unknown' in resolved)) {
				values.schedule = resolved;
				continue;
			}
			const column = columnsOf.get('condition')?.[0] ?? null;
			delete values.schedule;
			problems.push({
				row,
				column,
				cellText: cellText(sheet.rows[row]?.[column ?? -1]).slice(0, 200),
				message: `No inject “${resolved.unknown.slice(0, 60)}” in this file or in the script.`,
				severity: 'error'
			});
			continue;
		}
		if (values.schedule?.mode !== 'after') continue;
		const named = lineText(values.schedule.inject);
		const target = find(named);
		const itself = target !== undefined && (target === musterId || target === rowKey(row));
		if (target !== undefined && !(itself && !musterId)) {
			values.schedule = { ...values.schedule, inject: target };
			continue;
		}
		const column = columnsOf.get('after')?.[0] ?? null;
		delete values.schedule;
		problems.push({
			row,
			column,
			cellText: cellText(sheet.rows[row]?.[column ?? -1]).slice(0, 200),
			message: itself
				? 'An inject cannot follow itself.'
				: `No inject “${named.slice(0, 60)}” in this file or in the script.`,
			severity: 'error'
		});
	}
}
