import path from 'node:path';
import type { Readable } from 'node:stream';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { AppError } from '#lib/errors.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, AttachmentId, ExerciseId } from '#lib/exercise/ids.ts';
import type { InjectAttachment } from '#lib/exercise/inject/schema.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/open.ts';
import { attachment, attachmentGrant, delivery } from '../database/schema.ts';
import { mintId } from '../mint.ts';
import { receive, sweepIntake } from './intake.ts';
import { knowFile } from './kinds.ts';
import { createFileStore } from './store.ts';

export const fileLimits = {
	/** of one exercise: far above what planners attach, far below what fills a disk */
	exerciseBytes: 20_000_000_000,
	/** how long bytes that nothing refers to are kept */
	keptMs: 24 * 3_600_000,
	sweepEveryMs: 3_600_000
} as const;

export interface FileBehind {
	exercise: ExerciseId;
	sha256: string;
	name: string;
	mediaType: string;
	bytes: number;
}

export type Files = ReturnType<typeof createFiles>;

/**
 * Attachments: bytes in the store, rows in the database. A row lives as long as its exercise, because pages with their
 * history, approved versions, copies and the undo of an editor may name it at any time. Bytes go when no row is left.
 */
export function createFiles({
	config,
	database,
	log
}: {
	config: Pick<Config, 'files' | 'dataFolder'>;
	database: Database;
	log: Logger;
}) {
	const { db } = database;
	const store = createFileStore(config.files);
	// beside the disk store; of no other node where files lie in a bucket
	const incoming =
		config.files.kind === 'disk'
			? path.join(config.files.folder, 'incoming')
			: path.join(config.dataFolder, 'incoming');
	let sweptAt = 0;

	return {
		store,

		/** Takes a file into a cell. The caller has asked whether `by` may write that cell's script. */
		add(
			to: { exercise: ExerciseId; cell: CellId; by: AccountId },
			stream: Readable,
			given: { name: string; bytes: number }
		): Promise<InjectAttachment> {
			return receive(incoming, stream, given.bytes, async ({ file, sha256, bytes }) => {
				const { name, mediaType } = await knowFile(file, given.name);
				if (!(await store.has(sha256))) await store.put(sha256, file, bytes);
				const id = mintId<AttachmentId>();
				await db.transaction(async (tx) => {
					// nobody sweeps these bytes away from here on
					await tx.execute(lockOf(sha256));
					if (!(await store.has(sha256))) await store.put(sha256, file, bytes);
					const [sum] = await tx
						.select({ bytes: sql<string>`coalesce(sum(${attachment.bytes}), 0)` })
						.from(attachment)
						.where(eq(attachment.exerciseId, to.exercise));
					if (Number(sum!.bytes) + bytes > fileLimits.exerciseBytes)
						throw new AppError(
							'too-large',
							`The files of an exercise can have ${fileLimits.exerciseBytes / 1e9} GB together.`
						);
					await tx.insert(attachment).values({
						id,
						exerciseId: to.exercise,
						cell: to.cell,
						sha256,
						name,
						mediaType,
						bytes,
						uploadedBy: to.by
					});
					await writeAudit(tx, {
						scope: to.exercise,
						actorId: to.by,
						act: 'attachment.added',
						detail: { attachment: id, cell: to.cell, sha256, bytes }
					});
				});
				return { id, name, mediaType, bytes };
			});
		},

		/**
		 * The file behind an attachment as a cell names it: its own, or a central one, which a variant of a central inject
		 * carries. The caller asks whether a central one is open to the reader.
		 */
		async ofCell(
			exercise: ExerciseId,
			cell: CellId,
			id: string
		): Promise<(FileBehind & { cell: CellId }) | null> {
			const [row] = await db
				.select()
				.from(attachment)
				.where(
					and(
						eq(attachment.id, id),
						eq(attachment.exerciseId, exercise),
						inArray(attachment.cell, [cell, 'central'])
					)
				);
			return row ? { ...row, exercise, cell: row.cell as CellId } : null;
		},

		/** The file behind an address that a release made, and the team that it was made for. */
		async ofGrant(grant: string): Promise<(FileBehind & { team: string }) | null> {
			const [row] = await db
				.select({ file: attachment, team: delivery.teamId, exercise: delivery.exerciseId })
				.from(attachmentGrant)
				.innerJoin(attachment, eq(attachment.id, attachmentGrant.attachmentId))
				.innerJoin(delivery, eq(delivery.id, attachmentGrant.deliveryId))
				.where(eq(attachmentGrant.id, grant));
			return row ? { ...row.file, exercise: row.exercise as ExerciseId, team: row.team } : null;
		},

		/** Removes bytes that no row refers to, some time after they came. Cheap to ask often: it looks once an hour. */
		async sweep(now = Date.now()): Promise<number> {
			if (now - sweptAt < fileLimits.sweepEveryMs) return 0;
			sweptAt = now;
			const before = now - fileLimits.keptMs;
			let removed = 0;
			for await (const sha256 of store.olderThan(before)) {
				if (await isNamed(db, sha256)) continue;
				await db.transaction(async (tx) => {
					await tx.execute(lockOf(sha256));
					if (await isNamed(tx, sha256)) return;
					await store.remove(sha256);
					removed++;
				});
			}
			await sweepIntake(incoming, before);
			if (removed > 0) log.info({ removed }, 'files that nothing refers to are removed');
			return removed;
		}
	};
}

/** Who stores a content and who removes it wait for each other. */
const lockOf = (sha256: string) =>
	sql`select pg_advisory_xact_lock(hashtextextended(${`file ${sha256}`}, 0))`;

async function isNamed(db: Pick<Database['db'], 'select'>, sha256: string): Promise<boolean> {
	const rows = await db
		.select({ id: attachment.id })
		.from(attachment)
		.where(eq(attachment.sha256, sha256))
		.limit(1);
	return rows.length > 0;
}
