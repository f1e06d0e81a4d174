import { and, eq } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { readsChannel } from '#lib/exercise/channel/access.ts';
import { speaking } from '#lib/exercise/channel/state.ts';
import type { AccountId, ChannelId, ExerciseId } from '#lib/exercise/ids.ts';
import type { Database } from '../database/open.ts';
import { channel } from '../database/schema.ts';
import type { Exercises } from '../exercises/exercises.ts';
import type { ChannelDoor } from '../files/routes.ts';
import { toChannel, type StoredChannel } from './rows.ts';

/** One channel of an exercise; null: none. */
export async function readChannel(
	{ db }: Pick<Database, 'db'>,
	exerciseId: ExerciseId,
	id: string
): Promise<StoredChannel | null> {
	const [row] = await db
		.select()
		.from(channel)
		.where(and(eq(channel.id, id), eq(channel.exerciseId, exerciseId)));
	return row ? toChannel(row) : null;
}

/** What somebody may do in a channel at this moment; nothing where there is none, and where it is not theirs. */
export async function channelDoor(
	database: Database,
	exercises: Pick<Exercises, 'open'>,
	exerciseId: ExerciseId,
	id: ChannelId,
	account: AccountId
): Promise<ChannelDoor> {
	const shut: ChannelDoor = { since: null, speaks: null };
	const opened = await exercises.open(exerciseId, { id: account }).catch((error: unknown) => {
		if (error instanceof AppError) return null;
		throw error;
	});
	const found = opened && (await readChannel(database, exerciseId, id));
	const joined = found && readsChannel(found.members, opened.actor);
	if (!found || !joined) return shut;
	const speaks = speaking({ exercise: opened.exercise }, found, opened.actor);
	return {
		since: joined.since,
		speaks: 'refusal' in speaks ? ('refused' in speaks.refusal ? speaks.refusal.refused : null) : true
	};
}
