import { createHash } from 'node:crypto';
import { tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import { markingOf } from '#lib/exercise/exercise/kind.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { canonical } from '#lib/exercise/fingerprint.ts';
import type { RecordFilters } from '#lib/exercise/record/filters.ts';
import { isFiltered } from '#lib/exercise/record/filters.ts';
import { extentOf } from '#lib/exercise/record/scope.ts';
import type { Database } from '../../database/open.ts';
import { auditExport, exerciseClock, exportFileName, streamed, type ExportFile } from './file.ts';
import { eachBatch, openRecord, readsWhole, tlpOfLines, type NumberedLine, type OpenRecord } from './read.ts';

/** Raise when a field changes its meaning or goes away. */
export const recordSchemaVersion = 1;

/** One part of the file and its sum, so that a reader can tell whether it arrived whole (DOMAIN 8.5). */
export interface HashedPart {
	part: 'exercise' | 'teams' | 'facts';
	/** of facts: from and to which, counted from 1 */
	from?: number;
	to?: number;
	sha256: string;
}

/**
 * The record as JSON: head, facts, counts, sums. A sum is SHA-256 over the part as canonical JSON (sorted keys, no
 * spaces); of facts, over the canonical lines of a block joined by line feeds. Whoever reads the whole record gets
 * each fact as stored beside its words; all others get the words.
 */
export async function exportJson(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	filters: RecordFilters
): Promise<ExportFile> {
	const record = await openRecord(database, exercise, actor);
	const tlp = await tlpOfLines(record, filters);
	await auditExport(record, 'json', tlp, filters);
	return {
		name: exportFileName(exercise, 'record', tlp, 'json'),
		type: 'application/json; charset=utf-8',
		body: streamed(jsonParts(record, filters, tlp))
	};
}

/** The file's text; who takes it out is the caller's to ask and to record. */
export function jsonParts(record: OpenRecord, filters: RecordFilters, tlp: Tlp): AsyncGenerator<string> {
	return parts(record, filters, {
		format: 'muster-record',
		schemaVersion: recordSchemaVersion,
		marking: markingOf(record.exercise),
		tlp: tlpLabel(tlp),
		asOf: new Date().toISOString(),
		extent: extentOf(record.scope, record.actor),
		filtered: isFiltered(filters)
	});
}

async function* parts(
	record: OpenRecord,
	filters: RecordFilters,
	head: Record<string, unknown>
): AsyncGenerator<string> {
	const exercise = exerciseHead(record.exercise);
	const teams = record.teams.map(({ name, country, level }) => ({ name, country, level }));
	const sums: HashedPart[] = [
		{ part: 'exercise', sha256: sha256(canonical(exercise)) },
		{ part: 'teams', sha256: sha256(canonical(teams)) }
	];
	const fields = Object.entries({ ...head, exercise, teams });
	yield `{\n${fields.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',\n')},\n"facts": [`;
	const counts: Record<string, number> = {};
	let number = 0;
	for await (const batch of eachBatch(record, { filters, whole: true })) {
		const from = number + 1;
		const texts = batch.map((numbered) => {
			counts[numbered.line.kind] = (counts[numbered.line.kind] ?? 0) + 1;
			return canonical(factOf(record, numbered, ++number));
		});
		sums.push({ part: 'facts', from, to: number, sha256: sha256(texts.join('\n')) });
		yield `${from === 1 ? '' : ','}\n${texts.join(',\n')}`;
	}
	const totals = { facts: number, teams: teams.length, byKind: counts };
	yield `\n],\n"counts": ${JSON.stringify(totals)},\n"sha256": ${JSON.stringify(sums)}\n}\n`;
}

function factOf(record: OpenRecord, { sequence, line, fact }: NumberedLine, number: number) {
	const { exercise } = record;
	return {
		number,
		kind: line.kind,
		team: line.team,
		by: line.by,
		bySchedule: line.bySchedule,
		exerciseTime: line.exerciseAt === null ? null : exerciseClock(exercise, line.exerciseAt),
		wallTime: new Date(line.wallAt).toISOString(),
		tlp: line.tlp === null ? null : tlpLabel(line.tlp),
		sentence: line.sentence,
		text: line.detail,
		// numbers of facts count the whole exercise: only whoever reads all of it may know them (PROMISES P1)
		...(readsWhole(record) && { sequence, fact })
	};
}

function exerciseHead({ kind, name, tlp, state, timeZone, startsAt, endsAt, clock }: Exercise) {
	return {
		kind,
		name,
		tlp: tlpLabel(tlp),
		state,
		timeZone,
		...(kind === 'real'
			? {
					opened: new Date(startsAt).toISOString(),
					closed: state === 'running' ? null : new Date(endsAt).toISOString()
				}
			: { startex: new Date(startsAt).toISOString(), endex: new Date(endsAt).toISOString() }),
		clock: clock.map(({ wallStart, exerciseStart, rate }) => ({
			wallTime: new Date(wallStart).toISOString(),
			exerciseTime: new Date(exerciseStart).toISOString(),
			rate
		}))
	};
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
