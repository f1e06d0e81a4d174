import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import type { MailRecipient } from '../../mail/recipient.ts';
import { wall, createdAt } from './columns.ts';
import { exercise } from './exercises.ts';
import { account } from './people.ts';
import { delivery } from './script.ts';

/* What planning keeps beside the script: files, comments, the library, readiness, outgoing mail. */

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
	/** the cell whose script it comes from; null: not known, or of several, as in a rehearsal */
	sourceCell: text('source_cell'),
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
		/** who reads it, and what must still be so when it leaves (recipient.ts); null: nothing is asked */
		recipient: jsonb('recipient').$type<MailRecipient>(),
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
