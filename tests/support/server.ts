import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { readConfig } from '#server/config.ts';
import { createBackend } from '#server/http.ts';
import { createLog } from '#server/log.ts';
import type { Services } from '#server/services.ts';
import { loadPages } from '#server/site.ts';
import { listen, startServices } from '#server/start.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { freshDatabase } from './database.ts';

export interface TestServer {
	url: string;
	services: Services;
	server: Server;
	/** a new account with an open session: `cookie` is what its browser would send */
	person: (name: string) => Promise<{ id: AccountId; name: string; email: string; cookie: string }>;
	close: () => Promise<void>;
}

export interface TestServerOptions {
	/** with the built pages; one such server in a test file, because the build reads its origin once */
	pages?: boolean;
	environment?: Record<string, string>;
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
	const { server } = await listen({ services, app: createBackend(services, pages) }, '127.0.0.1', port);
	return {
		url: config.origin,
		services,
		server,
		person: async (name) => {
			const email = `${name.toLowerCase().replace(/\W+/g, '.')}.${randomBytes(3).toString('hex')}@example.test`;
			const id = await services.accounts.createAccount({ name, email }, null);
			const { name: cookieName, value } = await services.accounts.sessions.create(id);
			return { id, name, email, cookie: `${cookieName}=${value}` };
		},
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

async function freePort(): Promise<number> {
	const { createServer } = await import('node:net');
	const probe = createServer();
	await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
	const { port } = probe.address() as { port: number };
	await new Promise((resolve) => probe.close(resolve));
	return port;
}
