import pg from 'pg';
import type { Database } from '../database/open.ts';
import { againAfter, lineLimits, type Line, type LineEnds } from './line.ts';

const channel = 'muster';

/** LISTEN and NOTIFY on a connection of its own: nothing to install, and down exactly when the database is. */
export function createPostgresLine(database: Pick<Database, 'pool' | 'connection'>): Line {
	let client: pg.Client | null = null;
	let attempts = 0;
	let closed = false;
	let timer: NodeJS.Timeout | undefined;

	async function connect(ends: LineEnds): Promise<void> {
		if (closed) return;
		const line = new pg.Client({
			...database.connection,
			application_name: `muster bell ${process.pid}`,
			connectionTimeoutMillis: lineLimits.openWithinMs,
			query_timeout: lineLimits.answerWithinMs,
			keepAlive: true
		});
		client = line;
		let broken = false;
		const broke = (error: unknown) => {
			if (broken) return;
			broken = true;
			clearTimeout(timer);
			void line.end().catch(() => undefined);
			if (closed || client !== line) return;
			client = null;
			ends.down(error);
			timer = setTimeout(() => void connect(ends), againAfter(attempts++));
			timer.unref();
		};
		line.on('error', broke);
		line.on('end', () => broke(new Error('the connection ended')));
		line.on('notification', ({ payload }) => ends.heard(payload ?? ''));
		try {
			await line.connect();
			await line.query(`listen ${channel}`);
		} catch (error) {
			return broke(error);
		}
		if (closed || broken) return;
		attempts = 0;
		ends.up();
		ask();

		function ask(): void {
			timer = setTimeout(() => void line.query('select 1').then(ask, broke), lineLimits.askEveryMs);
			timer.unref();
		}
	}

	return {
		// PostgreSQL takes 8,000 bytes a notification
		maxBytes: 7500,
		open: connect,
		send: async (texts) => {
			await database.pool.query('select pg_notify($1, text) from unnest($2::text[]) as text', [
				channel,
				texts
			]);
		},
		close: async () => {
			closed = true;
			clearTimeout(timer);
			const line = client;
			client = null;
			// the socket of a database that does not answer is left to the operating system
			await line?.end().catch(() => undefined);
		}
	};
}
