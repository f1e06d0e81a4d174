import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { RecordPlace } from '../../../src/lib/exercise/working/record.ts';
import { wall, exerciseTime, createdAt } from './columns.ts';
import { channel } from './channels.ts';
import { exercise, team } from './exercises.ts';
import { account } from './people.ts';

/* What teams do: questions, working records, files, reports, the hot wash. */

export const question = pgTable(
	'question',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		/** the simulated body that it is put to; null: exercise control itself */
		addressedTo: text('addressed_to'),
		text: text('text').notNull(),
		askedBy: text('asked_by').notNull(),
		askedAt: exerciseTime('asked_at').notNull(),
		askedWall: wall('asked_wall').notNull(),
		answer: text('answer'),
		answeredBy: text('answered_by'),
		/** in whose name it was answered; null: exercise control's own */
		answeredAs: text('answered_as'),
		answeredAt: exerciseTime('answered_at')
	},
	(t) => [index('question_open').on(t.exerciseId, t.answeredAt)]
);

/** How a working record stands (DOMAIN 5): what its facts come to, so that nobody reads them all to know it. */
export const workingRecord = pgTable(
	'working_record',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		kind: text('kind').notNull(),
		standing: jsonb('standing').notNull(),
		/** how many facts it stands on */
		acts: integer('acts').notNull(),
		/** what other teams keep of the same exchange; never shown */
		others: jsonb('others').$type<RecordPlace[]>().notNull().default([]),
		/** the exercise's sequence at the last change */
		changed: bigint('changed', { mode: 'number' }).notNull()
	},
	(t) => [
		index('working_record_team').on(t.teamId, t.kind),
		index('working_record_kind').on(t.exerciseId, t.kind, t.changed)
	]
);

/** A file that a team keeps; its bytes lie in the file store under their SHA-256, once. Its id is its address. */
export const teamFile = pgTable(
	'team_file',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		sha256: text('sha256').notNull(),
		name: text('name').notNull(),
		mediaType: text('media_type').notNull(),
		bytes: integer('bytes').notNull(),
		uploadedBy: text('uploaded_by').references(() => account.id),
		createdAt: createdAt()
	},
	(t) => [index('team_file_team').on(t.teamId), index('team_file_sha256').on(t.sha256)]
);

/** Situation reports: the page while it is a draft, the frozen version once approved. */
export const report = pgTable(
	'report',
	{
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		number: integer('number').notNull(),
		page: text('page').notNull(),
		openedAt: exerciseTime('opened_at').notNull(),
		/** the fact that froze it; null: still a draft */
		approvedSequence: bigint('approved_sequence', { mode: 'number' }),
		/** the number of the team's report that it replaces */
		supersedes: integer('supersedes')
	},
	(t) => [primaryKey({ columns: [t.teamId, t.number] })]
);

/** Which approved report went where, and when: a row for each team or channel. Its words are in the fact. */
export const reportShare = pgTable(
	'report_share',
	{
		/** under which the recipient has it */
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		/** whose report */
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		number: integer('number').notNull(),
		tlp: text('tlp').notNull(),
		/** exercise times */
		approvedAt: exerciseTime('approved_at').notNull(),
		sharedAt: exerciseTime('shared_at').notNull(),
		/** one of both */
		toTeam: text('to_team').references(() => team.id, { onDelete: 'cascade' }),
		toChannel: text('to_channel').references(() => channel.id, { onDelete: 'cascade' }),
		/** the segment of the channel's timeline from which on it stands there: who joined later may not read it */
		segment: integer('segment').notNull().default(0),
		/** the teams that this place meant then, and the people it named */
		teams: text('teams').array().notNull(),
		people: text('people').array().notNull(),
		/** the fact that has its words */
		sequence: bigint('sequence', { mode: 'number' }).notNull()
	},
	(t) => [
		index('report_share_latest').on(t.exerciseId, t.approvedAt),
		index('report_share_team').on(t.teamId)
	]
);

export const hotWashCard = pgTable(
	'hot_wash_card',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		column: text('board_column').notNull(),
		text: text('text').notNull(),
		/** both null when anonymous: nobody's name is stored */
		accountId: text('account_id'),
		byName: text('by_name'),
		withdrawn: boolean('withdrawn').notNull().default(false),
		createdAt: createdAt()
	},
	(t) => [index('hot_wash_card_team').on(t.teamId)]
);

export const hotWashVote = pgTable(
	'hot_wash_vote',
	{
		cardId: text('card_id')
			.notNull()
			.references(() => hotWashCard.id, { onDelete: 'cascade' }),
		accountId: text('account_id').notNull()
	},
	(t) => [primaryKey({ columns: [t.cardId, t.accountId] })]
);
