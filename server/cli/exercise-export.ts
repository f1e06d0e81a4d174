import { rename, rm, open as openFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#lib/errors.ts';
import { countryCodes, countryName, type CountryCode } from '#lib/standards/countries.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import { exportCsv } from '../exchange/record/csv.ts';
import { exportJson } from '../exchange/record/json.ts';
import { exportReport } from '../exchange/report/export.ts';
import type { Services } from '../services.ts';
import { UsageError, type Command } from './command.ts';
import { asOption, cellGiven, cellOption, exerciseOption, openExercise } from './who.ts';

/** what a file of this kind can hold; the first when nobody says which */
const kinds = {
	'.xlsx': ['script'],
	'.csv': ['script', 'record'],
	'.json': ['record'],
	'.docx': ['report'],
	'.zip': ['country']
} as const;
type Extension = keyof typeof kinds;
const everyKind = ['script', 'record', 'report', 'country'] as const;
type Kind = (typeof everyKind)[number];

export const exerciseExport: Command = {
	name: 'exercise export',
	purpose:
		'writes the script, the record, the after-action report, or what one country takes along to a file',
	help: [
		exerciseOption,
		['--out <path>', '.xlsx or .csv: the script; .json: the record; .docx: the report; .zip: of one country'],
		['--country <code>', 'of a .zip: whose teams, as GR: their record, pages and files'],
		['--what <what>', 'script, record or report, where the name leaves it open: a .csv of the record'],
		['--cell <cell>', `of the script: ${cellOption[1]}`],
		asOption
	],
	options: {
		exercise: { type: 'string' },
		out: { type: 'string' },
		what: { type: 'string' },
		cell: { type: 'string' },
		country: { type: 'string' },
		as: { type: 'string' }
	},
	async run(given, { services: open }) {
		const id = given.required('exercise');
		const out = given.required('out');
		const extension = path.extname(out).toLowerCase() as Extension;
		if (!Object.hasOwn(kinds, extension))
			throw new UsageError(
				'--out must end in .xlsx or .csv (script), .json (record), .docx (report) or .zip (--country).'
			);
		const possible: readonly Kind[] = kinds[extension];
		const kind = given.choice('what', everyKind) ?? possible[0]!;
		if (!possible.includes(kind)) throw new UsageError(`A ${extension} file cannot hold the ${kind}.`);
		const cell = cellGiven(given);
		if (kind !== 'script' && given.text('cell') !== undefined)
			throw new UsageError(`--cell is for scripts; the ${kind} is of the whole exercise.`);
		const country = given.choice('country', countryCodes);
		if ((kind === 'country') !== (country !== undefined))
			throw new UsageError('--country is for a .zip, and a .zip needs it.');
		const services = await open();
		const { exercise, actor } = await openExercise(services, id, given.text('as'));
		const bytes = await writeWhole(out, () =>
			partsOf(services, exercise, actor, { kind, extension, cell, country: country ?? null })
		);
		const what =
			kind === 'script'
				? `script of ${cell}`
				: kind === 'country'
					? `part of ${countryName(country!)}`
					: kind;
		return {
			lines: [`Wrote the ${what} to ${out} (${bytes.toLocaleString('en')} bytes).`],
			data: {
				file: path.resolve(out),
				kind,
				...(kind === 'script' && { cell }),
				...(country && { country }),
				bytes
			}
		};
	}
};

type Parts = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

async function partsOf(
	{ database, documents, scriptExchange, transfer }: Services,
	exercise: Exercise,
	actor: Actor,
	{
		kind,
		extension,
		cell,
		country
	}: { kind: Kind; extension: Extension; cell: string; country: CountryCode | null }
): Promise<Parts> {
	switch (kind) {
		case 'script': {
			const format = extension === '.csv' ? 'csv' : 'xlsx';
			return [(await scriptExchange.export(exercise, actor, cell, format)).bytes];
		}
		case 'record': {
			const write = extension === '.csv' ? exportCsv : exportJson;
			return (await write(database, exercise, actor, noFilters)).body;
		}
		case 'report':
			return (await exportReport({ database, documents }, exercise, actor)).body;
		case 'country':
			return (await transfer.country(exercise, actor, country)).body;
	}
}

/**
 * Beside, then renamed: a file of that name is whole, or still the one from before. Opened first, because the audit
 * log must not tell of an export that had nowhere to go.
 */
async function writeWhole(out: string, parts: () => Promise<Parts>): Promise<number> {
	const half = `${out}.${process.pid}.part`;
	const file = await openFile(half, 'wx').catch((error: unknown) => cannotWrite(out, error));
	try {
		let bytes = 0;
		for await (const part of await parts()) {
			await file.write(part).catch((error: unknown) => cannotWrite(out, error));
			bytes += part.length;
		}
		await file.close();
		await rename(half, out).catch((error: unknown) => cannotWrite(out, error));
		return bytes;
	} catch (error) {
		await file.close().catch(() => undefined);
		await rm(half, { force: true });
		throw error;
	}
}

function cannotWrite(out: string, error: unknown): never {
	throw new AppError('unavailable', `The file ${out} cannot be written: ${(error as Error).message}.`);
}
