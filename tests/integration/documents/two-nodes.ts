import { readConfig } from '#server/config.ts';
import { createBackend } from '#server/http.ts';
import { createLog } from '#server/log.ts';
import { listen, startServices } from '#server/start.ts';
import { openPool } from '#server/database/open.ts';
import { inject } from 'vitest';
import { freePort, personOf } from '../../support/people.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/** A second node on the database of a running one. Its own connections, rooms and sockets; the bell is all they share. */
export async function secondNode(first: TestServer, at?: number): Promise<TestServer> {
	const { rows } = await first.services.database.pool.query<{ name: string }>(
		'select current_database() as name'
	);
	const port = at ?? (await freePort());
	const config = readConfig({
		ORIGIN: `http://localhost:${port}`,
		LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error'
	});
	const log = createLog(config);
	const database = openPool({ ...inject('postgres'), database: rows[0]!.name }, 12, log);
	const running = await startServices(config, log, database);
	const { services } = running;
	const app = createBackend(services);
	const { server } = await listen({ services, app }, '127.0.0.1', port);
	return {
		url: config.origin,
		services,
		app,
		server,
		person: personOf(services),
		close: async () => {
			await running.stop();
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
			await database.close();
		}
	};
}

export async function twoNodes(): Promise<[TestServer, TestServer]> {
	const first = await startTestServer();
	return [first, await secondNode(first)];
}
