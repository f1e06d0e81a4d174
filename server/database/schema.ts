import {
	bigint,
	boolean,
	customType,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	timestamp,
	unique,
	uniqueIndex
} from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { ClockSegment } from '../../src/lib/exercise/exercise/clock.ts';
import type { ChannelMembers } from '../../src/lib/exercise/channel/schema.ts';
import type { ExerciseSettings } from '../../src/lib/exercise/exercise/schema.ts';
import type { Fact } from '../../src/lib/exercise/facts.ts';
import type { Inject } from '../../src/lib/exercise/inject/schema.ts';
import type { RecordPlace } from '../../src/lib/exercise/working/record.ts';

/*
 * The one description of the database. `npm run database:generate` turns a change here into a migration. drizzle-kit
 * reads this file by itself, so imports are relative and types only.
 *
 * Wall times are `timestamptz`; exercise times are `bigint` milliseconds, because they are no moment of the real world.
 */

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({
	dataType: () => 'bytea',
	toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
	fromDriver: (value) => new Uint8Array(value)
});
const wall = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const exerciseTime = (name: string) => bigint(name, { mode: 'number' });
const createdAt = () => wall('created_at').notNull().defaultNow();

// --- people -----------------------------------------------------------------------------------------------------------

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

// --- exercises --------------------------------------------------------------------------------------------------------

export const exercise = pgTable('exercise', {
	id: text('id').primaryKey(),
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
	createdBy: text('created_by').references(() => account.id),
	createdAt: createdAt()
});

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

// --- the script outside its page: what is submitted, approved, released -----------------------------------------------

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
		/** why it is held or skipped */
		reason: text('reason'),
		releasedAt: exerciseTime('released_at'),
		releasedWall: wall('released_wall'),
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

/** An expected action that a team did, as marked by who watches it. */
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
		byName: text('by_name').notNull()
	},
	(t) => [primaryKey({ columns: [t.injectId, t.action, t.teamId] })]
);

// --- planning beside the script ---------------------------------------------------------------------------------------

/** A file that planners gave; its bytes lie in the file store under their SHA-256, once. */
export const attachment = pgTable(
	'attachment',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		cell: text('cell').notNull(),
		sha256: text('sha256').notNull(),
		name: text('name').notNull(),
		mediaType: text('media_type').notNull(),
		bytes: integer('bytes').notNull(),
		uploadedBy: text('uploaded_by').references(() => account.id),
		createdAt: createdAt()
	},
	(t) => [index('attachment_exercise').on(t.exerciseId), index('attachment_sha256').on(t.sha256)]
);

/** The address under which one team reads an attachment: made at release, of no use to others (PROMISES P1, R1). */
export const attachmentGrant = pgTable(
	'attachment_grant',
	{
		id: text('id').primaryKey(),
		attachmentId: text('attachment_id')
			.notNull()
			.references(() => attachment.id, { onDelete: 'cascade' }),
		deliveryId: text('delivery_id')
			.notNull()
			.references(() => delivery.id, { onDelete: 'cascade' })
	},
	(t) => [unique('attachment_grant_once').on(t.deliveryId, t.attachmentId)]
);

/** What planners say to each other about an inject. */
export const injectComment = pgTable(
	'inject_comment',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		cell: text('cell').notNull(),
		/** of the page: it may not have been submitted yet */
		injectId: text('inject_id').notNull(),
		authorId: text('author_id').references(() => account.id),
		authorName: text('author_name').notNull(),
		text: text('text').notNull(),
		/** accounts that are told */
		mentions: text('mentions').array().notNull(),
		resolvedAt: wall('resolved_at'),
		resolvedBy: text('resolved_by'),
		createdAt: createdAt()
	},
	(t) => [index('inject_comment_inject').on(t.exerciseId, t.injectId)]
);

/** Injects and kits that are used again in other exercises: without participants, with times from STARTEX. */
export const libraryItem = pgTable('library_item', {
	id: text('id').primaryKey(),
	kind: text('kind').notNull(),
	title: text('title').notNull(),
	summary: text('summary').notNull(),
	tags: text('tags').array().notNull(),
	tlp: text('tlp').notNull(),
	content: jsonb('content').notNull(),
	/** who plays in it sees the item only after ENDEX; null: of no exercise any more */
	sourceExerciseId: text('source_exercise_id').references(() => exercise.id, { onDelete: 'set null' }),
	createdBy: text('created_by').references(() => account.id),
	createdAt: createdAt()
});

