import { AppError } from '#lib/errors.ts';
import { isDirector } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { exportFileName } from '#lib/exercise/inject/spreadsheet/export.ts';
import { writeAudit } from '../../audit/audit.ts';
import type { Database } from '../../database/open.ts';
import type { Manifest } from './manifest.ts';
import { writeArchive } from './write.ts';

/**
 * The whole exercise as one file, for its director: everything that everybody wrote is in it. To all others there is no
 * such thing. The audit log tells of it first, so that the archive tells of itself.
 */
export async function exportArchive(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	to: WritableStream<Uint8Array>,
	progress?: (sentence: string) => void
): Promise<Manifest> {
	requireArchive(actor);
	await database.db.transaction((tx) =>
		writeAudit(tx, { scope: exercise.id, actorId: actor.accountId, act: 'exercise.archived', detail: {} })
	);
	return writeArchive(database, exercise, to, progress);
}

export function requireArchive(actor: Actor): void {
	if (!isDirector(actor)) throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
}

/** Marked and labelled like every other file that leaves. */
export const archiveFileName = (exercise: Exercise) =>
	exportFileName(exercise.name, 'archive', exercise.tlp, 'xlsx').replace(
		/_script_archive(.*)\.xlsx$/,
		'_archive$1.zip'
	);
