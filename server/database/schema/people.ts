import { sql } from 'drizzle-orm';
import { boolean, index, integer, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import { wall, createdAt } from './columns.ts';
import { exercise, team } from './exercises.ts';

/* People and organisations, and how they sign in. */

export const organisation = pgTable(
	'organisation',
	{
		id: text('id').primaryKey(),
		name: text('name').notNull(),
		country: text('country').notNull(),
		kind: text('kind').notNull(),
		createdAt: createdAt()
	},
	(t) => [unique('organisation_name_country').on(t.name, t.country)]
);

export const account = pgTable(
	'account',
	{
		id: text('id').primaryKey(),
		/** as typed; compared in lower case */
		email: text('email').notNull(),
		name: text('name').notNull(),
		/** argon2id; null until an imported or invited person has chosen a password */
		passwordHash: text('password_hash'),
		organisationId: text('organisation_id').references(() => organisation.id),
		/** the reader's own time zone; null: the browser's */
		timeZone: text('time_zone'),
		isAdministrator: boolean('is_administrator').notNull().default(false),
		disabledAt: wall('disabled_at'),
		createdAt: createdAt()
	},
	(t) => [uniqueIndex('account_email').on(sql`lower(${t.email})`)]
);

/** Lucia's table. `id` is the SHA-256 of what the cookie holds: a copy of the database opens no session (R19). */
export const session = pgTable(
	'session',
	{
		id: text('id').primaryKey(),
		userId: text('user_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		expiresAt: wall('expires_at').notNull(),
		/** no session outlives this, however busy it is */
		endsAt: wall('ends_at').notNull(),
		createdAt: createdAt()
	},
	(t) => [index('session_user').on(t.userId)]
);

export const invitation = pgTable('invitation', {
	id: text('id').primaryKey(),
	/** SHA-256 of the token in the link */
	tokenHash: text('token_hash').notNull().unique(),
	/** null: the installation's first administrator */
	exerciseId: text('exercise_id').references(() => exercise.id, { onDelete: 'cascade' }),
	/** a personal link for an imported account; null: whoever has the link */
	accountId: text('account_id').references(() => account.id, { onDelete: 'cascade' }),
	role: text('role'),
	teamId: text('team_id').references(() => team.id, { onDelete: 'cascade' }),
	country: text('country'),
	cell: text('cell'),
	lead: boolean('lead').notNull().default(false),
	quota: integer('quota').notNull(),
	used: integer('used').notNull().default(0),
	expiresAt: wall('expires_at').notNull(),
	revokedAt: wall('revoked_at'),
	createdBy: text('created_by').references(() => account.id),
	createdAt: createdAt()
});
