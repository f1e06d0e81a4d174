import { and, eq, gt, inArray, lt, ne, or, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../database/open.ts';
import { connected, presence } from '../database/schema.ts';
import { connectedLimits } from '../events/connected.ts';
import { documentLimits } from './limits.ts';
import type { Elsewhere } from './presence.ts';
import type { Room } from './room.ts';

export interface PresenceElsewhereDependencies {
	database: Database;
	log: Logger;
	/** this node */
	node: string;
	rooms: () => Iterable<Room>;
}

/**
 * Who is in a document at other nodes. Each node writes down its own people in an unlogged table, and reads those of the
 * others: content does not go over the bell. A node that is alone writes nothing.
 */
export function createPresenceElsewhere({
	database: { db },
	log,
	node,
	rooms
}: PresenceElsewhereDependencies) {
	let timer: NodeJS.Timeout | null = null;
	let turn: Promise<void> = Promise.resolve();
	let turns = 0;
	let isAlone = true;

	async function exchange(): Promise<void> {
		turns++;
		if (turns % lookEvery === 1) {
			const wasAlone = isAlone;
			isAlone = await noOthers();
			if (wasAlone && !isAlone) turns = 0;
		}
		if (isAlone) return;
		await say();
		await hear();
	}

	async function noOthers(): Promise<boolean> {
		const [other] = await db
			.select({ node: connected.node })
			.from(connected)
			.where(
				and(
					ne(connected.node, node),
					gt(connected.at, sql`now() - make_interval(secs => ${connectedLimits.staleSeconds})`)
				)
			)
			.limit(1);
		return !other;
	}

	async function say(): Promise<void> {
		const evenIfOld = turns % renewEvery === 0;
		const rows = [...rooms()].flatMap(({ name, presence: here }) => {
			const people = here.takeNews(evenIfOld);
			return people && (people.length > 0 || !evenIfOld) ? [{ node, document: name, people }] : [];
		});
		if (rows.length === 0) return;
		await db
			.insert(presence)
			.values(rows)
			.onConflictDoUpdate({
				target: [presence.node, presence.document],
				set: { people: sql`excluded.people`, at: sql`now()` }
			});
	}

	async function hear(): Promise<void> {
		const open = new Map([...rooms()].map((room) => [room.name, room]));
		if (open.size === 0) return;
		const rows = await db
			.select()
			.from(presence)
			.where(
				and(
					ne(presence.node, node),
					inArray(presence.document, [...open.keys()]),
					gt(presence.at, sql`now() - make_interval(secs => ${documentLimits.presenceExpiresMs / 2000})`)
				)
			);
		for (const row of rows) open.get(row.document)?.presence.hear(row.node, row.people as Elsewhere[]);
	}

	function start(): void {
		timer = setInterval(() => {
			turn = turn
				.then(exchange)
				.catch((error: unknown) => log.warn({ err: error }, 'who is at other nodes could not be exchanged'));
		}, documentLimits.presenceElsewhereMs);
		timer.unref();
	}

	/** Nobody is here any more; what nodes that died left behind goes too. */
	async function stop(): Promise<void> {
		if (timer) clearInterval(timer);
		await turn;
		if (isAlone) return;
		await db
			.delete(presence)
			.where(or(eq(presence.node, node), lt(presence.at, sql`now() - interval '1 minute'`)))
			.catch(() => undefined);
	}

	return { start, stop };
}

/** turns after which it is asked anew whether there are other nodes, and after which all is said again */
const lookEvery = 3;
const renewEvery = 10;
