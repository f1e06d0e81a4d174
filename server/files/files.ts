import path from 'node:path';
import type { Readable } from 'node:stream';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { AppError } from '#lib/errors.ts';
import type { CellId } from '#lib/exercise/exercise/schema.ts';
import type { MessageFile } from '#lib/exercise/channel/schema.ts';
import type {
	AccountId,
	AttachmentId,
	ChannelFileId,
	ChannelId,
	ExerciseId,
	FileId,
	TeamId
} from '#lib/exercise/ids.ts';
import type { InjectAttachment } from '#lib/exercise/inject/schema.ts';
import { teamFileLimits, type TeamFile } from '#lib/exercise/team/files.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import type { Database, Transaction } from '../database/open.ts';
import {
	attachment,
	attachmentGrant,
	channelFile,
	channelMessage,
	delivery,
	inject,
	team,
	teamFile
} from '../database/schema.ts';
import { mintId } from '../mint.ts';
import { receive, sweepIntake } from './intake.ts';
import { knowFile, type KnownFile } from './kinds.ts';
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

/** As whoever sends it calls it. */
export interface GivenFile {
	name: string;
	/** as announced; what comes is counted */
	bytes: number;
	/** asks again, and throws, when all of it is here: it may have taken minutes (P6) */
	stillMay: () => Promise<void>;
}

export type Files = ReturnType<typeof createFiles>;

/**
 * Attachments and files of teams: bytes in the store, rows in the database. A row lives as long as its exercise, because pages with their
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

	/** Stores the bytes once, and the row that names them in one transaction with what `row` does beside it. */
	function take<T>(
		stream: Readable,
		given: GivenFile,
		row: (tx: Transaction, known: KnownFile & { sha256: string; bytes: number }) => Promise<T>
	): Promise<T> {
		return receive(incoming, stream, given.bytes, async ({ file, sha256, bytes }) => {
			await given.stillMay();
			const { name, mediaType } = await knowFile(file, given.name);
			if (!(await store.has(sha256))) await store.put(sha256, file, bytes);
			return db.transaction(async (tx) => {
				// nobody sweeps these bytes away from here on
				await tx.execute(lockOf(sha256));
				if (!(await store.has(sha256))) await store.put(sha256, file, bytes);
				return row(tx, { name, mediaType, sha256, bytes });
			});
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
			given: GivenFile
		): Promise<InjectAttachment> {
			return take(stream, given, async (tx, { sha256, ...known }) => {
				const id = mintId<AttachmentId>();
				await requireRoom(tx, to.exercise, known.bytes);
				await tx.insert(attachment).values({
					id,
					exerciseId: to.exercise,
					cell: to.cell,
					sha256,
					...known,
					uploadedBy: to.by
				});
				await writeAudit(tx, {
					scope: to.exercise,
					actorId: to.by,
					act: 'attachment.added',
					detail: { attachment: id, cell: to.cell, sha256, bytes: known.bytes }
				});
				return { id, ...known };
			});
		},

		/** Takes a file of a team. The caller has asked whether `by` plays in it, now. */
		addOfTeam(
			to: { exercise: ExerciseId; team: TeamId; by: AccountId },
			stream: Readable,
			given: GivenFile
		): Promise<TeamFile> {
			return take(stream, given, async (tx, { sha256, ...known }) => {
				const file = mintId<FileId>();
				// uploads of one team wait for each other, so that together they stay below its share
				await tx.select({ id: team.id }).from(team).where(eq(team.id, to.team)).for('no key update');
				const [own] = await tx
					.select({ bytes: sumOf(teamFile.bytes) })
					.from(teamFile)
					.where(eq(teamFile.teamId, to.team));
				if (Number(own!.bytes) + known.bytes > teamFileLimits.teamBytes)
					throw new AppError(
						'too-large',
						`The files of a team can have ${teamFileLimits.teamBytes / 1e6} MB together.`
					);
				await requireRoom(tx, to.exercise, known.bytes);
				await tx.insert(teamFile).values({
					id: file,
					exerciseId: to.exercise,
					teamId: to.team,
					sha256,
					...known,
					uploadedBy: to.by
				});
				await writeAudit(tx, {
					scope: to.exercise,
					actorId: to.by,
					act: 'team-file.added',
					detail: { file, team: to.team, sha256, bytes: known.bytes }
				});
				return { file, ...known };
			});
		},

		/** Takes a file for a message of a channel. The caller has asked whether `by` may speak there. */
		addToChannel(
			to: { exercise: ExerciseId; channel: ChannelId; by: AccountId },
			stream: Readable,
			given: GivenFile
		): Promise<MessageFile> {
			return take(stream, given, async (tx, { sha256, ...known }) => {
				const file = mintId<ChannelFileId>();
				await requireRoom(tx, to.exercise, known.bytes);
				await requireOwnRoom(tx, to.exercise, to.by, known.bytes);
				await tx.insert(channelFile).values({
					id: file,
					exerciseId: to.exercise,
					channelId: to.channel,
					sha256,
					...known,
					uploadedBy: to.by
				});
				await writeAudit(tx, {
					scope: to.exercise,
					actorId: to.by,
					act: 'channel-file.added',
					detail: { file, channel: to.channel, sha256, bytes: known.bytes }
				});
				return { file, ...known };
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

		/** The file behind an address, and the team whose it is: what a release gave it and is not recalled, or what it keeps itself. */
		async ofTeam(address: string): Promise<(FileBehind & { team: string }) | null> {
			const [own] = await db.select().from(teamFile).where(eq(teamFile.id, address));
			if (own) return { ...own, exercise: own.exerciseId as ExerciseId, team: own.teamId };
			const [row] = await db
				.select({ file: attachment, team: delivery.teamId, exercise: delivery.exerciseId })
				.from(attachmentGrant)
				.innerJoin(attachment, eq(attachment.id, attachmentGrant.attachmentId))
				.innerJoin(delivery, eq(delivery.id, attachmentGrant.deliveryId))
				.innerJoin(inject, eq(inject.id, delivery.injectId))
				.where(and(eq(attachmentGrant.id, address), isNull(inject.recalledAt)));
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
	for (const table of [attachment, channelFile, teamFile]) {
		const rows = await db.select({ id: table.id }).from(table).where(eq(table.sha256, sha256)).limit(1);
		if (rows.length > 0) return true;
	}
	return false;
}

const sumOf = (bytes: typeof attachment.bytes | typeof channelFile.bytes | typeof teamFile.bytes) =>
	sql<string>`coalesce(sum(${bytes}), 0)`;

/** What planners attach, what is sent in channels, and what teams keep, together. */
async function requireRoom(tx: Transaction, exercise: ExerciseId, bytes: number): Promise<void> {
	let used = 0;
	for (const table of [attachment, channelFile, teamFile]) {
		const [sum] = await tx
			.select({ bytes: sumOf(table.bytes) })
			.from(table)
			.where(eq(table.exerciseId, exercise));
		used += Number(sum!.bytes);
	}
	if (used + bytes > fileLimits.exerciseBytes)
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
			bytes: sumOf(channelFile.bytes),
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
