import type { InjectId } from '../../ids.ts';
import { injectLimits, newInject } from '../schema.ts';
import type { Sheet, Cell } from './table.ts';
import { cellText, columnLetters, foldWord, lineText, plainText, splitList, unneutralise } from './table.ts';
import type { Target } from './columns.ts';
import type { Candidate, ReadContext, RowProblem } from './candidates.ts';
import type { Mapping } from './headings.ts';
import { actionsFromText } from './actions.ts';
import { bodyFromText } from './body.ts';
import { nobody, type recipientReader, type RecipientKind } from './recipients.ts';
import { readSchedule, type RowCells } from './row-schedule.ts';
import { readOffset } from './times.ts';
import { readCategory, readChannel, readLevel, readTlp, readYesNo } from './vocabulary.ts';
import { textOfRichText } from '../../rich-text.ts';

/** What is the same for all rows of a sheet, worked out once. */
export interface RowReader {
	mapping: Mapping;
	columnsOf: Map<Target, number[]>;
	headings: string[];
	context: ReadContext;
	recipients: ReturnType<typeof recipientReader>;
	unknownName: (name: string, row: number) => void;
}

/** What an inject has where the file says nothing that is understood. */
const unsaid = newInject('' as InjectId);

const recipientColumns: readonly (readonly [Target, RecipientKind])[] = [
	['to', 'any'],
	['toCountries', 'countries'],
	['toTeams', 'teams'],
	['toLevels', 'levels']
];
/** Headings of numbers that mean little alone: a storyline `Move 2`, not `2`. */
const numberedHeadings = /^(?:move|phase|act|scene|block|fase)$/;

