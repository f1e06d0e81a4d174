import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelMembers } from '#lib/exercise/channel/schema.ts';
import type { AccountId, ChannelId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { Database } from '../database/open.ts';
import { account, channel, exercise, session, team } from '../database/schema.ts';
import { readActors } from './actor.ts';
import { toExercise, toTeam } from './rows.ts';

/** What the rights of everybody on open sockets stand on, as it is now. */
export interface Standing {
	exercise: Exercise;
	teams: ReadonlyMap<string, Team>;
	channels: ReadonlyMap<string, ChannelMembers>;
	actors: ReadonlyMap<AccountId, Actor>;
	/** sessions that still open something */
	sessions: ReadonlySet<string>;
}

/**
 * Read for all at once: five queries for one exercise, however many thousand sockets it has, so that rights can be looked
 * at again every few seconds (PROMISES R7). Null when there is no such exercise.
 */
export async function readStanding(
	{ db }: Database,
	exerciseId: ExerciseId,
	people: readonly { accountId: AccountId; sessionId: string }[]
): Promise<Standing | null> {
	const [row] = await db.select().from(exercise).where(eq(exercise.id, exerciseId));
	if (!row) return null;
	const teams = await db.select().from(team).where(eq(team.exerciseId, exerciseId));
	const channels = await db.select().from(channel).where(eq(channel.exerciseId, exerciseId));
	return {
		exercise: toExercise(row),
		teams: new Map(teams.map((one) => [one.id, toTeam(one)])),
		channels: new Map(channels.map((one) => [one.id, one.members])),
		actors: await readActors(db, exerciseId, [...new Set(people.map((person) => person.accountId))]),
		sessions: await liveSessions(
			db,
			people.map((person) => person.sessionId)
		)
	};
}

/** The same for people at the gate, whose sessions were just looked up, and the teams and channels whose documents they ask for. */
export async function readStandingFor(
	{ db }: Database,
	exerciseId: ExerciseId,
	teamIds: readonly TeamId[],
	channelIds: readonly ChannelId[],
	people: readonly AccountId[]
): Promise<Omit<Standing, 'sessions'> | null> {
	const [[row], teams, channels, actors] = await Promise.all([
		db.select().from(exercise).where(eq(exercise.id, exerciseId)),
		teamIds.length === 0
			? []
			: db
					.select()
					.from(team)
					.where(and(eq(team.exerciseId, exerciseId), inArray(team.id, [...teamIds]))),
		channelIds.length === 0
			? []
			: db
					.select()
					.from(channel)
					.where(and(eq(channel.exerciseId, exerciseId), inArray(channel.id, [...channelIds]))),
		readActors(db, exerciseId, people)
	]);
	return row
		? {
				exercise: toExercise(row),
				teams: new Map(teams.map((one) => [one.id, toTeam(one)])),
				channels: new Map(channels.map((one) => [one.id, one.members])),
				actors
			}
		: null;
}

/** Those of some sessions that have not ended, by the database's clock, of accounts that are not disabled. */
export async function liveSessions(db: Database['db'], ids: readonly string[]): Promise<Set<string>> {
	if (ids.length === 0) return new Set();
	const rows = await db
		.select({ id: session.id })
		.from(session)
		.innerJoin(account, eq(account.id, session.userId))
		.where(
			and(
				inArray(session.id, [...new Set(ids)]),
				gt(session.expiresAt, sql`now()`),
				gt(session.endsAt, sql`now()`),
				isNull(account.disabledAt)
			)
		);
	return new Set(rows.map((row) => row.id));
}
