import { sql } from 'drizzle-orm';
import {
	bigserial,
	boolean,
	customType,
	date,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	unique
} from 'drizzle-orm/pg-core';
import { createdAt, wall } from './columns.ts';
import { account } from './people.ts';

/*
 * Improvement actions and lessons: they live at the installation and outlive exercises, so they name exercises and injects
 * without pointing at their rows.
 */

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** Who keeps what: the secretariat the EU level (country `EU`), a representative one country. */
export const improvementRole = pgTable(
	'improvement_role',
	{
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		country: text('country').notNull(),
		/** secretariat, representative */
		role: text('role').notNull(),
		createdBy: text('created_by').references(() => account.id),
		createdAt: createdAt()
	},
	(t) => [primaryKey({ columns: [t.accountId, t.country] }), index('improvement_role_country').on(t.country)]
);

/** What a country shows to others. No row: nothing. */
export const improvementSharing = pgTable('improvement_sharing', {
	country: text('country').primaryKey(),
	/** private, statistics, full */
	level: text('level').notNull().default('private'),
	/** whether planners of the country's own cell, in any exercise, are offered its open lessons */
	offersPlanners: boolean('offers_planners').notNull().default(false),
	changedBy: text('changed_by').references(() => account.id),
	changedAt: wall('changed_at').notNull().defaultNow()
});

export const improvementAction = pgTable(
	'improvement_action',
	{
		id: text('id').primaryKey(),
		country: text('country').notNull(),
		title: text('title').notNull(),
		text: text('text').notNull().default(''),
		ownerOrganisation: text('owner_organisation').notNull(),
		/** null until the person is known */
		ownerId: text('owner_id').references(() => account.id),
		/** everybody who has owned it since it was accepted: none of them verifies it */
		owners: text('owners')
			.array()
			.notNull()
			.default(sql`'{}'::text[]`),
		capability: text('capability').notNull(),
		element: text('element').notNull(),
		priority: text('priority').notNull(),
		startOn: date('start_on', { mode: 'string' }),
		dueOn: date('due_on', { mode: 'string' }),
		successMeasure: text('success_measure').notNull().default(''),
		verificationMethod: text('verification_method').notNull().default(''),
		tlp: text('tlp').notNull(),
		/** states in src/lib/improvement/action.ts; overdue is computed */
		state: text('state').notNull().default('proposed'),
		deferredUntil: date('deferred_until', { mode: 'string' }),
		implementedBy: text('implemented_by').references(() => account.id),
		/** exercise, incident, peer_review, risk_assessment */
		source: text('source').notNull(),
		/** the finding's title, or which incident, review or assessment */
		sourceTitle: text('source_title').notNull(),
		sourceExercise: text('source_exercise'),
		sourceExerciseName: text('source_exercise_name'),
		sourceFinding: text('source_finding'),
		proposedBy: text('proposed_by')
			.notNull()
			.references(() => account.id),
		/** raised by every change: the SEQUENCE of its calendar entry, and what a form was made from */
		version: integer('version').notNull().default(1),
		createdAt: createdAt(),
		changedAt: wall('changed_at').notNull().defaultNow()
	},
	(t) => [
		index('improvement_action_country').on(t.country, t.state),
		index('improvement_action_owner').on(t.ownerId)
	]
);

export const lesson = pgTable(
	'lesson',
	{
		id: text('id').primaryKey(),
		country: text('country').notNull(),
		title: text('title').notNull(),
		text: text('text').notNull().default(''),
		capability: text('capability').notNull(),
		tlp: text('tlp').notNull(),
		/** states in src/lib/improvement/lesson.ts */
		state: text('state').notNull().default('observed'),
		implementedBy: text('implemented_by').references(() => account.id),
		createdBy: text('created_by')
			.notNull()
			.references(() => account.id),
		createdAt: createdAt(),
		changedAt: wall('changed_at').notNull().defaultNow(),
		/** words as they are for names and languages, and their English stems */
		search: tsvector('search')
			.notNull()
			.generatedAlwaysAs(
				sql`setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('simple', text), 'B') || setweight(to_tsvector('english', text), 'B')`
			)
	},
	(t) => [index('lesson_country').on(t.country, t.state), index('lesson_search').using('gin', t.search)]
);

/** Where a lesson was seen: a finding of an exercise's review. */
export const lessonSource = pgTable(
	'lesson_source',
	{
		lessonId: text('lesson_id')
			.notNull()
			.references(() => lesson.id, { onDelete: 'cascade' }),
		exercise: text('exercise').notNull(),
		exerciseName: text('exercise_name').notNull(),
		finding: text('finding').notNull(),
		findingTitle: text('finding_title').notNull(),
		createdAt: createdAt()
	},
	(t) => [primaryKey({ columns: [t.lessonId, t.exercise, t.finding] })]
);

/** The actions that a lesson led to. */
export const lessonAction = pgTable(
	'lesson_action',
	{
		lessonId: text('lesson_id')
			.notNull()
			.references(() => lesson.id, { onDelete: 'cascade' }),
		actionId: text('action_id')
			.notNull()
			.references(() => improvementAction.id, { onDelete: 'cascade' }),
		createdAt: createdAt()
	},
	(t) => [primaryKey({ columns: [t.lessonId, t.actionId] }), index('lesson_action_action').on(t.actionId)]
);

/** An inject of an exercise that tests a lesson again: shown to whoever may read that script, and to nobody else. */
export const lessonRetest = pgTable(
	'lesson_retest',
	{
		id: text('id').primaryKey(),
		lessonId: text('lesson_id')
			.notNull()
			.references(() => lesson.id, { onDelete: 'cascade' }),
		exercise: text('exercise').notNull(),
		cell: text('cell').notNull(),
		inject: text('inject').notNull(),
		linkedBy: text('linked_by').references(() => account.id),
		createdAt: createdAt(),
		/** P, S, M, U; null: not rated yet */
		rating: text('rating'),
		ratedBy: text('rated_by').references(() => account.id),
		ratedAt: wall('rated_at')
	},
	(t) => [
		unique('lesson_retest_inject').on(t.lessonId, t.exercise, t.inject),
		index('lesson_retest_exercise').on(t.exercise)
	]
);

/** All that happened to an action or a lesson: rows are never changed or deleted (a trigger sees to it). */
export const improvementEvent = pgTable(
	'improvement_event',
	{
		sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
		/** of an action or of a lesson */
		subject: text('subject').notNull(),
		/** an act of its life, or proposed, changed, evidence, note, linked … */
		kind: text('kind').notNull(),
		actorId: text('actor_id').references(() => account.id),
		/** what was said, and what changed from what to what */
		detail: jsonb('detail').$type<Record<string, unknown>>().notNull(),
		at: wall('at').notNull().defaultNow()
	},
	(t) => [index('improvement_event_subject').on(t.subject, t.sequence)]
);

/** The secret address of somebody's calendar. */
export const improvementCalendar = pgTable('improvement_calendar', {
	accountId: text('account_id')
		.primaryKey()
		.references(() => account.id, { onDelete: 'cascade' }),
	/** SHA-256 of what the address holds */
	tokenHash: text('token_hash').notNull().unique(),
	createdAt: createdAt()
});

/** When an owner was last reminded of open actions by mail. */
export const improvementReminder = pgTable('improvement_reminder', {
	accountId: text('account_id')
		.primaryKey()
		.references(() => account.id, { onDelete: 'cascade' }),
	sentAt: wall('sent_at').notNull()
});
