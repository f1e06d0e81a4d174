import { and, eq, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { mayLook, parseRoomKey, type RoomKey } from '#lib/exercise/looked/rooms.ts';
import type { Database } from '../database/open.ts';
import { channel, looked } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';

export type Looked = ReturnType<typeof createLooked>;

/**
 * When a person last looked at a room. It is theirs alone, and a moment of the wall's clock, not a number of the exercise's
 * facts: counting those would tell a player what happens elsewhere (PROMISES P2).
 */
export function createLooked({ database }: { database: Database }) {
	const { db } = database;

	/** Refuses rooms that are not open to the person, and such that are none, with the same words. */
	async function open(exercise: Exercise, actor: Actor, room: RoomKey): Promise<void> {
		const audience = parseRoomKey(room);
		if (!audience) throw noExercise();
		const teams = audience.to === 'team' ? await readTeams(db, exercise.id) : [];
		const [row] =
			audience.to === 'channel'
				? await db
						.select({ members: channel.members })
						.from(channel)
						.where(and(eq(channel.id, audience.channel), eq(channel.exerciseId, exercise.id)))
				: [];
		const team = teams.find((one) => audience.to === 'team' && one.id === audience.team);
		if (!mayLook(audience, actor, { team: team ?? null, channel: row?.members ?? null })) throw noExercise();
	}

	return {
		/** By the wall's clock, ms; null: never marked. The caller has asked whether the person may read the room. */
		async at(
			exercise: Pick<Exercise, 'id'>,
			actor: Pick<Actor, 'accountId'>,
			room: RoomKey
		): Promise<number | null> {
			const [row] = await db
				.select({ at: looked.lookedAt })
				.from(looked)
				.where(
					and(
						eq(looked.accountId, actor.accountId),
						eq(looked.exerciseId, exercise.id),
						eq(looked.room, room)
					)
				);
			return row?.at.getTime() ?? null;
		},

		/**
		 * The person has looked at everything up to a moment: that of the newest entry on the screen, so that what came while
		 * the button was pressed stays new. Never later than now, never back.
		 */
		async mark(exercise: Exercise, actor: Actor, room: RoomKey, upTo: number): Promise<{ at: number }> {
			if (!Number.isSafeInteger(upTo) || upTo < 0)
				throw new AppError('invalid', 'Say up to when you have looked, in milliseconds.');
			await open(exercise, actor, room);
			const at = sql<Date>`least(to_timestamp(${upTo}::double precision / 1000), clock_timestamp())`;
			const [row] = await db
				.insert(looked)
				.values({ accountId: actor.accountId, exerciseId: exercise.id, room, lookedAt: at as never })
				.onConflictDoUpdate({
					target: [looked.accountId, looked.exerciseId, looked.room],
					set: { lookedAt: sql`greatest(${looked.lookedAt}, excluded.looked_at)` }
				})
				.returning({ at: looked.lookedAt });
			return { at: row!.at.getTime() };
		}
	};
}
