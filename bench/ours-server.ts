import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { readConfig } from '#server/config.ts';
import { createBackend } from '#server/http.ts';
import { createLog } from '#server/log.ts';
import { loadPages } from '#server/site.ts';
import { listen, openMigrated, startServices } from '#server/start.ts';
import { freePort } from '../tests/support/people.ts';
import { MemoryLog } from './memory-log.ts';
import { createStage } from './stage.ts';

/*
 * Muster under measurement, in a process of its own: the real services on the embedded PostgreSQL with fsync on, in the
 * folder and on the port that the parent names, so that it can be killed and started again. What the measurement needs
 * to be there (people, pages) the parent asks for; nothing of that runs while a figure is taken.
 */
const [folder = '', wantedPort = '0'] = process.argv.slice(2);
const port = Number(wantedPort) || (await freePort());
const config = readConfig({
	ORIGIN: `http://localhost:${port}`,
	DATA_DIR: path.join(folder, 'data'),
	LOG_LEVEL: 'error'
});
const log = createLog(config);
const database = await openMigrated(config, log);
const updates = process.env['BENCH_LOG'] === 'memory' ? { updates: new MemoryLog() } : {};
const running = await startServices(config, log, database, updates);
const { services } = running;
const pages = process.env['BENCH_PAGES'] === 'yes' ? await loadPages(config, log) : undefined;
const { server } = await listen({ services, app: createBackend(services, pages) }, '127.0.0.1', port);
const stage = createStage(services, randomBytes(4).toString('hex'));

async function stop(): Promise<void> {
	server.close();
	await running.stop();
	server.closeAllConnections();
	await database.close();
	process.exit(0);
}

process.on('message', (message: { ask: string; number: number; input?: unknown }) => {
	const act = async (): Promise<unknown> => {
		if (message.ask === 'sweep') {
			globalThis.gc?.();
			return process.memoryUsage();
		}
		if (message.ask === 'stop') return stop();
		const asked = stage[message.ask as keyof typeof stage] as (input: unknown) => Promise<unknown>;
		return asked(message.input);
	};
	act().then(
		(result) => process.send!({ answer: message.number, result }),
		(error: unknown) => process.send!({ answer: message.number, error: String((error as Error).stack) })
	);
});
// the parent is gone: so are we, in order
process.on('disconnect', () => void stop());
process.send!({ ready: { port, origin: config.origin } });
