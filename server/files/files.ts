import path from 'node:path';
import type { Readable } from 'node:stream';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { AppError } from '#lib/errors.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { MessageFile } from '#lib/exercise/channel/schema.ts';
import type { AccountId, AttachmentId, ChannelFileId, ChannelId, ExerciseId } from '#lib/exercise/ids.ts';
import type { InjectAttachment } from '#lib/exercise/inject/schema.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import type { Database, Transaction } from '../database/open.ts';
import { attachment, attachmentGrant, channelFile, channelMessage, delivery } from '../database/schema.ts';
import { mintId } from '../mint.ts';
import { receive, sweepIntake } from './intake.ts';
import { knowFile } from './kinds.ts';
import { createFileStore } from './store.ts';

export const fileLimits = {
	/** of one exercise: far above what planners attach, far below what fills a disk */
	exerciseBytes: 20_000_000_000,
	/** of one person in the channels of an exercise, so that nobody fills it for all */
	personBytes: 1_000_000_000,
	/** given to channels by one person and not sent: what an open form holds, and some that were left */
	unsent: 30,
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

export interface ChannelFileBehind extends FileBehind {
	channel: ChannelId;
	/** the number of the message's fact; null: not sent yet */
	sentWith: number | null;
	uploadedBy: string | null;
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

	/** Puts the bytes into the store, and writes the rows that name them: nobody sweeps them away in between. */
	async function stored(
		sha256: string,
		file: string,
		bytes: number,
		name: (tx: Transaction) => Promise<void>
	): Promise<void> {
		if (!(await store.has(sha256))) await store.put(sha256, file, bytes);
		await db.transaction(async (tx) => {
			await tx.execute(lockOf(sha256));
			if (!(await store.has(sha256))) await store.put(sha256, file, bytes);
			await name(tx);
		});
	}

	return {
		store,

		/**
		 * Takes a file into a cell. The caller has asked whether `by` may write that cell's script; `stillMay` asks again,
		 * and throws, when all of it is here (P6).
		 */
		add(
			to: { exercise: ExerciseId; cell: CellId; by: AccountId },
			stream: Readable,
			given: { name: string; bytes: number; stillMay: () => Promise<void> }
		): Promise<InjectAttachment> {
			return receive(incoming, stream, given.bytes, async ({ file, sha256, bytes }) => {
				await given.stillMay();
				const { name, mediaType } = await knowFile(file, given.name);
				const id = mintId<AttachmentId>();
				await stored(sha256, file, bytes, async (tx) => {
					await requireRoom(tx, to.exercise, bytes);
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

		/** Takes a file for a message of a channel. The caller has asked whether `by` may speak there. */
		addToChannel(
			to: { exercise: ExerciseId; channel: ChannelId; by: AccountId },
			stream: Readable,
			given: { name: string; bytes: number; stillMay: () => Promise<void> }
		): Promise<MessageFile> {
			return receive(incoming, stream, given.bytes, async ({ file, sha256, bytes }) => {
				await given.stillMay();
				const { name, mediaType } = await knowFile(file, given.name);
				const id = mintId<ChannelFileId>();
				await stored(sha256, file, bytes, async (tx) => {
					await requireRoom(tx, to.exercise, bytes);
					await requireOwnRoom(tx, to.exercise, to.by, bytes);
					await tx.insert(channelFile).values({
						id,
						exerciseId: to.exercise,
						channelId: to.channel,
						sha256,
						name,
						mediaType,
						bytes,
						uploadedBy: to.by
					});
					await writeAudit(tx, {
						scope: to.exercise,
						actorId: to.by,
						act: 'channel-file.added',
						detail: { file: id, channel: to.channel, sha256, bytes }
					});
				});
				return { file: id, name, mediaType, bytes };
			});
		},

		/** The file behind the address of a channel's file; where it was sent, and by whom it was given. */
		async ofChannel(id: string): Promise<ChannelFileBehind | null> {
			const [row] = await db
				.select({ file: channelFile, sequence: channelMessage.sequence })
				.from(channelFile)
				.leftJoin(channelMessage, eq(channelMessage.id, channelFile.messageId))
				.where(eq(channelFile.id, id));
			return row
				? {
						...row.file,
						exercise: row.file.exerciseId as ExerciseId,
						channel: row.file.channelId as ChannelId,
						sentWith: row.sequence,
						uploadedBy: row.file.uploadedBy
					}
				: null;
		},

		/**
		 * The file behind an attachment as planners of a cell name it. Central files are open to every cell: a variant of a
		 * central inject carries them, and their unguessable ids are told to nobody else.
		 */
		async ofCell(exercise: ExerciseId, cell: CellId, id: string): Promise<FileBehind | null> {
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
			return row ? { ...row, exercise } : null;
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
	for (const table of [attachment, channelFile]) {
		const rows = await db.select({ id: table.id }).from(table).where(eq(table.sha256, sha256)).limit(1);
		if (rows.length > 0) return true;
	}
	return false;
}

const total = (column: typeof attachment.bytes | typeof channelFile.bytes) =>
	sql<string>`coalesce(sum(${column}), 0)`;

async function requireRoom(tx: Transaction, exercise: ExerciseId, bytes: number): Promise<void> {
	const [planned] = await tx
		.select({ bytes: total(attachment.bytes) })
		.from(attachment)
		.where(eq(attachment.exerciseId, exercise));
	const [said] = await tx
		.select({ bytes: total(channelFile.bytes) })
		.from(channelFile)
		.where(eq(channelFile.exerciseId, exercise));
	if (Number(planned!.bytes) + Number(said!.bytes) + bytes > fileLimits.exerciseBytes)
		throw new AppError(
			'too-large',
			`The files of an exercise can have ${fileLimits.exerciseBytes / 1e9} GB together.`
		);
}

async function requireOwnRoom(
	tx: Transaction,
	exercise: ExerciseId,
	by: AccountId,
	bytes: number
): Promise<void> {
	const [own] = await tx
		.select({
			bytes: total(channelFile.bytes),
			unsent: sql<string>`count(*) filter (where ${channelFile.messageId} is null)`
		})
		.from(channelFile)
		.where(and(eq(channelFile.exerciseId, exercise), eq(channelFile.uploadedBy, by)));
	if (Number(own!.bytes) + bytes > fileLimits.personBytes)
		throw new AppError(
			'too-large',
			`Your files in this exercise can have ${fileLimits.personBytes / 1e9} GB together.`
		);
	if (Number(own!.unsent) >= fileLimits.unsent)
		throw new AppError(
			'slow-down',
			`You have added ${fileLimits.unsent} files and not sent them. Send a message with them first.`
		);
}
