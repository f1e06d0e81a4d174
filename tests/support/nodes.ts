import type { Server } from 'node:http';
import { createBell } from '#server/bell/bell.ts';
import type { Line } from '#server/bell/line.ts';
import { createPostgresLine } from '#server/bell/postgres-line.ts';
import { readConfig } from '#server/config.ts';
import { openPool, type Database } from '#server/database/open.ts';
import { createBackend } from '#server/http.ts';
import { createLog } from '#server/log.ts';
import { createServices } from '#server/services.ts';
import { listen } from '#server/start.ts';
import { freshDatabase, testLog } from './database.ts';
import { freePort, personOf, type Stage } from './people.ts';

export interface TestNode extends Stage {
	server: Server;
	close: () => Promise<void>;
}

export interface TestNodes {
	nodes: TestNode[];
	close: () => Promise<void>;
}

/** Several nodes of one installation in this process: each with its own pool, services, bell and port. */
export async function startNodes(
	count: number,
	lineOf: (database: Database) => Line = createPostgresLine,
	environment: Record<string, string> = {}
): Promise<TestNodes> {
	const shared = await freshDatabase();
	const nodes = await Promise.all(
		Array.from({ length: count }, async (): Promise<TestNode> => {
			const database = openPool(shared.connection, 8, testLog);
			const port = await freePort();
			const config = readConfig({
				ORIGIN: `http://localhost:${port}`,
				LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
				...environment
			});
			const log = createLog(config);
			const services = createServices({
				config,
				database,
				log,
				bell: createBell({ line: lineOf(database), log })
			});
			await services.realtime.start();
			services.mail.start();
			const { server } = await listen({ services, app: createBackend(services) }, '127.0.0.1', port);
			return {
				url: config.origin,
				services,
				server,
				person: personOf(services),
				close: async () => {
					await services.mail.stop();
					await services.realtime.stop();
					await new Promise((resolve) => {
						server.close(resolve);
						server.closeAllConnections();
					});
					await database.close();
				}
			};
		})
	);
	return {
		nodes,
		close: async () => {
			await Promise.all(nodes.map((node) => node.close()));
			await shared.close();
		}
	};
}
