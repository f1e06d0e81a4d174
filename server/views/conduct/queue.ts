import { sql } from 'drizzle-orm';
import { isControl, seesConsole } from '#lib/exercise/exercise/access.ts';
import { segmentAt } from '#lib/exercise/exercise/clock.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { lineOf } from '#lib/exercise/inject/commands.ts';
import { lineEnd, lineTakes, nextTurn } from '#lib/exercise/inject/line.ts';
import { databaseNow, type Database } from '../../database/open.ts';
import { noExercise } from '../../exercises/rights.ts';

/** The line of what became due while the clock stood still, as exercise control reads it. */
export interface QueueView {
	perMinute: number;
	held: boolean;
	/** null: not for moderators, whose board says what of it is theirs */
	progress: {
		/** wait in it */
		waiting: number;
		/** have left it since the clock began to run as it runs now */
		done: number;
		/** wall time, ms, of the next one's turn; null: none waits, it is held, or the clock stands still */
		nextAt: number | null;
		/** wall time, ms, at which it is worked off at this rate; null likewise */
		endsAt: number | null;
	} | null;
}

export async function queue(database: Database, exercise: Exercise, actor: Actor): Promise<QueueView> {
	if (!seesConsole(actor)) throw noExercise();
	const line = lineOf(exercise);
	const { perMinute, held } = line;
	if (!isControl(actor)) return { perMinute, held, progress: null };
	const now = await databaseNow(database.db);
	const end = lineEnd(exercise.clock, line.pacedAt, now);
	const nothing = { waiting: 0, done: 0, nextAt: null, endsAt: null };
	if (end === null) return { perMinute, held, progress: nothing };
	const since = segmentAt(exercise.clock, now)!.wallStart;
	const { rows } = await database.db.execute<{ waiting: string; done: string }>(sql`
		select
			(select count(*) from inject where exercise_id = ${exercise.id} and state = 'ready' and due_at <= ${end})
			+ (select count(distinct d.inject_id) from team_due d join inject i on i.id = d.inject_id
				where d.exercise_id = ${exercise.id} and i.state = 'ready' and d.due_at <= ${end}) as waiting,
			(select count(*) from fact where exercise_id = ${exercise.id} and kind = 'inject-released'
				and fact.fact ? 'paced' and wall_at >= ${new Date(since).toISOString()}::timestamptz) as done`);
	const waiting = Number(rows[0]!.waiting);
	const goes = exercise.state === 'running' && !held && waiting > 0;
	return {
		perMinute,
		held,
		progress: {
			waiting,
			done: Number(rows[0]!.done),
			nextAt: goes ? Math.max(nextTurn(line), now) : null,
			endsAt: goes ? now + lineTakes(waiting, line, now) : null
		}
	};
}
