import { index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { wall } from './columns.ts';

/* Who is connected, and where. */

/**
 * Who is in a document at each node, stamped. Unlogged, like `connected`.
 */
export const presence = pgTable(
	'presence',
	{
		node: text('node').notNull(),
		document: text('document').notNull(),
		people: jsonb('people').notNull(),
		at: wall('at').notNull().defaultNow()
	},
	(t) => [primaryKey({ columns: [t.node, t.document] }), index('presence_document').on(t.document)]
);

/**
 * Who is connected to an exercise on each node, to count people over all of them. Unlogged: after a crash of PostgreSQL
 * every node says it anew.
 */
export const connected = pgTable(
	'connected',
	{
		node: text('node').notNull(),
		// no reference: its check would wait for acts that lock the exercise
		exerciseId: text('exercise_id').notNull(),
		accounts: text('accounts').array().notNull(),
		/** rows that nobody renews are of a node that is gone */
		at: wall('at').notNull().defaultNow()
	},
	(t) => [primaryKey({ columns: [t.node, t.exerciseId] }), index('connected_exercise').on(t.exerciseId)]
);
