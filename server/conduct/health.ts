import { sql } from 'drizzle-orm';
import { wallTimeOf } from '#lib/exercise/exercise/clock.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import type { HealthFigures } from '#lib/exercise/conduct/health.ts';
import { lineOf } from '#lib/exercise/inject/commands.ts';
import { lateBy, lineEnd } from '#lib/exercise/inject/line.ts';
import { databaseNow, type Database } from '../database/open.ts';
import { connectedLimits } from '../events/connected.ts';
import type { Mail } from '../mail/mail.ts';
import type { Realtime } from '../realtime.ts';

export type Health = ReturnType<typeof createHealth>;

/** Releases within so many minutes count: what was late this morning is no news. */
const lateWithinMinutes = 10;

/** What the wall of exercise control shows of the system, measured when it is asked (conduct/health.ts judges it). */
export function createHealth({
	database,
	realtime,
	mail
}: {
	database: Database;
	realtime: Pick<Realtime, 'schedule' | 'events' | 'documents'>;
	mail: Pick<Mail, 'isSetUp'>;
}) {
	const { db, pool } = database;

	/** Of injects that went by the clock lately, and of those that should have gone: the line is no lateness (P5). */
	async function scheduleLate(exercise: Exercise, now: number): Promise<number> {
		const { rows } = await db.execute<{ due_at: string; released: string | null }>(sql`
			select i.due_at, extract(epoch from i.released_wall) * 1000 as released from inject i
			where i.exercise_id = ${exercise.id} and i.due_at is not null and (
				(i.state = 'ready' and i.due_at <= ${currentTime(exercise, now)})
				or (i.trigger = 'schedule' and i.released_wall > now() - make_interval(mins => ${lateWithinMinutes})))`);
		const line = lineOf(exercise);
		const end = lineEnd(exercise.clock, line.pacedAt, now);
		let worst = 0;
		for (const { due_at, released } of rows) {
			const dueAt = Number(due_at);
			if (released === null) {
				if (exercise.state !== 'running' || (line.held && end !== null && dueAt <= end)) continue;
				worst = Math.max(worst, lateBy(dueAt, exercise.clock, line, now));
				continue;
			}
			// what waited in line was released when it was its turn
			const due = wallTimeOf(exercise.clock, dueAt);
			if (due === null || (end !== null && dueAt <= end)) continue;
			worst = Math.max(worst, Number(released) - due);
		}
		return Number.isFinite(worst) ? Math.round(worst) : 0;
	}

	return {
		async measure(exercise: Exercise): Promise<HealthFigures> {
			const begun = performance.now();
			const now = await databaseNow(db);
			const databaseMs = performance.now() - begun;
			const [late, counts] = await Promise.all([
				scheduleLate(exercise, now),
				db.execute<{ queued: string; failed: string; oldest: string | null; nodes: string }>(sql`
					select
						(select count(*) from mail where exercise_id = ${exercise.id} and state = 'queued') as queued,
						(select count(*) from mail where exercise_id = ${exercise.id} and state = 'failed') as failed,
						(select extract(epoch from now() - min(created_at)) * 1000 from mail
							where exercise_id = ${exercise.id} and state = 'queued') as oldest,
						(select count(distinct node) from connected
							where at > now() - make_interval(secs => ${connectedLimits.staleSeconds})) as nodes`)
			]);
			const row = counts.rows[0]!;
			return {
				databaseMs: Math.round(databaseMs),
				databaseWaiting: pool.waitingCount,
				scheduleAlive: realtime.schedule.isAlive(),
				scheduleLateMs: late,
				mail: {
					isSetUp: mail.isSetUp,
					queued: Number(row.queued),
					failed: Number(row.failed),
					oldestMs: Math.round(Number(row.oldest ?? 0))
				},
				nodes: Number(row.nodes),
				eventSockets: realtime.events.sockets(),
				documentSockets: realtime.documents.sockets(),
				damaged: realtime.documents.damaged()
			};
		}
	};
}

const currentTime = (exercise: Exercise, now: number): number => {
	const last = exercise.clock.at(-1);
	return last ? Math.floor(last.exerciseStart + (now - last.wallStart) * last.rate) : -1;
};
