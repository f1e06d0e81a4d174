import { and, eq, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { wallTimeOf } from '#lib/exercise/exercise/clock.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import { lineOf } from '#lib/exercise/inject/commands.ts';
import { lineEnd, nextTurn, spacingOf } from '#lib/exercise/inject/line.ts';
import type { Commands } from '../commands/run.ts';
import { databaseNow, type Database } from '../database/open.ts';
import { exercise } from '../database/schema.ts';
import { toExercise } from '../exercises/rows.ts';

/** At the latest after this, the database is asked again: a lost ring costs no more. */
const lookEvery = 1000;
/** Many may be due at once: so many a turn, in order. What became due in a pause goes one by one (inject/line.ts). */
const releasesPerTurn = 25;
/** when another node was faster, wall ms */
const againAfter = 100;

export type Schedule = ReturnType<typeof createSchedule>;

/**
 * Releases what is due, whichever node is alive. There is no leader and no list in memory: each node asks the database
 * what is due by the database's clock, and the row's compare-and-swap lets one of them do it (PROMISES P4, P5).
 */
export function createSchedule(dependencies: { database: Database; commands: Commands; log: Logger }) {
	const { database, commands, log } = dependencies;
	let timer: NodeJS.Timeout | null = null;
	let turn: Promise<void> | null = null;
	let again = false;
	let stopped = false;
	let lastTurn = 0;

	function start(): void {
		stopped = false;
		look();
	}

	/** Something changed: look now rather than at the next turn. */
	function look(): void {
		if (stopped) return;
		if (turn) {
			again = true;
			return;
		}
		if (timer) clearTimeout(timer);
		turn = releaseWhatIsDue()
			.catch((error: unknown) => {
				log.error({ err: error }, 'the schedule could not look for what is due');
				return lookEvery;
			})
			.then((wait) => {
				turn = null;
				lastTurn = Date.now();
				if (stopped) return;
				const delay = again ? 0 : wait;
				again = false;
				timer = setTimeout(look, delay);
			});
	}

	/** Returns after how many milliseconds to look again. */
	async function releaseWhatIsDue(): Promise<number> {
		const now = await databaseNow(database.db);
		// in a real room nothing is released
		const running = await database.db
			.select()
			.from(exercise)
			.where(and(eq(exercise.state, 'running'), eq(exercise.kind, 'exercise')));
		let wait = lookEvery;
		for (const row of running) wait = Math.min(wait, await releaseOf(toExercise(row), now));
		return Math.max(wait, 5);
	}

	/** Of one exercise; returns when to look again, as said above. */
	async function releaseOf(of: Exercise, now: number): Promise<number> {
		const { id, clock } = of;
		const line = lineOf(of);
		const end = lineEnd(clock, line.pacedAt, now);
		let wait = lookEvery;
		// while somebody holds the line, only what is behind it is looked at
		const due = await nextDue(id, line.held ? end : null);
		for (const [i, row] of due.entries()) {
			const dueAt = Number(row.due_at);
			const at = wallTimeOf(clock, dueAt);
			if (at === null || at > now) return at === null ? wait : Math.min(wait, at - now);
			const inLine = end !== null && dueAt <= end;
			// in order: what comes after it waits as well
			if (inLine && nextTurn(line) > now) return Math.min(wait, nextTurn(line) - now);
			const done = await commands.releaseDue(id, row.id);
			if (done === 'held')
				log.warn({ exercise: id }, 'an inject was due too long ago and waits for a controller');
			// when it was its turn is read again with the next look
			if (inLine && done !== 'held')
				return Math.min(wait, done === 'released' ? spacingOf(line.perMinute) : againAfter);
			if (i === releasesPerTurn - 1) wait = 0;
		}
		return wait;
	}

	/** Injects in the order in which they are due: with a time of their own, or at the first team that waits for them. */
	async function nextDue(
		exerciseId: string,
		after: number | null
	): Promise<{ id: string; due_at: string }[]> {
		const { rows } = await database.db.execute<{ id: string; due_at: string }>(sql`
			select id, due_at from inject
			where exercise_id = ${exerciseId} and state = 'ready' and due_at is not null
			and (${after}::bigint is null or due_at > ${after}::bigint)
			union all
			select d.inject_id, min(d.due_at) from team_due d join inject i on i.id = d.inject_id
			where d.exercise_id = ${exerciseId} and i.state = 'ready'
			group by d.inject_id
			having (${after}::bigint is null or min(d.due_at) > ${after}::bigint)
			order by due_at, id limit ${releasesPerTurn}`);
		return rows;
	}

	async function stop(): Promise<void> {
		stopped = true;
		if (timer) clearTimeout(timer);
		await turn;
	}

	return {
		start,
		look,
		stop,
		/** for readiness: the loop has turned lately */
		isAlive: () => !stopped && (turn !== null || Date.now() - lastTurn < 10 * lookEvery)
	};
}
