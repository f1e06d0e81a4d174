import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	date,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	unique,
	uniqueIndex
} from 'drizzle-orm/pg-core';
import type { ClockSegment } from '../../../src/lib/exercise/exercise/clock.ts';
import type { ExerciseKind, ExerciseSettings } from '../../../src/lib/exercise/exercise/schema.ts';
import { wall, exerciseTime, createdAt } from './columns.ts';
import { account, organisation } from './people.ts';

/* Exercises, their teams and members, and the terms they accepted. */

export const exercise = pgTable('exercise', {
	id: text('id').primaryKey(),
	/** fixed at creation: a trigger refuses to change it */
	kind: text('kind').$type<ExerciseKind>().notNull().default('exercise'),
	name: text('name').notNull(),
	tlp: text('tlp').notNull(),
	state: text('state').notNull().default('draft'),
	timeZone: text('time_zone').notNull(),
	startsAt: exerciseTime('starts_at').notNull(),
	endsAt: exerciseTime('ends_at').notNull(),
	clock: jsonb('clock').$type<ClockSegment[]>().notNull().default([]),
	settings: jsonb('settings').$type<ExerciseSettings>().notNull(),
	stopReason: text('stop_reason'),
	/** a copy in which planners try the script out; its teams are not those of the exercise it was made of */
	rehearsalOf: text('rehearsal_of'),
	/** last fact's number; the row lock on it orders the facts of an exercise */
	sequence: bigint('sequence', { mode: 'number' }).notNull().default(0),
	/** raised by every change of a membership, role or phase (R7) */
	rightsVersion: integer('rights_version').notNull().default(0),
	/** the version of the confidentiality terms in force: whoever has not accepted it has no rights here; null: none */
	termsVersion: integer('terms_version'),
	/** when the last inject that had to wait in line was released: the next one keeps its distance */
	pacedAt: wall('paced_at'),
	/** nothing that waits in line is released until somebody lets it go on */
	catchUpHeld: boolean('catch_up_held').notNull().default(false),
	/** the day on which its names are erased, in UTC, and why then; null: nobody has chosen one */
	eraseOn: date('erase_on', { mode: 'string' }),
	eraseReason: text('erase_reason'),
	erasedAt: wall('erased_at'),
	createdBy: text('created_by').references(() => account.id),
	createdAt: createdAt()
});

/** What everybody accepts before anything of the exercise is shown to them. Each text is kept; a change is a new version. */
export const exerciseTerms = pgTable(
	'exercise_terms',
	{
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		version: integer('version').notNull(),
		text: text('text').notNull(),
		sha256: text('sha256').notNull(),
		publishedBy: text('published_by').references(() => account.id),
		publishedAt: wall('published_at').notNull().defaultNow()
	},
	(t) => [primaryKey({ columns: [t.exerciseId, t.version] })]
);

/** Who accepted which text, and when; the audit row says it too. */
export const termsAcceptance = pgTable(
	'terms_acceptance',
	{
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		version: integer('version').notNull(),
		sha256: text('sha256').notNull(),
		acceptedAt: wall('accepted_at').notNull().defaultNow()
	},
	(t) => [primaryKey({ columns: [t.exerciseId, t.accountId, t.version] })]
);

export const team = pgTable(
	'team',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		name: text('name').notNull(),
		country: text('country').notNull(),
		level: text('level').notNull(),
		organisationId: text('organisation_id').references(() => organisation.id),
		/** in which it receives injects, BCP 47; null: as they were written */
		language: text('language'),
		createdAt: createdAt()
	},
	(t) => [uniqueIndex('team_name').on(t.exerciseId, sql`lower(${t.name})`)]
);

export const membership = pgTable(
	'membership',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		role: text('role').notNull(),
		teamId: text('team_id').references(() => team.id, { onDelete: 'cascade' }),
		country: text('country'),
		cell: text('cell'),
		lead: boolean('lead').notNull().default(false),
		createdAt: createdAt()
	},
	(t) => [
		unique('membership_once')
			.on(t.exerciseId, t.accountId, t.role, t.teamId, t.country, t.cell)
			.nullsNotDistinct(),
		index('membership_account').on(t.accountId),
		index('membership_team').on(t.teamId)
	]
);

/** The day on which the names of one country's people go, while those of the others stay; the last one that was chosen. */
export const countryErasure = pgTable(
	'country_erasure',
	{
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		country: text('country').notNull(),
		/** in UTC */
		eraseOn: date('erase_on', { mode: 'string' }).notNull(),
		reason: text('reason').notNull(),
		erasedAt: wall('erased_at'),
		/** how many people; null until then */
		people: integer('people')
	},
	(t) => [primaryKey({ columns: [t.exerciseId, t.country] })]
);
