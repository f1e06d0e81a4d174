import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#lib/errors.ts';
import type { Preview, Selection } from '#lib/exercise/inject/spreadsheet/preview.ts';
import { columnLetters } from '#lib/exercise/inject/spreadsheet/table.ts';
import { UsageError, type Answer, type Command, type Given } from './command.ts';
import { asOption, cellGiven, cellOption, exerciseOption, openExercise } from './who.ts';

export const exerciseImport: Command = {
	name: 'exercise import',
	purpose: 'imports a script from a spreadsheet, all of it or nothing',
	help: [
		exerciseOption,
		['--file <path>', 'an .xlsx or .csv file'],
		cellOption,
		['--sheet <number>', 'of a workbook, from 1; without it the sheet most like a script'],
		['--date-order <order>', 'dmy or mdy, where 10/06 could be read both ways'],
		['--dry-run', 'says what it would do, and does nothing'],
		asOption
	],
	options: {
		exercise: { type: 'string' },
		file: { type: 'string' },
		cell: { type: 'string' },
		sheet: { type: 'string' },
		'date-order': { type: 'string' },
		'dry-run': { type: 'boolean' },
		as: { type: 'string' }
	},
	async run(given, { services: open }) {
		const id = given.required('exercise');
		const file = given.required('file');
		const cell = cellGiven(given);
		const dateOrder = given.choice('date-order', ['dmy', 'mdy']);
		const sheetNumber = sheetGiven(given);
		const isDry = given.flag('dry-run');
		const bytes = await readFile(file).catch((error: unknown) => {
			throw new AppError('not-found', `The file ${file} cannot be read: ${(error as Error).message}.`);
		});
		const services = await open();
		const { scriptExchange } = services;
		const { exercise, actor } = await openExercise(services, id, given.text('as'));
		const upload = await scriptExchange.read(exercise, actor, cell, {
			bytes,
			fileName: path.basename(file)
		});
		const sheet = sheetNumber === null ? upload.best : sheetNumber - 1;
		const { proposal } = scriptExchange.propose(actor, upload.file, sheet);
		const selection: Selection = {
			sheet,
			headerRow: proposal.headerRow,
			columns: proposal.columns,
			dateOrder: dateOrder ?? proposal.dateOrder,
			bareTimes: proposal.bareTimes ?? null,
			matches: [],
			leaveOut: []
		};
		const preview = await scriptExchange.preview(exercise, actor, cell, upload.file, selection);
		const notes = proposal.dateOrderCertain || dateOrder ? [] : [uncertainDates(proposal.dateOrder)];
		const { counts } = preview;
		const makesDifference = counts.added + counts.changed > 0;
		if (counts.errors > 0 || !makesDifference || isDry)
			return answer(preview, { imported: false, isDry, notes, cell });
		await scriptExchange.commit(exercise, actor, cell, upload.file, selection, preview.fingerprint);
		return answer(preview, { imported: true, isDry, notes, cell });
	}
};

function sheetGiven(given: Given): number | null {
	const text = given.text('sheet');
	if (text === undefined) return null;
	if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError('--sheet must be a number from 1.');
	return Number(text);
}

const uncertainDates = (order: 'dmy' | 'mdy') =>
	`Dates such as 10/06 were read with the ${order === 'dmy' ? 'day' : 'month'} first; --date-order says otherwise.`;

function answer(
	preview: Preview,
	{ imported, isDry, notes, cell }: { imported: boolean; isDry: boolean; notes: string[]; cell: string }
): Answer {
	const { counts } = preview;
	const problems = problemsOf(preview);
	const missing = counts.errors + counts.warnings - problems.length;
	const summary = `${counts.added} added, ${counts.changed} changed, ${counts.unchanged} unchanged`;
	const end =
		counts.errors > 0
			? `Nothing was imported: ${counts.errors === 1 ? 'one cell' : `${counts.errors} cells`} cannot be read.`
			: counts.added + counts.changed === 0
				? `This file makes no difference to the script: ${summary}.`
				: imported
					? `Imported into the script of ${cell}: ${summary}.`
					: `Nothing was imported; without --dry-run it would be: ${summary}.`;
	return {
		lines: [
			...problems.map(problemLine),
			...(missing > 0 ? [`There are ${missing} more of them.`] : []),
			...notes,
			...(counts.notInFile > 0
				? [
						`${counts.notInFile} ${counts.notInFile === 1 ? 'inject' : 'injects'} of the script ${counts.notInFile === 1 ? 'is' : 'are'} not in the file and ${counts.notInFile === 1 ? 'stays as it is' : 'stay as they are'}.`
					]
				: []),
			end
		],
		data: {
			imported,
			dryRun: isDry,
			cell,
			added: counts.added,
			changed: counts.changed,
			unchanged: counts.unchanged,
			notInFile: counts.notInFile,
			errors: counts.errors,
			warnings: counts.warnings,
			problems,
			notes
		},
		failed: counts.errors > 0
	};
}

interface Problem {
	/** as a spreadsheet names them, `12` and `C`; null: the whole file, the whole row */
	row: number | null;
	column: string | null;
	message: string;
	severity: 'error' | 'warning';
}

function problemsOf({ rows, fileProblems }: Preview): Problem[] {
	return [
		...fileProblems.map((message): Problem => ({ row: null, column: null, message, severity: 'error' })),
		...rows.flatMap(({ row, problems }) =>
			problems.map(({ column, message, severity }): Problem => ({
				row: row + 1,
				column: column === null ? null : columnLetters(column),
				message,
				severity
			}))
		)
	];
}

function problemLine({ row, column, message, severity }: Problem): string {
	const place = row === null ? '' : column === null ? `Row ${row}: ` : `${column}${row}: `;
	return `${severity === 'warning' ? 'Note: ' : ''}${place}${message}`;
}
