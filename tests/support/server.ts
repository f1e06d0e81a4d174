import type { Server } from 'node:http';
import type { Express } from 'express';
import { readConfig } from '#server/config.ts';
import { createBackend, type HttpLimits } from '#server/http.ts';
import { createLog } from '#server/log.ts';
import { loadPages } from '#server/site.ts';
import { listen, startServices } from '#server/start.ts';
import { freshDatabase } from './database.ts';
import { freePort, personOf, type Stage } from './people.ts';

export interface TestServer extends Stage {
	server: Server;
	/** what answers, to find every route in it */
	app: Express;
	close: () => Promise<void>;
}

export interface TestServerOptions {
	/** with the built pages; one such server in a test file, because the build reads its origin once */
	pages?: boolean;
	environment?: Record<string, string>;
	/** shorter times than an installation has */
	limits?: HttpLimits;
}

/** The real services on a database of their own, listening on a free port of this machine. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
	const database = await freshDatabase();
	const port = await freePort();
	const config = readConfig({
		ORIGIN: `http://localhost:${port}`,
		LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
		...options.environment
	});
	const log = createLog(config);
	const pages = options.pages ? await loadPages(config, log) : undefined;
	const running = await startServices(config, log, database);
	const { services } = running;
	const app = createBackend(services, pages, options.limits);
	const { server } = await listen({ services, app }, '127.0.0.1', port, options.limits);
	return {
		url: config.origin,
		services,
		server,
		app,
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
