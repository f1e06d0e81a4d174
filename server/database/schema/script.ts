import { bigint, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { Inject } from '../../../src/lib/exercise/inject/schema.ts';
import type { MarkAnswer } from '../../../src/lib/standards/evaluation.ts';
import { wall, exerciseTime } from './columns.ts';
import { exercise, team } from './exercises.ts';
import { account } from './people.ts';

/* The script outside its page: what is submitted, approved, released. */

export const inject = pgTable(
	'inject',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		cell: text('cell').notNull(),
		state: text('state').notNull(),
		/** the approved version; 0 while there is none */
		version: integer('version').notNull().default(0),
		submittedBy: text('submitted_by').references(() => account.id),
		submittedAt: wall('submitted_at'),
		submittedFingerprint: text('submitted_fingerprint'),
		returnReason: text('return_reason'),
		/** exercise time */
		dueAt: exerciseTime('due_at'),
		/** the inject that it follows, so that its release sets `due_at` */
		afterInject: text('after_inject'),
		/** the central inject of which it is the variant of its cell, once approved: teams of that country get this one */
		variantOf: text('variant_of'),
		/** why it is held or skipped, or was recalled */
		reason: text('reason'),
		releasedAt: exerciseTime('released_at'),
		releasedWall: wall('released_wall'),
		/** exercise time at which it was taken back, from all teams that had it */
		recalledAt: exerciseTime('recalled_at'),
		trigger: text('trigger'),
		/** the exercise's sequence at the last change: what the board fetches since */
		changed: bigint('changed', { mode: 'number' }).notNull().default(0)
	},
	(t) => [
		index('inject_due').on(t.exerciseId, t.state, t.dueAt),
		index('inject_changed').on(t.exerciseId, t.changed)
	]
);

/** Approved versions: written once, never changed. */
export const injectVersion = pgTable(
	'inject_version',
	{
		injectId: text('inject_id')
			.notNull()
			.references(() => inject.id, { onDelete: 'cascade' }),
		version: integer('version').notNull(),
		content: jsonb('content').$type<Inject>().notNull(),
		fingerprint: text('fingerprint').notNull(),
		approvedBy: text('approved_by').references(() => account.id),
		approvedAt: wall('approved_at').notNull()
	},
	(t) => [primaryKey({ columns: [t.injectId, t.version] })]
);

/** One inject at one team: exactly one row, whatever fails (R10). */
export const delivery = pgTable(
	'delivery',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		injectId: text('inject_id')
			.notNull()
			.references(() => inject.id, { onDelete: 'cascade' }),
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		/** exercise times */
		releasedAt: exerciseTime('released_at').notNull(),
		acknowledgeBy: exerciseTime('acknowledge_by'),
		respondBy: exerciseTime('respond_by'),
		seenAt: exerciseTime('seen_at'),
		acknowledgedAt: exerciseTime('acknowledged_at'),
		acknowledgedBy: text('acknowledged_by'),
		respondedAt: exerciseTime('responded_at'),
		changed: bigint('changed', { mode: 'number' }).notNull()
	},
	(t) => [
		unique('delivery_once').on(t.injectId, t.teamId),
		index('delivery_changed').on(t.exerciseId, t.changed),
		index('delivery_team').on(t.teamId)
	]
);

/** Which injects an inject waits for, team by team: what to judge anew when one of these moves. */
export const injectClause = pgTable(
	'inject_clause',
	{
		injectId: text('inject_id')
			.notNull()
			.references(() => inject.id, { onDelete: 'cascade' }),
		refersTo: text('refers_to').notNull()
	},
	(t) => [primaryKey({ columns: [t.injectId, t.refersTo] }), index('inject_clause_refers').on(t.refersTo)]
);

/** When a conditional inject is due at a team, as things stand; a row goes when the condition no longer can hold. */
export const teamDue = pgTable(
	'team_due',
	{
		injectId: text('inject_id')
			.notNull()
			.references(() => inject.id, { onDelete: 'cascade' }),
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		exerciseId: text('exercise_id').notNull(),
		/** exercise time */
		dueAt: exerciseTime('due_at').notNull()
	},
	(t) => [primaryKey({ columns: [t.injectId, t.teamId] }), index('team_due_next').on(t.exerciseId, t.dueAt)]
);

/** Whether a team did what was expected of it, as marked by who watches it; conditions ask for `yes` alone. */
export const actionMark = pgTable(
	'action_mark',
	{
		injectId: text('inject_id')
			.notNull()
			.references(() => inject.id, { onDelete: 'cascade' }),
		action: text('action').notNull(),
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		/** exercise time */
		at: exerciseTime('at').notNull(),
		byName: text('by_name').notNull(),
		seen: text('seen').$type<MarkAnswer>().notNull().default('yes')
	},
	(t) => [primaryKey({ columns: [t.injectId, t.action, t.teamId] })]
);
