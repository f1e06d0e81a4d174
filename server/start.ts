import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { addressHeader, clientAddress } from './client-address.ts';
import { StartRefused, type Config } from './config.ts';
import type { Log } from './log.ts';
import type { EmbeddedRole } from './database/embedded.ts';
import { openDatabase, type Database } from './database/open.ts';
import { migrate } from './database/migrate.ts';
import { startHousekeeping } from './housekeeping.ts';
import { httpLimits, type HttpLimits } from './http.ts';
import { createServices, type Services } from './services.ts';

/** What pages read the running services from (hooks.server.ts). */
export const servicesKey = Symbol.for('muster.services');

export interface Running {
	services: Services;
	/** finishes what was begun, in the reverse order of the start; the database stays open */
	stop: () => Promise<void>;
}

export async function openMigrated(
	config: Config,
	log: Log,
	role: EmbeddedRole = 'server'
): Promise<Database> {
	const database = await openDatabase(config, log, role);
	try {
		await migrate(database, log);
	} catch (error) {
		await database.close();
		throw error;
	}
	return database;
}

/** Services and sockets on an open database: everything but the pages and the port. */
export async function startServices(
	config: Config,
	log: Log,
	database: Database,
	other: Pick<Parameters<typeof createServices>[0], 'updates'> = {}
): Promise<Running> {
	const services = createServices({ config, database, log, ...other });
	(globalThis as Record<symbol, unknown>)[servicesKey] = services;
	await services.realtime.start();
	services.mail.start();
	services.notices.digest.start();
	services.improvement.reminders.start();
	const stopHousekeeping = startHousekeeping(services);
	return {
		services,
		stop: async () => {
			await stopHousekeeping();
			await services.improvement.reminders.stop();
			await services.notices.digest.stop();
			await services.mail.stop();
			await services.realtime.stop();
		}
	};
}

/** Listens; the port may be 0. Ours is the only listener of upgrades (STACK G6). */
export async function listen(
	{ services, app }: { services: Services; app: Express },
	host: string,
	port: number,
	limits: HttpLimits = httpLimits
): Promise<{ server: Server; port: number }> {
	const server = createServer(
		{
			// a last resort: how long a body may take is the request clock's to say, because it differs
			requestTimeout: limits.upload.wholeMs + limits.requestMs,
			headersTimeout: limits.headersMs,
			keepAliveTimeout: limits.keepAliveMs,
			// Node looks at these limits so often; by itself it would be every 30 s
			connectionsCheckingInterval: 1000
		},
		app
	);
	server.on('upgrade', (request, socket, head) => {
		socket.on('error', () => socket.destroy());
		request.headers[addressHeader] = clientAddress(request, services.config.trustedProxies);
		let taken = false;
		try {
			taken = services.realtime.upgrade(request, socket, head);
		} catch {
			// an address that cannot be read, such as `/documents/%`
		}
		if (!taken) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) =>
			reject(
				error.code === 'EADDRINUSE'
					? new StartRefused(`Port ${port} on ${host} is in use; set PORT to another one.`)
					: error.code === 'EACCES'
						? new StartRefused(
								`Port ${port} on ${host} may not be used by this user; set PORT to one above 1023.`
							)
						: error
			)
		);
		server.listen(port, host, resolve);
	});
	return { server, port: (server.address() as AddressInfo).port };
}
