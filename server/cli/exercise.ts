import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import path from 'node:path';
import { asc } from 'drizzle-orm';
import { Temporal } from 'temporal-polyfill';
import { AppError } from '#lib/errors.ts';
import { tlpIds, type Tlp } from '#lib/standards/tlp.ts';
import { readFilters } from '#lib/exercise/record/filters.ts';
import type { Selection } from '#lib/exercise/inject/spreadsheet/preview.ts';
import { exercise as exerciseTable } from '../database/schema.ts';
import type { Services } from '../services.ts';
import {
	asOption,
	optionalText,
	personOf,
	textOf,
	UsageError,
	type Command,
	type Values
} from './command.ts';

const exerciseOption = {
	exercise: { means: 'id, as `muster exercise list` shows it', value: 'id', required: true }
};
const cellOption = {
	cell: { means: 'planning cell: central, or a country as GR', value: 'cell', fallback: 'central' }
};
const whats = ['script', 'record', 'report'] as const;

export const exerciseCommands: Command[] = [
	{
		name: 'exercise create',
		summary: 'Creates an exercise in draft. Who creates it is its director.',
		options: {
			...asOption,
			name: { means: 'name of the exercise', value: 'name', required: true },
			start: { means: 'STARTEX in the exercise’s zone: 2026-11-24T09:00', value: 'time', required: true },
			end: { means: 'planned ENDEX', value: 'time', required: true },
			'time-zone': {
				means: 'zone in which exercise time is told',
				value: 'zone',
				fallback: 'Europe/Brussels'
			},
			tlp: { means: `marking: ${tlpIds.join(', ')}`, value: 'label', fallback: 'amber' }
		},
		async run(services, values) {
			const timeZone = optionalText(values, 'time-zone') ?? 'Europe/Brussels';
			const tlp = optionalText(values, 'tlp') ?? 'amber';
			if (!tlpIds.includes(tlp as Tlp)) throw new UsageError(`--tlp is one of ${tlpIds.join(', ')}.`);
			const by = await personOf(services, values);
			const id = await services.exercises.create(
				{
					name: textOf(values, 'name'),
					tlp: tlp as Tlp,
					timeZone,
					startsAt: instantOf(values, 'start', timeZone),
					endsAt: instantOf(values, 'end', timeZone)
				},
				by
			);
			const address = `${services.config.origin}/exercises/${id}`;
			return { text: `Created: ${address}`, json: { id, address } };
		}
	},
	{
		name: 'exercise list',
		summary: 'Lists all exercises of this installation: id, state, name.',
		options: {},
		async run({ database }) {
			const rows = await database.db
				.select({ id: exerciseTable.id, state: exerciseTable.state, name: exerciseTable.name })
				.from(exerciseTable)
				.orderBy(asc(exerciseTable.createdAt), asc(exerciseTable.id));
			return {
				text:
					rows.map((row) => `${row.id}  ${row.state.padEnd(10)}  ${row.name}`).join('\n') ||
					'There is none yet.',
				json: { exercises: rows }
			};
		}
	},
	{
		name: 'exercise import',
		summary:
			'Imports a spreadsheet (XLSX or CSV) into a script. It edits the page only: nothing is approved or released.',
		options: {
			...asOption,
			...exerciseOption,
			...cellOption,
			file: { means: 'the spreadsheet', value: 'path', required: true },
			sheet: { means: 'number of the sheet, from 1', value: 'n', fallback: 'the one most like a script' },
			'dry-run': { means: 'tells what would change, and changes nothing' }
		},
		run: importScript
	},
	{
		name: 'exercise export',
		summary:
			'Writes a script (xlsx, csv), the record (csv, json) or the after-action report (docx) to a file.',
		options: {
			...asOption,
			...exerciseOption,
			...cellOption,
			what: { means: whats.join(', '), value: 'what', required: true },
			format: {
				means: 'xlsx or csv for a script, csv or json for the record',
				value: 'format',
				fallback: 'the first'
			},
			out: { means: 'the file to write', value: 'path', fallback: 'a marked name, in this folder' }
		},
		run: exportFile
	}
];

