import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { SurveyAnswers, SurveyQuestion } from '../../../src/lib/exercise/survey/schema.ts';
import { wall } from './columns.ts';
import { exercise } from './exercises.ts';
import { account } from './people.ts';

/*
 * The feedback survey. Who has answered and what was answered are two tables with nothing in common but the exercise: no
 * id, no number, no time. How rows are written so that their places do not tell either: server/survey/answers.ts.
 */

/** One for each exercise. */
export const survey = pgTable('survey', {
	exerciseId: text('exercise_id')
		.primaryKey()
		.references(() => exercise.id, { onDelete: 'cascade' }),
	/** its short address: `/s/<code>` */
	code: text('code').notNull().unique(),
	/** draft, open, closed, analysed */
	state: text('state').notNull().default('draft'),
	title: text('title').notNull(),
	/** choice, always */
	anonymity: text('anonymity').notNull(),
	questions: jsonb('questions').$type<SurveyQuestion[]>().notNull(),
	/** goes up with each change: who changes an older one is told */
	version: integer('version').notNull().default(1),
	openedAt: wall('opened_at'),
	closedAt: wall('closed_at'),
	/** what was concluded from it; null until then */
	summary: text('summary')
});

/** Who has answered: not what, not when, not whether with a name. */
export const surveyAnswered = pgTable(
	'survey_answered',
	{
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' })
	},
	(t) => [primaryKey({ columns: [t.exerciseId, t.accountId] })]
);

/** What was answered. */
export const surveyAnswer = pgTable(
	'survey_answer',
	{
		/** random */
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		answers: jsonb('answers').$type<SurveyAnswers>().notNull(),
		/** as much of the group as at least five people have in common (survey/groups.ts) */
		country: text('country'),
		level: text('level'),
		role: text('role'),
		/** both null without a name */
		accountId: text('account_id').references(() => account.id, { onDelete: 'set null' }),
		byName: text('by_name'),
		/** SHA-256 of what the browser keeps to change an answer without a name; gone once the survey is closed */
		receipt: text('receipt')
	},
	(t) => [index('survey_answer_exercise').on(t.exerciseId)]
);
