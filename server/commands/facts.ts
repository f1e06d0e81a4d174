import { sql } from 'drizzle-orm';
import { teamOfFact, type Recorded } from '#lib/exercise/facts.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import { headOf, type ChainHead } from '../audit/audit.ts';
import type { Transaction } from '../database/open.ts';

/**
 * Numbers facts and stores them; from here to the commit everybody else who acts in the exercise waits. So it is one
 * statement, and locks what the act has to lock anyway, in this order: the exercise's row, the end of its audit chain.
 *
 * @returns the number of the last fact, and the end of the chain; null: nothing was audited yet
 */
export async function storeFacts(
	tx: Transaction,
	exercise: ExerciseId,
	recorded: readonly Recorded[]
): Promise<{ lastSequence: number; chain: ChainHead | null }> {
	const rows = recorded.map(({ fact, by, wallAt, exerciseAt }, i) => ({
		place: i - recorded.length + 1,
		kind: fact.kind,
		team: teamOfFact(fact),
		actor: by?.account ?? null,
		name: by?.name ?? null,
		wall: new Date(wallAt).toISOString(),
		exercise: exerciseAt,
		fact
	}));
	const stored = await tx.execute<{
		last: string;
		sequence: string | null;
		hash: string | null;
		at: string | null;
	}>(sql`
		with head as (
			update exercise set sequence = sequence + ${rows.length} where id = ${exercise} returning sequence
		), stored as (
			insert into fact (exercise_id, sequence, kind, team_id, actor_id, actor_name, wall_at, exercise_at, fact)
			select ${exercise}, head.sequence + one.place, one.kind, one.team, one.actor, one.name, one.wall, one.exercise,
				one.fact
			from head, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as one(place bigint, kind text, team text,
				actor text, name text, wall timestamptz, exercise bigint, fact jsonb)
			order by one.place
		)
		select head.sequence as last, chain.sequence, chain.hash, chain.at
		from head left join lateral (${headOf(exercise)}) chain on true`);
	const [head] = stored.rows;
	if (!head) throw new Error(`no exercise ${exercise}`);
	return {
		lastSequence: Number(head.last),
		chain: head.hash === null ? null : { sequence: Number(head.sequence), hash: head.hash, at: head.at! }
	};
}
