import { and, eq, inArray } from 'drizzle-orm';
import type { AttachmentId, ExerciseId, FileId, TeamId } from '#lib/exercise/ids.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { StoredAttachment } from '#lib/exercise/inject/attachments.ts';
import type { TeamFile } from '#lib/exercise/team/files.ts';
import type { Transaction } from '../database/open.ts';
import { attachment, teamFile } from '../database/schema.ts';
import { mintId } from '../mint.ts';

/** What is stored of some attachments of an exercise: pages only name them, and can be made to say anything. */
export async function loadAttachments(
	tx: Pick<Transaction, 'select'>,
	exerciseId: ExerciseId,
	ids: readonly string[]
): Promise<Map<string, StoredAttachment>> {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select()
		.from(attachment)
		.where(and(eq(attachment.exerciseId, exerciseId), inArray(attachment.id, [...new Set(ids)])));
	return new Map(
		rows.map((row) => [
			row.id,
			{
				id: row.id as AttachmentId,
				cell: row.cell as CellId,
				name: row.name,
				mediaType: row.mediaType,
				bytes: row.bytes
			}
		])
	);
}

/** What is stored of some files, if they are this team's: commands only name them. */
export async function loadTeamFiles(
	tx: Pick<Transaction, 'select'>,
	teamId: TeamId,
	ids: readonly string[]
): Promise<Map<string, TeamFile>> {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select()
		.from(teamFile)
		.where(and(eq(teamFile.teamId, teamId), inArray(teamFile.id, [...new Set(ids)])));
	return new Map(
		rows.map(({ id, name, mediaType, bytes }) => [id, { file: id as FileId, name, mediaType, bytes }])
	);
}

/**
 * Gives attachments of one exercise to a cell of another, such as a copy or what is taken out of it: new rows for the same
 * bytes. Returns the new id of each. The caller has asked whether the person may read them there and write here.
 */
export async function copyAttachments(
	tx: Pick<Transaction, 'select' | 'insert'>,
	ids: readonly string[],
	from: ExerciseId,
	to: { exercise: ExerciseId; cell: CellId }
): Promise<Map<AttachmentId, AttachmentId>> {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select()
		.from(attachment)
		.where(and(eq(attachment.exerciseId, from), inArray(attachment.id, [...new Set(ids)])));
	const copies = rows.map((row) => ({
		...row,
		id: mintId<AttachmentId>(),
		exerciseId: to.exercise,
		cell: to.cell,
		createdAt: undefined
	}));
	if (copies.length > 0) await tx.insert(attachment).values(copies);
	return new Map(rows.map((row, i) => [row.id as AttachmentId, copies[i]!.id]));
}
