import { changeTopics } from '#lib/protocol/wire.ts';
import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { Logger } from 'pino';
import { ringFor, type Ring } from '../commands/topics.ts';
import type { Database } from '../database/open.ts';
import { exercise, fact } from '../database/schema.ts';

export const lookAgainLimits = {
	/** what no ring told of is found after this at the latest */
	everyMs: 3000,
	/** facts that are looked at one by one; after more everybody reads everything again */
	facts: 500
} as const;

export interface LookAgainDependencies {
	database: Database;
	log: Logger;
	/** compares the documents that are open here with their rows, and reads on */
	lookAtDocuments: () => void;
	/** exercises that somebody here listens to */
	exercises: () => string[];
	/** says on this node what a lost ring would have said */
	tell: (ring: Ring) => void;
}

interface Known {
	/** all facts up to here were told */
	sequence: number;
	/** beyond it, those that a ring told of */
	heard: Set<number>;
	rightsVersion: number;
	rightsHeard: number;
}

/**
 * Repairs what the bell lost: every few seconds one look at the heads of what is open here, and only what moved without
 * a ring is read. So a ring that is lost, repeated or late changes nothing but the time (R11).
 */
export function createLookAgain(dependencies: LookAgainDependencies) {
	const { database, log } = dependencies;
	const exercises = new Map<string, Known>();
	let timer: NodeJS.Timeout | undefined;
	let looking: Promise<void> | null = null;
	let again = false;
	let running = false;

	/** From here on nothing of an exercise goes by unheard. Before its listener reads anything. */
	async function follow(id: string): Promise<void> {
		if (exercises.has(id)) return;
		const [head] = await heads([id]);
		if (head && !exercises.has(id)) exercises.set(id, unheard(head));
	}

	/** False: everything that this ring is about was told already. */
	function isNews(ring: Ring): boolean {
		const known = exercises.get(ring.exercise);
		if (!known) return true;
		if (ring.topics.includes('rights')) known.rightsHeard++;
		if (!ring.facts) return true;
		let news = false;
		for (let n = ring.facts[0]; n <= ring.facts[1]; n++) {
			if (n <= known.sequence || known.heard.has(n)) continue;
			known.heard.add(n);
			news = true;
		}
		return news;
	}

	async function lookAtExercises(): Promise<void> {
		const open = new Set(dependencies.exercises());
		for (const id of exercises.keys()) if (!open.has(id)) exercises.delete(id);
		for (const head of await heads([...exercises.keys()])) {
			const known = exercises.get(head.id);
			if (!known) continue;
			if (head.rightsVersion - known.rightsVersion > known.rightsHeard)
				dependencies.tell({ exercise: head.id, topics: ['rights', 'people'] });
			known.rightsVersion = head.rightsVersion;
			known.rightsHeard = 0;
			let missing = false;
			for (let n = known.sequence + 1; n <= head.sequence; n++) missing ||= !known.heard.has(n);
			const rings = missing ? await ringsAfter(head.id, known) : [];
			known.sequence = Math.max(known.sequence, head.sequence);
			for (const n of known.heard) if (n <= known.sequence) known.heard.delete(n);
			for (const ring of rings) dependencies.tell(ring);
		}
	}

	async function ringsAfter(id: string, known: Known): Promise<Ring[]> {
		const rows = await database.db
			.select({ sequence: fact.sequence, fact: fact.fact })
			.from(fact)
			.where(and(eq(fact.exerciseId, id), gt(fact.sequence, known.sequence)))
			.orderBy(asc(fact.sequence))
			.limit(lookAgainLimits.facts + 1);
		if (rows.length > lookAgainLimits.facts)
			return [
				{
					exercise: id,
					topics: changeTopics.filter((topic) => topic !== 'rights'),
					pulse: true
				}
			];
		return rows.filter((row) => !known.heard.has(row.sequence)).map((row) => ringFor(id, [row.fact]));
	}

	async function heads(ids: string[]): Promise<{ id: string; sequence: number; rightsVersion: number }[]> {
		if (ids.length === 0) return [];
		return database.db
			.select({ id: exercise.id, sequence: exercise.sequence, rightsVersion: exercise.rightsVersion })
			.from(exercise)
			.where(inArray(exercise.id, ids));
	}

	/** Looks now, or once more after the look that is under way. */
	function look(): void {
		if (!running) return;
		if (looking) {
			again = true;
			return;
		}
		clearTimeout(timer);
		dependencies.lookAtDocuments();
		looking = lookAtExercises()
			.then(
				() => undefined,
				(error: unknown) => log.warn({ err: error }, 'what the bell may have lost could not be looked for')
			)
			.then(() => {
				looking = null;
				if (!running) return;
				timer = setTimeout(look, again ? 0 : lookAgainLimits.everyMs);
				timer.unref();
				again = false;
			});
	}

	return {
		follow,
		isNews,
		look,
		start(): void {
			running = true;
			look();
		},
		async stop(): Promise<void> {
			running = false;
			clearTimeout(timer);
			await looking;
		}
	};
}

const unheard = (head: { sequence: number; rightsVersion: number }): Known => ({
	sequence: head.sequence,
	heard: new Set(),
	rightsVersion: head.rightsVersion,
	rightsHeard: 0
});
