import { AppError } from '#lib/errors.ts';
import { isDirector } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { strictestTlp, tlpIds } from '#lib/standards/tlp.ts';
import { writeAudit } from '../../audit/audit.ts';
import type { Database } from '../../database/open.ts';
import type { FileStore } from '../../files/store.ts';
import { exportFileName } from '../record/file.ts';
import type { Manifest } from './manifest.ts';
import { writeArchive } from './write.ts';

/**
 * The whole exercise as one file, for its director: everything that everybody wrote is in it. To all others there is no
 * such thing. The audit log tells of it first, so that the archive tells of itself.
 */
export async function exportArchive(
	database: Database,
	files: Pick<FileStore, 'open'>,
	exercise: Exercise,
	actor: Actor,
	to: WritableStream<Uint8Array>,
	progress?: (sentence: string) => void
): Promise<Manifest> {
	requireArchive(actor);
	await database.db.transaction((tx) =>
		writeAudit(tx, { scope: exercise.id, actorId: actor.accountId, act: 'exercise.archived', detail: {} })
	);
	return writeArchive(database, files, exercise, to, progress);
}

export function requireArchive(actor: Actor): void {
	if (!isDirector(actor)) throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
}

/** Marked and labelled like every other file that leaves: as strict as the strictest inject that was approved. */
export async function archiveFileName(database: Database, exercise: Exercise): Promise<string> {
	const { rows } = await database.pool.query<{ tlp: string }>(
		`select distinct v.content->>'tlp' as tlp from inject_version v
		join inject i on i.id = v.inject_id where i.exercise_id = $1`,
		[exercise.id]
	);
	const labels = rows.flatMap(({ tlp }) => tlpIds.filter((known) => known === tlp));
	const tlp = strictestTlp([exercise.tlp, ...labels]);
	return exportFileName(exercise, 'archive', tlp, 'zip');
}
