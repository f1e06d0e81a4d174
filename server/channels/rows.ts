import { and, eq, inArray, sql } from 'drizzle-orm';
import type {
	ChannelKind,
	ChannelRow,
	StoredChannelFile,
	StoredMessage
} from '#lib/exercise/channel/schema.ts';
import type { MessageFact } from '#lib/exercise/channel/facts.ts';
import type {
	AccountId,
	ChannelFileId,
	ChannelId,
	ExerciseId,
	MessageId,
	TeamId
} from '#lib/exercise/ids.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Database, Transaction } from '../database/open.ts';
import { channel, channelFile, channelMessage, fact } from '../database/schema.ts';

type Queryable = Pick<Database['db'] | Transaction, 'select'>;

export type StoredChannel = ChannelRow & { openedBy: AccountId | null };

export function toChannel(row: typeof channel.$inferSelect): StoredChannel {
	return {
		id: row.id as ChannelId,
		kind: row.kind as ChannelKind,
		name: row.name,
		members: row.members,
		standard: row.standard,
		mode: row.mode,
		duty: row.duty as TeamId[],
		isClosed: row.closedAt !== null,
		openedBy: row.openedBy as AccountId | null
	};
}

/** All channels of an exercise, also closed ones, in the order in which they were opened. */
export async function readChannels(db: Queryable, exerciseId: ExerciseId): Promise<StoredChannel[]> {
	const rows = await db
		.select()
		.from(channel)
		.where(eq(channel.exerciseId, exerciseId))
		.orderBy(channel.createdAt, channel.id);
	return rows.map(toChannel);
}

/**
 * Messages with their words. A label that its source has relaxed counts as relaxed, also inside what quoted it: labels are
 * those that are stored now, never those that somebody sends.
 */
export async function readMessages(
	db: Queryable,
	exerciseId: ExerciseId,
	ids: readonly string[]
): Promise<Map<MessageId, StoredMessage>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.select({
			row: channelMessage,
			fact: fact.fact,
			by: fact.actorName,
			at: fact.exerciseAt,
			wallAt: fact.wallAt
		})
		.from(channelMessage)
		.innerJoin(
			fact,
			and(eq(fact.exerciseId, channelMessage.exerciseId), eq(fact.sequence, channelMessage.sequence))
		)
		.where(and(eq(channelMessage.exerciseId, exerciseId), inArray(channelMessage.id, [...new Set(ids)])));
	const sources = rows.flatMap(({ row }) => row.sources.map((one) => one.message as string));
	const relaxed = await relaxedLabels(db, sources);
	return new Map(
		rows.map(({ row, fact: stored, by, at, wallAt }): [MessageId, StoredMessage] => {
			const said = stored as MessageFact;
			return [
				row.id as MessageId,
				{
					id: row.id as MessageId,
					channel: row.channelId as ChannelId,
					sequence: row.sequence,
					tlp: (row.relaxedTlp ?? row.tlp) as Tlp,
					author: (row.authorId ?? '') as AccountId,
					team: row.teamId as TeamId | null,
					thread: row.threadId as MessageId | null,
					sources: row.sources.map((one) => ({ ...one, tlp: relaxed.get(one.message) ?? one.tlp })),
					text: said.text,
					rich: said.rich ?? null,
					by: said.named ? by : null,
					at,
					wallAt: wallAt.getTime()
				}
			];
		})
	);
}

async function relaxedLabels(db: Queryable, ids: readonly string[]): Promise<Map<string, Tlp>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.select({ id: channelMessage.id, tlp: channelMessage.relaxedTlp })
		.from(channelMessage)
		.where(and(inArray(channelMessage.id, [...new Set(ids)]), sql`${channelMessage.relaxedTlp} is not null`));
	return new Map(rows.map((row) => [row.id, row.tlp as Tlp]));
}

export async function readFiles(
	db: Queryable,
	exerciseId: ExerciseId,
	ids: readonly string[]
): Promise<Map<ChannelFileId, StoredChannelFile>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.select()
		.from(channelFile)
		.where(and(eq(channelFile.exerciseId, exerciseId), inArray(channelFile.id, [...new Set(ids)])));
	return new Map(
		rows.map((row): [ChannelFileId, StoredChannelFile] => [
			row.id as ChannelFileId,
			{
				file: row.id as ChannelFileId,
				name: row.name,
				mediaType: row.mediaType,
				bytes: row.bytes,
				channel: row.channelId as ChannelId,
				uploadedBy: (row.uploadedBy ?? '') as AccountId,
				isPosted: row.messageId !== null
			}
		])
	);
}