function instantOf(values: Values, name: string, timeZone: string): number {
	const text = textOf(values, name);
	try {
		return Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds;
	} catch {
		throw new UsageError(`--${name} is a time as 2026-11-24T09:00, in a zone as Europe/Brussels.`);
	}
}

async function openAs(services: Services, values: Values) {
	return services.exercises.open(textOf(values, 'exercise'), { id: await personOf(services, values) });
}

async function importScript(services: Services, values: Values) {
	const { scriptExchange } = services;
	const { exercise, actor } = await openAs(services, values);
	const cell = optionalText(values, 'cell') ?? 'central';
	const file = textOf(values, 'file');
	const bytes = await readFile(file).catch(() => {
		throw new AppError('not-found', `The file ${file} cannot be read.`);
	});
	const upload = await scriptExchange.read(exercise, actor, cell, { bytes, fileName: path.basename(file) });
	const number = optionalText(values, 'sheet');
	const sheet = number === undefined ? upload.best : Number(number) - 1;
	if (!Number.isInteger(sheet) || sheet < 0) throw new UsageError('--sheet is a number from 1.');
	const { proposal } = scriptExchange.propose(actor, upload.file, sheet);
	const selection: Selection = {
		sheet,
		headerRow: proposal.headerRow,
		columns: [...proposal.columns],
		dateOrder: proposal.dateOrder,
		bareTimes: proposal.bareTimes ?? null,
		matches: [],
		leaveOut: []
	};
	const preview = await scriptExchange.preview(exercise, actor, cell, upload.file, selection);
	const unknown = preview.unknownNames.map((one) => one.name);
	const problems = [
		...preview.fileProblems,
		...preview.rows.flatMap((row) =>
			row.problems.filter((one) => one.severity === 'error').map((one) => `row ${row.row}: ${one.message}`)
		)
	];
	const told = [
		`${preview.counts.added} to add, ${preview.counts.changed} to change, ${preview.counts.unchanged} the same, ${preview.counts.errors} with errors`,
		...problems,
		...(unknown.length > 0 ? [`Nobody knows these recipients: ${unknown.join(', ')}`] : [])
	].join('\n');
	const json = { counts: preview.counts, problems, unknownNames: unknown };
	if (values['dry-run']) return { text: told, json };
	if (unknown.length > 0 || problems.length > 0)
		return {
			ok: false,
			text: `${told}\nNothing was imported. Repair the file, or use the import page.`,
			json
		};
	const imported = await scriptExchange.commit(
		exercise,
		actor,
		cell,
		upload.file,
		selection,
		preview.fingerprint
	);
	return {
		text: `Imported: ${imported.added} added, ${imported.changed} changed, ${imported.unchanged} the same.`,
		json: { imported }
	};
}

async function exportFile(services: Services, values: Values) {
	const { database, documents, views, scriptExchange } = services;
	const what = textOf(values, 'what') as (typeof whats)[number];
	if (!whats.includes(what)) throw new UsageError(`--what is one of ${whats.join(', ')}.`);
	const formats = { script: ['xlsx', 'csv'], record: ['csv', 'json'], report: ['docx'] }[what];
	const format = optionalText(values, 'format') ?? formats[0]!;
	if (!formats.includes(format)) throw new UsageError(`--format of a ${what} is ${formats.join(' or ')}.`);
	const { exercise, actor } = await openAs(services, values);
	if (what === 'script') {
		const cell = optionalText(values, 'cell') ?? 'central';
		const file = await scriptExchange.export(exercise, actor, cell, format as 'xlsx' | 'csv');
		const out = optionalText(values, 'out') ?? file.fileName;
		await writeFile(out, file.bytes);
		return { text: `Wrote ${out}`, json: { file: out } };
	}
	const filters = readFilters(new URLSearchParams(), exercise.timeZone);
	const file =
		what === 'report'
			? await views.record.exportReport({ database, documents }, exercise, actor)
			: await (format === 'json' ? views.record.exportJson : views.record.exportCsv)(
					database,
					exercise,
					actor,
					filters
				);
	const out = optionalText(values, 'out') ?? file.name;
	await pipeline(Readable.fromWeb(file.body as never), createWriteStream(out));
	return { text: `Wrote ${out}`, json: { file: out } };
}
