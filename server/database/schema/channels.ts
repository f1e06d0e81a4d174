import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { NetworkMode } from '../../../src/lib/exercise/channel/mode.ts';
import type { ChannelMembers, Source } from '../../../src/lib/exercise/channel/schema.ts';
import { wall, createdAt } from './columns.ts';
import { exercise, team } from './exercises.ts';
import { account } from './people.ts';

/* Channels across teams. */

/** Where several teams talk; what is said is on its timeline. */
export const channel = pgTable(
	'channel',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		kind: text('kind').notNull(),
		name: text('name').notNull(),
		members: jsonb('members').$type<ChannelMembers>().notNull(),
		/** which of the channels that every exercise has; null: one that somebody opened */
		standard: text('standard'),
		/** of a network: how alert it is */
		mode: jsonb('mode').$type<NetworkMode>(),
		/** teams on duty for the network */
		duty: text('duty').array().notNull().default([]),
		openedBy: text('opened_by').references(() => account.id, { onDelete: 'set null' }),
		closedAt: wall('closed_at'),
		createdAt: createdAt()
	},
	(t) => [
		index('channel_exercise').on(t.exerciseId),
		// pressed twice at once, each standard channel is made once
		uniqueIndex('channel_standard')
			.on(t.exerciseId, t.standard)
			.where(sql`${t.standard} is not null and ${t.closedAt} is null`)
	]
);

/** What was said, as far as later messages depend on it: its words are in the fact. */
export const channelMessage = pgTable(
	'channel_message',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		channelId: text('channel_id')
			.notNull()
			.references(() => channel.id, { onDelete: 'cascade' }),
		/** the fact's */
		sequence: bigint('sequence', { mode: 'number' }).notNull(),
		tlp: text('tlp').notNull(),
		/** the label under which its source has said it again; null: it stands as it is */
		relaxedTlp: text('relaxed_tlp'),
		authorId: text('author_id').references(() => account.id, { onDelete: 'set null' }),
		/** for whom it was said; null: exercise control */
		teamId: text('team_id').references(() => team.id, { onDelete: 'cascade' }),
		threadId: text('thread_id'),
		sources: jsonb('sources').$type<Source[]>().notNull(),
		/** the messages that it quotes, in their order; of a summary brought up: what it sums up */
		quoted: text('quoted').array().notNull().default([]),
		/** accounts that are told */
		mentions: text('mentions').array().notNull().default([]),
		at: wall('at').notNull()
	},
	(t) => [
		index('channel_message_mentions').using('gin', t.mentions),
		index('channel_message_channel').on(t.channelId, t.sequence),
		index('channel_message_quoted').using('gin', t.quoted)
	]
);

/** A file that somebody gave to a channel: its id is its address, for the channel's members alone. */
export const channelFile = pgTable(
	'channel_file',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		channelId: text('channel_id')
			.notNull()
			.references(() => channel.id, { onDelete: 'cascade' }),
		/** null: given, not yet sent */
		messageId: text('message_id'),
		sha256: text('sha256').notNull(),
		name: text('name').notNull(),
		mediaType: text('media_type').notNull(),
		bytes: integer('bytes').notNull(),
		uploadedBy: text('uploaded_by').references(() => account.id, { onDelete: 'set null' }),
		createdAt: createdAt()
	},
	(t) => [
		index('channel_file_channel').on(t.channelId),
		index('channel_file_exercise').on(t.exerciseId, t.uploadedBy),
		index('channel_file_sha256').on(t.sha256)
	]
);
