import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { openDatabase } from './database/open.ts';
import { migrate } from './database/migrate.ts';
import { createBackend } from './http.ts';
import { createServices, type Services } from './services.ts';

/** What pages read the running services from (hooks.server.ts). */
export const servicesKey = Symbol.for('muster.services');

export interface Running {
	services: Services;
	app: Express;
	/** the one listener of upgrades calls this; false: not ours */
	upgrade: Services['realtime']['upgrade'];
	stop: () => Promise<void>;
}

/** Database, services, sockets: everything but the pages and the port. */
export async function startServices(config: Config, log: Log): Promise<Running> {
	const database = await openDatabase(config, log);
	try {
		await migrate(database, log);
	} catch (error) {
		await database.close();
		throw error;
	}
	const services = createServices({ config, database, log });
	(globalThis as Record<symbol, unknown>)[servicesKey] = services;
	await services.realtime.start();
	return {
		services,
		app: createBackend(services),
		upgrade: services.realtime.upgrade,
		stop: async () => {
			await services.realtime.stop();
			await database.close();
		}
	};
}

/** Listens; the port may be 0. */
export async function listen(running: Running, host: string, port: number): Promise<{ server: Server; port: number }> {
	const server = createServer(running.app);
	server.requestTimeout = 30_000;
	server.headersTimeout = 15_000;
	server.on('upgrade', (request, socket, head) => {
		if (!running.upgrade(request, socket, head))
			socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, resolve);
	});
	return { server, port: (server.address() as AddressInfo).port };
}
