import { z } from 'zod';
import { countryCodes } from '#lib/standards/countries.ts';
import { teamLevels } from '../../exercise/schema.ts';
import { idPattern, type TeamId } from '../../ids.ts';
import { newInject, type Inject } from '../schema.ts';
import { foreignCandidates } from '../foreign/candidates.ts';
import type { ForeignExercise } from '../foreign/shape.ts';
import type { Candidate, ReadContext, RowProblem, SkippedRow, UnknownName } from './candidates.ts';
import { targets, type Target } from './columns.ts';
import type { Mapping, Proposal } from './headings.ts';
import { fieldText, makePlan, planFingerprint, type FieldChange, type Plan } from './plan.ts';
import type { NameMatch } from './recipients.ts';
import { readRows } from './rows.ts';
import { cellText, type Sheet } from './table.ts';

/** What the planner has chosen so far: how to read the file. The browser sends it, so it is checked. */
export const selectionSchema = z.object({
	sheet: z.number().int().min(0).max(1000),
	headerRow: z.number().int().min(0).max(1_048_576).nullable(),
	columns: z.array(z.enum(targets)).max(1000),
	dateOrder: z.enum(['dmy', 'mdy']),
	bareTimes: z.enum(['clock', 'elapsed']).nullable(),
	/** decisions on names that nobody knows, by the name's key */
	matches: z
		.array(
			z.object({
				key: z.string().max(400),
				match: z.discriminatedUnion('to', [
					z.object({ to: z.literal('team'), team: z.string().regex(idPattern) }),
					z.object({ to: z.literal('country'), country: z.enum(countryCodes) }),
					z.object({ to: z.literal('level'), level: z.enum(teamLevels) }),
					z.object({ to: z.literal('all') }),
					z.object({ to: z.literal('nobody') })
				])
			})
		)
		.max(2000),
	/** indexes of rows that are left out */
	leaveOut: z.array(z.number().int().min(0).max(1_048_576)).max(50_000)
});
export type Selection = z.infer<typeof selectionSchema>;

export interface UploadedFile {
	/** by which the server finds it again for a while */
	file: string;
	name: string;
	sheets: { name: string; rows: number }[];
	/** the sheet that looks most like a script */
	best: number;
	proposal: Proposal;
	/** the first rows as text, to choose the heading row from */
	firstRows: string[][];
	/** another tool's export: what it is, and what it has beside injects; null: a spreadsheet */
	foreign: Pick<ForeignExercise, 'tool' | 'title' | 'found' | 'notes' | 'people'> | null;
}

export interface PreviewRow {
	row: number;
	state: 'added' | 'changed' | 'unchanged' | 'error' | SkippedRow['reason'];
	cells: string[];
	/** what was read where that is not what stands in the cell: by column */
	read: Record<number, string>;
	problems: Pick<RowProblem, 'column' | 'message' | 'severity'>[];
}

/** A file as it would be imported, as the page shows it. Lists are cut at `previewLimits`, the counts are whole. */
export interface Preview {
	counts: Record<
		'added' | 'changed' | 'unchanged' | 'notInFile' | 'sections' | 'leftOut' | 'errors' | 'warnings',
		number
	>;
	rows: PreviewRow[];
	moreRows: number;
	/** problems of the whole file */
	fileProblems: string[];
	/** the rows that have errors, all of them */
	errorRows: number[];
	unknownNames: { name: string; key: string; rows: number[]; similar: TeamId[] }[];
	added: {
		row: number;
		reference: string;
		title: string;
		schedule: string;
		to: string;
		channel: Inject['channel'];
	}[];
	changed: { row: number; reference: string; title: string; fields: FieldChange[] }[];
	notInFile: { reference: string; title: string }[];
	/** changes with the difference: what is confirmed is what was shown */
	fingerprint: string;
}

export const previewLimits = {
	rows: 250,
	errorRows: 250,
	cellText: 240,
	fieldText: 600,
	unknownRows: 50
} as const;

/** Reads and compares a sheet as the planner's selection says. Used for showing, and again before writing. */
export function readSelection(
	sheet: Sheet,
	selection: Selection,
	context: Omit<ReadContext, 'matches' | 'leaveOut'>,
	foreign: ForeignExercise | null = null
) {
	const mapping: Mapping = {
		headerRow: selection.headerRow,
		columns: selection.columns,
		dateOrder: selection.dateOrder,
		bareTimes: selection.bareTimes ?? undefined
	};
	const matches = Object.fromEntries(selection.matches.map(({ key, match }) => [key, match as NameMatch]));
	const chosen: ReadContext = { ...context, matches, leaveOut: new Set(selection.leaveOut) };
	const read = foreign
		? foreignCandidates(foreign, selection.columns, chosen)
		: readRows(sheet, mapping, chosen);
	const plan = makePlan(read.candidates, context);
	return { ...read, plan, fingerprint: planFingerprint(plan) };
}

/** Whether anything keeps this file from being imported, as a sentence; null: nothing does. */
export function importProblem(
	problems: readonly RowProblem[],
	plan: Plan,
	limit: number,
	scriptSize: number
): string | null {
	const errors = problems.filter(({ severity }) => severity === 'error').length;
	if (errors > 0)
		return `${errors === 1 ? 'One cell' : `${errors} cells`} of this file cannot be read. Put it right, or leave the rows out.`;
	if (scriptSize + plan.added.length > limit)
		return `A script holds at most ${limit.toLocaleString('en')} injects; with this file it would have ${scriptSize + plan.added.length}.`;
	if (plan.added.length === 0 && plan.changed.length === 0)
		return 'This file makes no difference to the script.';
	return null;
}

