import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { wall } from './columns.ts';
import { exercise } from './exercises.ts';
import { account } from './people.ts';

/* People in rooms. */

/** When somebody last looked at a room, by the wall's clock: what is new is counted from there. */
export const looked = pgTable(
	'looked',
	{
		accountId: text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		exerciseId: text('exercise_id')
			.notNull()
			.references(() => exercise.id, { onDelete: 'cascade' }),
		/** `control`, `team/<id>`, `channel/<id>` (src/lib/exercise/looked/rooms.ts) */
		room: text('room').notNull(),
		lookedAt: wall('looked_at').notNull()
	},
	(t) => [primaryKey({ columns: [t.accountId, t.exerciseId, t.room] })]
);
