import { z } from 'zod';
import { id } from '../exercise/schema.ts';
import type { FileId } from '../ids.ts';

/**
 * A file that a team keeps. Its id is its address: open to whoever may read the team's room, to nobody else. Shared with
 * another audience it would get another one (PROMISES R1).
 */
export interface TeamFile {
	file: FileId;
	name: string;
	/** by its content, not by its name */
	mediaType: string;
	bytes: number;
}

export const teamFileLimits = {
	/** of one entry: more belong into a folder of their own */
	filesOfEntry: 10,
	/** of one team: enough for ten hours of screenshots, and one team cannot fill the exercise's store (P9) */
	teamBytes: 500_000_000,
	/** of one record */
	filesOfRecord: 50
} as const;

export const fileIds = z
	.array(id<FileId>())
	.max(teamFileLimits.filesOfEntry, `At most ${teamFileLimits.filesOfEntry} files at once.`);

/** The files that are named, in their order; null: one of them is not the team's. */
export function namedFiles(
	wanted: readonly FileId[],
	known: ReadonlyMap<string, TeamFile> | undefined
): TeamFile[] | null {
	const found = [...new Set(wanted)].map((file) => known?.get(file));
	return found.every((file) => file !== undefined) ? found : null;
}