/** How a workbook is read, kept under a name. */
export const importMapping = pgTable(
	'import_mapping',
	{
		id: text('id').primaryKey(),
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		name: text('name').notNull(),
		mapping: jsonb('mapping').notNull(),
		createdAt: createdAt()
	},
	(t) => [uniqueIndex('import_mapping_name').on(t.accountId, sql`lower(${t.name})`)]
);

/** A communication check: everybody is asked to say that they are there. */
export const communicationCheck = pgTable('communication_check', {
	id: text('id').primaryKey(),
	exerciseId: text('exercise_id')
		.notNull()
		.references(() => exercise.id, { onDelete: 'cascade' }),
	text: text('text').notNull(),
	dueAt: wall('due_at').notNull(),
	startedBy: text('started_by').references(() => account.id),
	startedAt: createdAt(),
	endedAt: wall('ended_at')
});

export const communicationAnswer = pgTable(
	'communication_answer',
	{
		checkId: text('check_id')
			.notNull()
			.references(() => communicationCheck.id, { onDelete: 'cascade' }),
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		remindedAt: wall('reminded_at'),
		confirmedAt: wall('confirmed_at')
	},
	(t) => [primaryKey({ columns: [t.checkId, t.accountId] })]
);

/** One line of the go/no-go list. */
export const goItem = pgTable(
	'go_item',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		text: text('text').notNull(),
		ownerId: text('owner_id').references(() => account.id, { onDelete: 'set null' }),
		ownerName: text('owner_name').notNull(),
		/** open, go, no-go */
		state: text('state').notNull().default('open'),
		note: text('note').notNull().default(''),
		position: integer('position').notNull(),
		decidedBy: text('decided_by'),
		decidedAt: wall('decided_at')
	},
	(t) => [index('go_item_exercise').on(t.exerciseId)]
);

/** Mail that leaves: kept until it is sent or given up, so that a failure is seen and tried again. */
export const mail = pgTable(
	'mail',
	{
		id: text('id').primaryKey(),
		/** null: of the installation */
		exerciseId: text('exercise_id').references(() => exercise.id, { onDelete: 'cascade' }),
		kind: text('kind').notNull(),
		/** made once for one occasion: a second try to queue it changes nothing */
		once: text('once').notNull().unique(),
		toAddress: text('to_address').notNull(),
		/** the display name beside the installation's own address; null: the installation's */
		fromName: text('from_name'),
		subject: text('subject').notNull(),
		/** emptied once it is sent: it may hold a link that opens an account */
		body: text('body').notNull(),
		/** queued, sent, failed */
		state: text('state').notNull().default('queued'),
		attempts: integer('attempts').notNull().default(0),
		nextAt: wall('next_at').notNull().defaultNow(),
		lastError: text('last_error'),
		createdAt: createdAt(),
		sentAt: wall('sent_at')
	},
	(t) => [index('mail_next').on(t.state, t.nextAt), index('mail_exercise').on(t.exerciseId)]
);

// --- what teams do ----------------------------------------------------------------------------------------------------

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
		text: text('text').notNull(),
		askedBy: text('asked_by').notNull(),
		askedAt: exerciseTime('asked_at').notNull(),
		askedWall: wall('asked_wall').notNull(),
		answer: text('answer'),
		answeredBy: text('answered_by'),
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

// --- across teams -----------------------------------------------------------------------------------------------------

/** Where several teams talk; what is said is on its timeline. */
export const channel = pgTable(
	'channel',
	{
		id: text('id').primaryKey(),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		kind: text('kind').notNull(),
		name: text('name').notNull(),
		members: jsonb('members').$type<ChannelMembers>().notNull(),
		closedAt: wall('closed_at'),
		createdAt: createdAt()
	},
	(t) => [index('channel_exercise').on(t.exerciseId)]
);

// --- facts, audit, commands -------------------------------------------------------------------------------------------

/** What happened, in order. Append-only: a trigger refuses to change or delete rows. */
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
		index('fact_kind').on(t.exerciseId, t.kind)
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

// --- documents --------------------------------------------------------------------------------------------------------

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

// --- nodes ------------------------------------------------------------------------------------------------------------

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
