import type { PoolClient } from 'pg';
import type { Logger } from 'pino';
import type { Database } from '../database/open.ts';
import type { Ring } from '../commands/topics.ts';
import { mintId } from '../mint.ts';

const channel = 'muster';
/** PostgreSQL takes 8,000 bytes a notification. */
const payloadBytes = 7500;
/** Rings of one moment go out as one statement: a commit with a notification takes a lock that all nodes share. */
const gatherMs = 5;

export type Bell = ReturnType<typeof createBell>;

/**
 * The bell between nodes (DESIGN, idea 5): names and topics, never content. A lost ring costs seconds, because everybody
 * reads the database again anyway.
 */
export function createBell({ database, log }: { database: Database; log: Logger }) {
	const node = mintId<string>();
	const listeners = new Set<(ring: Ring) => void>();
	let waiting: Ring[] = [];
	let timer: NodeJS.Timeout | null = null;
	let client: PoolClient | null = null;
	let stopped = false;

	/** After a commit. Listeners on this node hear it at once, other nodes in a moment. */
	function ring(what: Ring): void {
		tell(what);
		waiting.push(what);
		timer ??= setTimeout(() => {
			timer = null;
			const batch = waiting;
			waiting = [];
			void send(batch).catch((error: unknown) => log.warn({ err: error }, 'the bell could not be rung'));
		}, gatherMs);
	}

	async function send(batch: Ring[]): Promise<void> {
		const payloads: string[] = [];
		for (const one of batch) payloads.push(...split(one).map((part) => JSON.stringify({ node, ring: part })));
		if (payloads.length > 0)
			await database.pool.query('select pg_notify($1, payload) from unnest($2::text[]) as payload', [
				channel,
				payloads
			]);
	}

	function tell(what: Ring): void {
		for (const listener of listeners) {
			try {
				listener(what);
			} catch (error) {
				log.error({ err: error }, 'a listener of the bell failed');
			}
		}
	}

	/** Hears the other nodes; reconnects when the line breaks. */
	async function start(): Promise<void> {
		if (stopped) return;
		try {
			const line = await database.pool.connect();
			client = line;
			line.on('notification', ({ payload }) => {
				const message = JSON.parse(payload ?? '{}') as { node?: string; ring?: Ring };
				if (message.node !== node && message.ring) tell(message.ring);
			});
			line.on('error', () => reconnect());
			await line.query(`listen ${channel}`);
		} catch (error) {
			log.warn({ err: error }, 'the bell has no line to the database');
			reconnect();
		}
	}

	function reconnect(): void {
		if (stopped) return;
		client?.release(true);
		client = null;
		setTimeout(() => void start(), 1000).unref();
	}

	async function stop(): Promise<void> {
		stopped = true;
		if (timer) clearTimeout(timer);
		if (waiting.length > 0) await send(waiting).catch(() => undefined);
		client?.release(true);
		client = null;
	}

	return {
		ring,
		start,
		stop,
		listen: (listener: (ring: Ring) => void) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		}
	};
}

/** A release to 300 teams names 300 documents: in parts that fit. */
function split(ring: Ring): Ring[] {
	if (JSON.stringify(ring).length < payloadBytes || !ring.documents) return [ring];
	const half = Math.ceil(ring.documents.length / 2);
	return [
		...split({ ...ring, documents: ring.documents.slice(0, half) }),
		...split({ exercise: ring.exercise, topics: [], documents: ring.documents.slice(half) })
	];
}
