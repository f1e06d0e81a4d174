import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import { claimAwayMs } from '#lib/exercise/claim/schema.ts';
import type { Commands } from '../commands/run.ts';
import type { Ring } from '../commands/topics.ts';
import type { Database } from '../database/open.ts';
import { connectedLimits } from '../events/connected.ts';
import { createRounds } from '../rounds.ts';

/** How often somebody's leaving is looked for: well below the time after which claims go back. */
const lookEvery = 10_000;

/**
 * Whoever leaves gives back what they have claimed (claim/schema.ts): first the claim says that the person is away, then,
 * if nobody has come back, it is given back. Any node does it, by the rows of who is connected; two at once do it once.
 */
export function createLeaving({
	database,
	commands,
	ring,
	log
}: {
	database: Database;
	commands: Pick<Commands, 'returnLeft'>;
	ring: (ring: Ring) => void;
	log: Logger;
}) {
	async function look(): Promise<void> {
		const { rows } = await database.db.execute<{ exercise_id: string }>(sql`
			with seen as (
				select c.exercise_id, c.kind, c.subject, exists (
					select 1 from connected n where n.exercise_id = c.exercise_id and c.account_id = any(n.accounts)
					and n.at > now() - make_interval(secs => ${connectedLimits.staleSeconds})) as here
				from work_claim c
			)
			update work_claim c set away_since = case when seen.here then null else now() end
			from seen
			where seen.exercise_id = c.exercise_id and seen.kind = c.kind and seen.subject = c.subject
			and seen.here = (c.away_since is not null)
			returning c.exercise_id`);
		for (const exercise of new Set(rows.map((row) => row.exercise_id)))
			ring({ exercise, topics: ['claims'] });
		const left = await database.db.execute<{ exercise_id: string }>(sql`
			select distinct exercise_id from work_claim
			where away_since < now() - make_interval(secs => ${claimAwayMs / 1000})`);
		for (const { exercise_id } of left.rows) await commands.returnLeft(exercise_id as ExerciseId);
	}

	const rounds = createRounds(look, lookEvery, (error) =>
		log.warn({ err: error }, 'who has left could not be looked for')
	);
	return {
		start: rounds.start,
		/** now rather than at the next turn */
		look,
		stop: rounds.stop
	};
}
