import { bigint, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { NoticeChoices } from '../../../src/lib/exercise/notice/choices.ts';
import { wall } from './columns.ts';
import { exercise } from './exercises.ts';
import { account } from './people.ts';

/* What people want to be told. */

/** What a person wants to be told, and how. No row: as everybody begins. */
export const noticePreference = pgTable(
	'notice_preference',
	{
		accountId: text('account_id')
			.primaryKey()
			.references(() => account.id, { onDelete: 'cascade' }),
		choices: jsonb('choices').$type<NoticeChoices>().notNull(),
		/** when the next digest is looked at; null: none is wanted */
		digestAt: wall('digest_at')
	},
	(t) => [index('notice_preference_digest').on(t.digestAt)]
);

/** Up to which fact of an exercise somebody was told by mail. */
export const noticeCursor = pgTable(
	'notice_cursor',
	{
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		sequence: bigint('sequence', { mode: 'number' }).notNull(),
		/** comments and deadlines have no number: what came after this moment is new */
		at: wall('at').notNull()
	},
	(t) => [primaryKey({ columns: [t.accountId, t.exerciseId] })]
);
