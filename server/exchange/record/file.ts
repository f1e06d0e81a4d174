import { Readable } from 'node:stream';
import { tlpLabel, type Tlp } from '#lib/standards/tlp.ts';
import { filePrefixOf } from '#lib/exercise/exercise/kind.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import type { RecordFilters } from '#lib/exercise/record/filters.ts';
import { zonedTime } from '#lib/exercise/exercise/local-time.ts';
import { writeAudit } from '../../audit/audit.ts';
import type { OpenRecord } from './read.ts';

/** A file on its way out. Written while it is sent, so that a large one never stands in memory as a whole. */
export interface ExportFile {
	name: string;
	type: string;
	body: ReadableStream<Uint8Array>;
}

export type ExportFormat = 'csv' | 'json' | 'docx' | 'xlsx' | 'zip';

/** `EX_Cyber-Meridian-2026_record_TLP-AMBER.csv`: marked as exercise or real even on the reader's disk (DOMAIN 11, 5). */
export function exportFileName(
	exercise: Exercise,
	what: string,
	tlp: Tlp,
	extension: ExportFormat | 'pdf'
): string {
	const safe = (text: string) =>
		text
			.normalize('NFKD')
			.replace(/\p{M}+/gu, '')
			.replace(/[^A-Za-z0-9]+/g, '-')
			.replace(/^-+|-+$/g, '')
			.slice(0, 60);
	return `${filePrefixOf(exercise)}_${safe(exercise.name) || exercise.kind}_${safe(what) || 'report'}_${safe(tlpLabel(tlp))}.${extension}`;
}

/** Who took what out, and how much of it: written before the first byte leaves (PROMISES P7). */
export async function auditExport(
	{ database, exercise, actor, upTo }: OpenRecord,
	format: ExportFormat,
	tlp: Tlp,
	filters: RecordFilters | null
): Promise<void> {
	await database.db.transaction((tx) =>
		writeAudit(tx, {
			scope: exercise.id,
			actorId: actor.accountId,
			act: format === 'docx' ? 'report.exported' : 'record.exported',
			detail: { format, tlp, upTo, ...(filters && { filters: { ...filters } }) }
		})
	);
}

/** `2026-05-12T10:42:17+02:00` in the exercise's zone; empty before STARTEX. */
export const exerciseClock = (exercise: Exercise, at: number | null) =>
	at === null ? '' : zonedTime(at, exercise.timeZone);

export function streamed(parts: AsyncIterable<string>): ReadableStream<Uint8Array> {
	return Readable.toWeb(Readable.from(encoded(parts), { objectMode: false })) as ReadableStream<Uint8Array>;
}

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
	for await (const part of parts) yield Buffer.from(part);
}
