import { lt, sql } from 'drizzle-orm';
import { commandResult } from './database/schema.ts';
import type { Services } from './services.ts';

const everyMinute = 60_000;

/** What is deleted because its time is over. Every node does it; the second finds nothing left. Returns how to stop. */
export function startHousekeeping({
	accounts,
	countryErasure,
	database,
	erasure,
	files,
	log
}: Services): () => Promise<void> {
	let turn = Promise.resolve();
	const timer = setInterval(() => {
		turn = clean().catch((error: unknown) =>
			log.warn({ err: error }, 'housekeeping failed; it is tried again')
		);
	}, everyMinute);

	async function clean(): Promise<void> {
		await accounts.sessions.sweep();
		// a browser repeats a command for seconds, an integration for hours (PROMISES R12)
		await database.db.delete(commandResult).where(lt(commandResult.at, sql`now() - interval '1 day'`));
		await files.sweep();
		await erasure.look();
		await countryErasure.look();
	}

	return async () => {
		clearInterval(timer);
		await turn;
	};
}