export function makePreview(
	sheet: Sheet,
	selection: Selection,
	context: Omit<ReadContext, 'matches' | 'leaveOut'>,
	foreign: ForeignExercise | null = null
): Preview {
	const { candidates, problems, skipped, unknownNames, plan, fingerprint } = readSelection(
		sheet,
		selection,
		context,
		foreign
	);
	const byRow = new Map<number, RowProblem[]>();
	for (const problem of problems)
		if (problem.row !== null) byRow.set(problem.row, [...(byRow.get(problem.row) ?? []), problem]);
	const errorRows = [...byRow]
		.filter(([, list]) => list.some(({ severity }) => severity === 'error'))
		.map(([row]) => row)
		.sort((a, b) => a - b);
	const states = new Map<number, PreviewRow['state']>([
		...plan.added.map(({ row }) => [row, 'added'] as const),
		...plan.changed.map(({ row }) => [row, 'changed'] as const),
		...plan.unchanged.map(({ row }) => [row, 'unchanged'] as const),
		...skipped.map(({ row, reason }) => [row, reason] as const),
		...errorRows.map((row) => [row, 'error'] as const)
	]);
	const candidateOf = new Map(candidates.map((candidate) => [candidate.row, candidate]));
	const all = [...states.keys()].sort((a, b) => a - b);
	const shown = [
		...new Set([...all.slice(0, previewLimits.rows), ...errorRows.slice(0, previewLimits.errorRows)])
	].sort((a, b) => a - b);
	const short = (text: string, max: number) => (text.length > max ? `${text.slice(0, max - 1)}…` : text);
	const count = (reason: SkippedRow['reason']) => skipped.filter((row) => row.reason === reason).length;
	const severity = (wanted: RowProblem['severity']) =>
		problems.filter((problem) => problem.severity === wanted).length;
	return {
		counts: {
			added: plan.added.length,
			changed: plan.changed.length,
			unchanged: plan.unchanged.length,
			notInFile: plan.notInFile.length,
			sections: count('section'),
			leftOut: count('left-out'),
			errors: severity('error'),
			warnings: severity('warning')
		},
		rows: shown.map((row) => ({
			row,
			state: states.get(row)!,
			cells: selection.columns.map((_, column) =>
				short(cellText(sheet.rows[row]?.[column]), previewLimits.cellText)
			),
			read: readings(candidateOf.get(row), selection.columns, context),
			problems: (byRow.get(row) ?? []).map(({ column, message, severity: how }) => ({
				column,
				message,
				severity: how
			}))
		})),
		moreRows: all.length - shown.length,
		fileProblems: problems.filter(({ row }) => row === null).map(({ message }) => message),
		errorRows,
		unknownNames: unknownNames.map((unknown) => unknownOf(unknown)),
		added: plan.added.map(({ row, values }) => {
			const inject = newInject('' as Inject['id'], values);
			return {
				row,
				reference: inject.reference,
				title: short(inject.title, 200),
				schedule: fieldText('schedule', inject, context),
				to: short(fieldText('to', inject, context), 200),
				channel: inject.channel
			};
		}),
		changed: plan.changed.map(({ row, inject, fields }) => ({
			row,
			reference: inject.reference,
			title: inject.title,
			fields: fields.map(({ field, before, after }) => ({
				field,
				before: short(before, previewLimits.fieldText),
				after: short(after, previewLimits.fieldText)
			}))
		})),
		notInFile: plan.notInFile.map(({ reference, title }) => ({ reference, title })),
		fingerprint
	};
}

const unknownOf = ({ name, key, rows, similar }: UnknownName) => ({
	name: name.slice(0, 200),
	key,
	rows: rows.slice(0, previewLimits.unknownRows),
	similar: similar.map((team) => team.id)
});

/** What the cells whose meaning is not plain were taken for. */
function readings(
	candidate: Candidate | undefined,
	columns: readonly Target[],
	context: Pick<ReadContext, 'timeZone' | 'teams' | 'script'>
): Record<number, string> {
	if (!candidate) return {};
	const { values, whenNew } = candidate;
	const inject = newInject('' as Inject['id'], { ...whenNew, ...values });
	const read: Record<number, string> = {};
	const put = (wanted: Target, text: string) => {
		const column = columns.indexOf(wanted);
		if (column >= 0) read[column] = text;
	};
	if (values.schedule) {
		const text = fieldText('schedule', inject, context);
		const column = columns.findIndex(
			(target) => target === 'time' || target === 'offset' || target === 'after'
		);
		if (column >= 0) read[column] = text;
	}
	if (values.to) {
		const column = columns.findIndex(
			(target) => target === 'to' || target === 'toTeams' || target === 'toCountries'
		);
		if (column >= 0) read[column] = fieldText('to', inject, context).slice(0, previewLimits.cellText);
	}
	if (values.category) put('category', values.category);
	if (values.channel) put('channel', values.channel);
	if (values.level) put('level', values.level);
	if (values.tlp) put('tlp', fieldText('tlp', inject, context));
	return read;
}
