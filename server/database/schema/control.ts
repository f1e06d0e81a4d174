import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { wall, exerciseTime } from './columns.ts';
import { exercise, team } from './exercises.ts';
import { account } from './people.ts';
import { inject } from './script.ts';

/* Exercise control at work. */

/** Who of exercise control handles what. One row a subject: taking it is an insert, taking it over compares who had it. */
export const workClaim = pgTable(
	'work_claim',
	{
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		/** storyline, country, question, inject, help */
		kind: text('kind').notNull(),
		subject: text('subject').notNull(),
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		name: text('name').notNull(),
		claimedAt: wall('claimed_at').notNull(),
		/** since when the person is not connected any more; null: is */
		awaySince: wall('away_since')
	},
	(t) => [primaryKey({ columns: [t.exerciseId, t.kind, t.subject] })]
);

/** What somebody asks the help desk: between that person and exercise control, nobody else's. */
export const helpRequest = pgTable(
	'help_request',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		askedBy: text('asked_by').notNull(),
		/** as it was when it was asked: names of the asker's teams, and the countries whose moderators may help */
		teams: text('teams').array().notNull(),
		countries: text('countries').array().notNull(),
		/** technical, exercise */
		topic: text('topic').notNull(),
		text: text('text').notNull(),
		/** the page on which it was asked */
		place: text('place').notNull().default(''),
		/** open, taken, answered, closed */
		state: text('state').notNull().default('open'),
		askedWall: wall('asked_wall').notNull(),
		/** null before STARTEX */
		askedAt: exerciseTime('asked_at'),
		answer: text('answer'),
		answeredBy: text('answered_by'),
		answeredWall: wall('answered_wall')
	},
	(t) => [
		index('help_request_state').on(t.exerciseId, t.state),
		index('help_request_account').on(t.exerciseId, t.accountId)
	]
);

/** A contingency inject that was suggested for a team, and that exercise control decided not to use. */
export const suggestionDismissal = pgTable(
	'suggestion_dismissal',
	{
		injectId: text('inject_id')
			.notNull()
			.references(() => inject.id, { onDelete: 'cascade' }),
		teamId: text('team_id')
			.notNull()
			.references(() => team.id, { onDelete: 'cascade' }),
		/** the inject whose expected action was missed, and the action */
		missedInject: text('missed_inject').notNull(),
		missedAction: text('missed_action').notNull(),
		note: text('note').notNull(),
		byName: text('by_name').notNull(),
		/** exercise time */
		at: exerciseTime('at').notNull()
	},
	(t) => [
		primaryKey({
			name: 'suggestion_dismissal_once',
			columns: [t.injectId, t.teamId, t.missedInject, t.missedAction]
		})
	]
);
