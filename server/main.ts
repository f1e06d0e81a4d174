import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { readConfig, readEnvironmentFile, StartRefused } from './config.ts';
import type { Database } from './database/open.ts';
import { createBackend } from './http.ts';
import { createLog, type Log } from './log.ts';
import type { Services } from './services.ts';
import { loadPages } from './site.ts';
import { listen, openMigrated, startServices, type Running } from './start.ts';

/** Service managers kill after 20 s or more: we are gone before. */
const stopWithinMs = 18_000;
/** requests that are under way when the stop begins */
const requestsEndWithinMs = 5_000;

/** What is up, in the order of the start. */
let stopping = false;
const up: { database?: Promise<Database>; running?: Running; server?: Server } = {};

async function main(): Promise<void> {
	readEnvironmentFile();
	const config = readConfig();
	const log = createLog(config);
	stopOnSignals(log);

	up.database = openMigrated(config, log);
	const database = await up.database;
	const pages = await loadPages(config, log);
	up.running = await startServices(config, log, database);
	const { services } = up.running;
	const app = createBackend(services, pages);
	({ server: up.server } = await listen({ services, app }, config.host, config.port));
	log.info(`Muster answers at ${config.origin}`);
	await greet(services);
}

async function greet(services: Services): Promise<void> {
	if (process.argv.includes('--demo')) {
		const { startDemo } = (await import(new URL('./demo/run.ts', import.meta.url).href)) as {
			startDemo: (services: Services) => Promise<void>;
		};
		await startDemo(services);
		return;
	}
	const link = await services.accounts.setup.link();
	// to the terminal, never to the log: the link makes whoever opens it the administrator
	if (link) {
		process.stdout.write(
			`\nThere is no administrator yet. Open this within 24 hours to become the first:\n${link}\n\n`
		);
	}
}

function stopOnSignals(log: Log): void {
	const stop = (signal: string) => {
		if (stopping) return;
		stopping = true;
		log.info(`${signal}: finishing what was begun`);
		setTimeout(() => {
			log.error('not everything could be stopped in time');
			process.exit(1);
		}, stopWithinMs).unref();
		stopAll().then(
			() => {
				log.info('stopped');
				process.exit(0);
			},
			(error: unknown) => {
				log.error({ err: error }, 'could not stop in order');
				process.exit(1);
			}
		);
	};
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
	// After an error that nobody caught the process cannot be trusted. What was saved is in the database, which stays up
	// and is adopted by the next start.
	process.on('uncaughtException', (error) => {
		log.fatal({ err: error }, 'an unexpected error ends the process');
		process.exit(1);
	});
}

/** No new connections; sockets told and closed, commands finished; answers under way; the database last. */
async function stopAll(): Promise<void> {
	up.server?.close();
	await up.running?.stop();
	if (up.server) await answersUnderWay(up.server);
	const database = await up.database?.catch(() => undefined);
	await database?.close();
}

async function answersUnderWay(server: Server): Promise<void> {
	const until = Date.now() + requestsEndWithinMs;
	while (Date.now() < until) {
		server.closeIdleConnections();
		const open = await new Promise<number>((resolve) =>
			server.getConnections((_error, count) => resolve(count))
		);
		if (open === 0) return;
		await wait(50);
	}
	server.closeAllConnections();
}

main().catch(async (error: unknown) => {
	// a start that is interrupted fails somewhere; the stop is under way and has the last word
	if (stopping) return;
	process.stderr.write(
		`${error instanceof StartRefused ? error.message : ((error as Error).stack ?? String(error))}\n`
	);
	await stopAll().catch(() => undefined);
	process.exit(1);
});