/** Reads one row. `section` is the heading inside the data that it stands under, '' without one. */
export function readRow(
	sheet: Sheet,
	row: number,
	section: string,
	reader: RowReader
): { candidate: Candidate; problems: RowProblem[] } {
	const { columnsOf, context } = reader;
	const cells = sheet.rows[row]!;
	const problems: RowProblem[] = [];
	const say = (target: Target, severity: RowProblem['severity'], message: string) => {
		const column = columnsOf.get(target)?.[0] ?? null;
		problems.push({
			row,
			column,
			cellText: column === null ? '' : cellText(cells[column]).slice(0, 200),
			message,
			severity
		});
	};
	const clean = (cell: Cell | undefined): Cell =>
		typeof cell === 'string' ? unneutralise(plainText(cell)) : (cell ?? null);
	const has = (target: Target) => columnsOf.has(target);
	const cell = (target: Target): Cell => clean(cells[columnsOf.get(target)?.[0] ?? -1]);
	/** all columns of a target; from the second on with their headings, so that notes say where they come from */
	const text = (target: Target, withHeadings = false): string =>
		(columnsOf.get(target) ?? [])
			.map((column, index) => {
				const words = cellText(clean(cells[column]));
				return words !== '' && index > 0 && withHeadings && reader.headings[column]
					? `${reader.headings[column]}: ${words}`
					: words;
			})
			.filter((words) => words !== '')
			.join('\n');
	const line = (target: Target, max: number, label: string): string => {
		const words = lineText(cellText(cell(target)));
		if (words.length > max)
			say(target, 'error', `${label}: at most ${max} characters; this has ${words.length}.`);
		return words.slice(0, max);
	};

	const values: Candidate['values'] = {};
	const whenNew: Candidate['whenNew'] = {};
	const reference = has('reference') ? line('reference', injectLimits.reference, 'Reference') : '';
	if (has('reference')) values.reference = reference;

	if (has('storyline')) {
		const heading = foldWord(reader.headings[columnsOf.get('storyline')![0]!] ?? '');
		const words = line('storyline', 120, 'Storyline');
		values.storyline =
			numberedHeadings.test(heading) && /^\d+$/.test(words)
				? `${heading[0]!.toUpperCase()}${heading.slice(1)} ${words}`
				: words;
	} else if (section !== '') values.storyline = lineText(section).slice(0, 120);

	const known = <T>(
		target: Target,
		read: (words: string) => T | null,
		severity: RowProblem['severity'],
		what: string
	): T | undefined => {
		const words = lineText(cellText(cell(target))).slice(0, 200);
		if (words === '') return undefined;
		const value = read(words);
		if (value === null) {
			const instead =
				severity === 'warning' ? `: a new inject gets “${String(unsaid[target as 'channel'])}”` : '';
			say(target, severity, `“${words.slice(0, 60)}” is no ${what} that Muster knows${instead}.`);
		}
		return value ?? undefined;
	};
	const set = <K extends keyof Candidate['values']>(field: K, value: Candidate['values'][K] | undefined) => {
		if (value !== undefined) values[field] = value;
	};
	set('category', known('category', readCategory, 'warning', 'category'));
	set('level', known('level', readLevel, 'warning', 'level'));
	set('channel', known('channel', readChannel, 'warning', 'channel'));
	set('tlp', known('tlp', readTlp, 'error', 'TLP label'));

	const cellsOfRow: RowCells = { has, cell };
	const { schedule, problem } = readSchedule(cellsOfRow, values.category === 'contingency', {
		startsAt: context.startsAt,
		timeZone: context.timeZone,
		dateOrder: reader.mapping.dateOrder,
		bareTimes: reader.mapping.bareTimes,
		offsetUnit: /\b(?:hours?|hrs?|stunden|heures|horas|ore)\b/.test(
			foldWord(reader.headings[columnsOf.get('offset')?.[0] ?? -1] ?? '')
		)
			? 'hours'
			: 'minutes'
	});
	set('schedule', schedule);
	if (problem) say(problem.target, problem.severity, problem.message);

	if (has('from')) values.from = line('from', 200, 'Sender');
	if (has('controller')) values.controller = line('controller', 200, 'Controller');
	if (recipientColumns.some(([target]) => has(target))) {
		const to = nobody();
		for (const [target, kind] of recipientColumns) {
			const unknown = reader.recipients.read(text(target), kind, to);
			for (const name of unknown) reader.unknownName(name, row);
			if (unknown.length > 0) {
				const names = unknown.slice(0, 5).map((name) => `“${name.slice(0, 60)}”`);
				say(
					target,
					'error',
					`${names.join(', ')}${unknown.length > 5 ? ' …' : ''}: no team, country or level of this exercise.`
				);
			}
		}
		values.to = to;
	}

	if (has('body')) {
		const words = text('body');
		if (words.length > injectLimits.body)
			say(
				'body',
				'error',
				`The text has ${words.length} characters; at most ${injectLimits.body} are possible.`
			);
		values.body = bodyFromText(words.slice(0, injectLimits.body));
	}
	if (has('expectedActions')) {
		let actions = actionsFromText(text('expectedActions').slice(0, 50_000));
		if (actions.some((action) => action.text.length > 1000))
			say('expectedActions', 'error', 'An expected action has at most 1,000 characters.');
		if (actions.length > injectLimits.expectedActions) {
			say(
				'expectedActions',
				'error',
				`An inject has at most ${injectLimits.expectedActions} expected actions; these are ${actions.length}.`
			);
		}
		actions = actions
			.slice(0, injectLimits.expectedActions)
			.map((action) => ({ ...action, text: action.text.slice(0, 1000) }));
		values.expectedActions = actions;
	}
	for (const field of ['objectives', 'capabilities'] as const) {
		if (!has(field)) continue;
		const list = splitList(text(field).slice(0, 50_000));
		if (list.length > 50) say(field, 'error', 'At most 50 are possible.');
		if (list.some((item) => item.length > 120))
			say(field, 'warning', 'Longer than 120 characters: cut there.');
		values[field] = list.slice(0, 50).map((item) => item.slice(0, 120).trim());
	}
	for (const field of ['evaluatorNotes', 'controllerNotes'] as const) {
		if (!has(field)) continue;
		const words = text(field, true);
		if (words.length > injectLimits.notes)
			say(field, 'error', `Notes have at most ${injectLimits.notes} characters; these have ${words.length}.`);
		values[field] = words.slice(0, injectLimits.notes);
	}
	for (const field of ['acknowledgementRequired', 'responseRequired'] as const) {
		if (!has(field) || cellText(cell(field)) === '') continue;
		const value = readYesNo(cell(field));
		if (value === null) say(field, 'error', `“${cellText(cell(field)).slice(0, 60)}” is neither yes nor no.`);
		else values[field] = value;
	}
	for (const [target, field] of [
		['window', 'windowSeconds'],
		['acknowledgeWithin', 'acknowledgeWithin'],
		['respondWithin', 'respondWithin']
	] as const) {
		if (!has(target)) continue;
		const length = cellText(cell(target)) === '' ? null : readOffset(cell(target));
		if (length === null) values[field] = null;
		else if ('problem' in length) say(target, 'error', length.problem);
		else if (length.seconds < 1) say(target, 'error', 'This must be longer than nothing.');
		else values[field] = length.seconds;
	}

	if (has('otherFields'))
		values.otherFields = columnsOf
			.get('otherFields')!
			.flatMap((column) => {
				const value = cellText(clean(cells[column])).slice(0, 4000);
				const name = (reader.headings[column] || columnLetters(column)).slice(0, 120);
				return value === '' ? [] : [{ name, value }];
			})
			.slice(0, injectLimits.otherFields);

	readTitle();
	return { candidate: { row, musterId: null, reference, values, whenNew }, problems };

	/** Where the file has no title (HSEEP has no such column), a new inject is called by how its text begins. */
	function readTitle(): void {
		const words = has('title') ? line('title', injectLimits.title, 'Title') : '';
		if (words !== '') {
			values.title = words;
			if (!has('category') && /^(?:startex|endex|pausex)\b/i.test(words)) whenNew.category = 'administrative';
			return;
		}
		const first = values.body ? lineText(textOfRichText(values.body).split('\n')[0] ?? '') : '';
		const sentence = /^.{10,}?[.!?:](?=\s|$)/.exec(first)?.[0].replace(/[.:]$/, '') ?? first;
		const short = sentence.length <= 90 ? sentence : `${sentence.slice(0, 89).replace(/\s+\S*$/, '')}…`;
		if (short !== '') whenNew.title = short;
	}
}
