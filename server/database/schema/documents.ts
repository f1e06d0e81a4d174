import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { bytea, wall, createdAt } from './columns.ts';
import { exercise } from './exercises.ts';

/* The log of pages and timelines. */

export const document = pgTable(
	'document',
	{
		name: text('name').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		/** a client of another epoch may not merge (R14) */
		epoch: integer('epoch').notNull().default(0),
		/** last update's number; the row lock on it orders the updates of a document (R4) */
		sequence: bigint('sequence', { mode: 'number' }).notNull().default(0),
		/** timelines: the server's own client id, and how far its clock is; both move under the row lock only */
		serverClient: bigint('server_client', { mode: 'number' }).notNull(),
		serverClock: integer('server_clock').notNull().default(0),
		/** timelines: their name without the segment, and the segment */
		timeline: text('timeline'),
		segment: integer('segment'),
		/** nobody may write any more: a full segment, an approved report */
		closedAt: wall('closed_at'),
		/** the first update that cannot be read: read-only from the one before, until it is restored (R4) */
		quarantinedSequence: bigint('quarantined_sequence', { mode: 'number' }),
		createdAt: createdAt()
	},
	(t) => [
		index('document_exercise').on(t.exerciseId),
		uniqueIndex('document_open_segment')
			.on(t.timeline)
			.where(sql`${t.timeline} is not null and ${t.closedAt} is null`)
	]
);

export const documentUpdate = pgTable(
	'document_update',
	{
		document: text('document')
			.notNull()
			.references(() => document.name, { onDelete: 'cascade' }),
		epoch: integer('epoch').notNull(),
		sequence: bigint('sequence', { mode: 'number' }).notNull(),
		/** null: the server itself */
		author: text('author'),
		session: text('session'),
		sha256: bytea('sha256').notNull(),
		bytes: bytea('bytes').notNull(),
		at: wall('at').notNull().defaultNow()
	},
	(t) => [primaryKey({ columns: [t.document, t.epoch, t.sequence] })]
);

/** Who wrote first under a Yjs client id: nobody else may (R8). */
export const documentClient = pgTable(
	'document_client',
	{
		document: text('document')
			.notNull()
			.references(() => document.name, { onDelete: 'cascade' }),
		epoch: integer('epoch').notNull(),
		client: bigint('client', { mode: 'number' }).notNull(),
		/** null: a client id of an earlier epoch, under which nobody writes any more */
		account: text('account'),
		session: text('session')
	},
	(t) => [primaryKey({ columns: [t.document, t.epoch, t.client] })]
);

/** The merged state up to a sequence, so that a cold room reads one row and a tail. The log stays. */
export const documentSnapshot = pgTable(
	'document_snapshot',
	{
		document: text('document')
			.notNull()
			.references(() => document.name, { onDelete: 'cascade' }),
		epoch: integer('epoch').notNull(),
		sequence: bigint('sequence', { mode: 'number' }).notNull(),
		sha256: bytea('sha256').notNull(),
		state: bytea('bytes').notNull(),
		stateVector: bytea('state_vector').notNull(),
		/** only its deletions, as an update */
		deletes: bytea('deletes').notNull(),
		at: wall('at').notNull().defaultNow()
	},
	(t) => [primaryKey({ columns: [t.document, t.epoch, t.sequence] })]
);
