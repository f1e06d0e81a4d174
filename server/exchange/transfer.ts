import { AppError } from '#lib/errors.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { Database } from '../database/open.ts';
import type { FileStore } from '../files/store.ts';
import type { Documents } from '../documents/documents.ts';
import { archiveFileName, exportArchive, requireArchive } from './archive/archive.ts';
import { exportCalendar } from './calendar.ts';
import { exportCountry } from './country/country.ts';
import { createMappings } from './mappings.ts';

/** What comes in and goes out beside spreadsheets: kept mappings, the plan as a calendar, the exercise as an archive. */
export function createTransfer(given: {
	database: Database;
	documents: Pick<Documents, 'read'>;
	files: Pick<FileStore, 'open'>;
}) {
	const { database, files } = given;
	/** an archive is hours of work for a disk: one at a time */
	let archiving = false;

	return {
		mappings: createMappings(database),

		calendar: (exercise: Exercise, actor: Actor, cell: string) =>
			exportCalendar(given, exercise, actor, cell),

		/** What one country takes along, its own part alone. */
		country: (exercise: Exercise, actor: Actor, country: string | null) =>
			exportCountry(given, exercise, actor, country),

		/** Streams; the rights are checked before it is answered. */
		async archive(
			exercise: Exercise,
			actor: Actor
		): Promise<{ name: string; body: ReadableStream<Uint8Array> }> {
			requireArchive(actor);
			const name = await archiveFileName(database, exercise);
			if (archiving)
				throw new AppError('slow-down', 'Another archive is being written. Try again in a minute.', {
					retry: { after: 60_000 }
				});
			archiving = true;
			const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
			exportArchive(database, files, exercise, actor, writable)
				// whoever reads it hears of it: the download breaks off, and is no archive
				.catch((error: unknown) => writable.abort(error).catch(() => undefined))
				.finally(() => (archiving = false));
			return { name, body: readable };
		}
	};
}
