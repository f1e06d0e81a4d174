import { stringify } from 'csv-stringify/sync';
import { countries } from '#lib/standards/countries.ts';
import { tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import { tellTime } from '#lib/exercise/exercise/clock.ts';
import { markingOf } from '#lib/exercise/exercise/kind.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { neutralise } from '#lib/exercise/inject/spreadsheet/table.ts';
import type { RecordFilters } from '#lib/exercise/record/filters.ts';
import type { RecordLine } from '#lib/exercise/record/line.ts';
import type { Database } from '../../database/open.ts';
import { auditExport, exerciseClock, exportFileName, streamed, type ExportFile } from './file.ts';
import { eachBatch, openRecord, tlpOfLines, wording, type OpenRecord } from './read.ts';

export const csvColumns = [
	'number',
	'exercise_time',
	'exercise_clock',
	'wall_time_utc',
	'team',
	'country',
	'kind',
	'what_happened',
	'text',
	'by',
	'tlp'
] as const;

/**
 * The record as CSV (RFC 4180, UTF-8 with its mark so that spreadsheets read it as such). Marking and label stand
 * above the headings and below the last line; every line has as many cells as there are columns.
 */
export async function exportCsv(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	filters: RecordFilters
): Promise<ExportFile> {
	const record = await openRecord(database, exercise, actor);
	const tlp = await tlpOfLines(record, filters);
	await auditExport(record, 'csv', tlp, filters);
	return {
		name: exportFileName(exercise, 'record', tlp, 'csv'),
		type: 'text/csv; charset=utf-8',
		body: streamed(csvParts(record, filters, tlp))
	};
}

/** The file's text; who takes it out is the caller's to ask and to record. */
export function csvParts(record: OpenRecord, filters: RecordFilters, tlp: Tlp): AsyncGenerator<string> {
	return rows(record, filters, [
		[markingOf(record.exercise), tlpLabel(tlp)],
		[record.exercise.name, `as of ${new Date().toISOString()}`]
	]);
}

async function* rows(record: OpenRecord, filters: RecordFilters, mark: string[][]): AsyncGenerator<string> {
	yield `\ufeff${lines([...mark, [...csvColumns]])}`;
	const countryOf = new Map(record.teams.map((team) => [team.name, team.country]));
	let number = 0;
	for await (const batch of eachBatch(record, { filters }))
		yield lines(batch.map(({ line }) => cells(record, line, ++number, countryOf)));
	yield lines(mark.slice(0, 1));
}

function cells(
	record: OpenRecord,
	line: RecordLine,
	number: number,
	countryOf: ReadonlyMap<string, string>
): string[] {
	const { exercise } = record;
	const { say } = wording(record);
	const country = line.team === null ? undefined : countryOf.get(line.team);
	return [
		String(number),
		exerciseClock(exercise, line.exerciseAt),
		line.exerciseAt === null ? '' : tellTime(line.exerciseAt, exercise, { seconds: true }),
		new Date(line.wallAt).toISOString(),
		line.team ?? '',
		countries.find(({ code }) => code === country)?.name ?? '',
		line.kind,
		line.sentence,
		line.detail,
		line.by ?? (line.bySchedule ? say('review.record.schedule') : ''),
		line.tlp === null ? '' : tlpLabel(line.tlp)
	];
}

function lines(records: readonly (readonly string[])[]): string {
	const padded = records.map((record) => csvColumns.map((_, i) => neutralise(record[i] ?? '')));
	return stringify(padded, { record_delimiter: 'windows' });
}
