import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Fact } from '../../../src/lib/exercise/facts.ts';
import { wall, exerciseTime } from './columns.ts';

/* Facts, audit and commands. */

/** What happened, in order. Append-only: a trigger refuses to change or delete rows. */
/** Every word of a fact, also those that a reader may not see: it narrows a search down, and decides nothing. */
export const wordsOfFact = sql`((coalesce(actor_name, '') || ' ') || fact::text)`;

export const fact = pgTable(
	'fact',
	{
		exerciseId: text('exercise_id').notNull(),
		sequence: bigint('sequence', { mode: 'number' }).notNull(),
		kind: text('kind').notNull(),
		teamId: text('team_id'),
		/** the account; null: the schedule, or anonymous */
		actorId: text('actor_id'),
		actorName: text('actor_name'),
		wallAt: wall('wall_at').notNull(),
		exerciseAt: exerciseTime('exercise_at'),
		fact: jsonb('fact').$type<Fact>().notNull()
	},
	(t) => [
		primaryKey({ columns: [t.exerciseId, t.sequence] }),
		index('fact_team').on(t.exerciseId, t.teamId, t.sequence),
		index('fact_kind').on(t.exerciseId, t.kind),
		// finds the few rows that may hold what is searched for, whoever searches (server/exchange/record/query.ts)
		index('fact_words').using('gin', sql`${wordsOfFact} gin_trgm_ops`)
	]
);

/** Append-only and hash-chained per scope: an exercise's id, or `installation` (R13). */
export const audit = pgTable(
	'audit',
	{
		scope: text('scope').notNull(),
		sequence: bigint('sequence', { mode: 'number' }).notNull(),
		at: wall('at').notNull(),
		actorId: text('actor_id'),
		act: text('act').notNull(),
		detail: jsonb('detail').$type<Record<string, unknown>>().notNull(),
		/** SHA-256 of the previous row's hash and this row's content, hex */
		hash: text('hash').notNull()
	},
	(t) => [primaryKey({ columns: [t.scope, t.sequence] })]
);

/** The end of each chain; its row lock orders the rows of a scope. */
export const auditHead = pgTable('audit_head', {
	scope: text('scope').primaryKey(),
	sequence: bigint('sequence', { mode: 'number' }).notNull(),
	hash: text('hash').notNull()
});

/** The first answer to each idempotency key (R12); swept after a day. */
export const commandResult = pgTable(
	'command_result',
	{
		accountId: text('account_id').notNull(),
		key: text('key').notNull(),
		name: text('name').notNull(),
		answer: jsonb('answer').$type<Record<string, unknown>>().notNull(),
		at: wall('at').notNull().defaultNow()
	},
	(t) => [primaryKey({ columns: [t.accountId, t.key] }), index('command_result_at').on(t.at)]
);
