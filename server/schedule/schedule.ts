import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { Logger } from 'pino';
import { wallTimeOf } from '#lib/exercise/exercise/clock.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import type { Commands } from '../commands/run.ts';
import { databaseNow, type Database } from '../database/open.ts';
import { exercise, inject } from '../database/schema.ts';

/** At the latest after this, the database is asked again: a lost ring costs no more. */
const lookEvery = 1000;
/** After a pause or a jump many may be due at once: so many a turn, in order (DOMAIN 4.3). */
const releasesPerTurn = 25;

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
		const running = await database.db
			.select({ id: exercise.id, clock: exercise.clock })
			.from(exercise)
			.where(eq(exercise.state, 'running'));
		let wait = lookEvery;
		for (const { id, clock } of running) {
			const due = await database.db
				.select({ id: inject.id, dueAt: inject.dueAt })
				.from(inject)
				.where(and(eq(inject.exerciseId, id), eq(inject.state, 'ready'), isNotNull(inject.dueAt)))
				.orderBy(asc(inject.dueAt), asc(inject.id))
				.limit(releasesPerTurn);
			for (const [i, row] of due.entries()) {
				const at = wallTimeOf(clock, row.dueAt!);
				if (at === null || at > now) {
					if (at !== null) wait = Math.min(wait, at - now);
					break;
				}
				const done = await commands.releaseDue(id as ExerciseId, row.id);
				if (done === 'held')
					log.warn({ exercise: id }, 'an inject was due too long ago and waits for a controller');
				if (i === releasesPerTurn - 1) wait = 0;
			}
		}
		return Math.max(wait, 5);
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
