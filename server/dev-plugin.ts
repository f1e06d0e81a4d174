import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Express } from 'express';
import type { Plugin } from 'vite';
import { readConfig, readEnvironmentFile } from './config.ts';
import type * as http from './http.ts';
import type * as start from './start.ts';
import { createLog } from './log.ts';

/**
 * `npm run dev`: the real services behind Vite's own server, on one port. A change in `server/` replaces them while the
 * database stays open; sockets are closed and come back by themselves.
 */
export function musterBackend(): Plugin {
	let close: (() => Promise<void>) | null = null;
	return {
		name: 'muster-backend',
		apply: 'serve',
		/** Vite waits for this one when it stops. */
		closeBundle: () => close?.(),
		async configureServer(vite) {
			if (!vite.httpServer || process.env['VITEST']) return;
			readEnvironmentFile();
			const port = Number(process.env['PORT'] || vite.config.server.port || 5173);
			const config = readConfig({
				...process.env,
				PORT: String(port),
				LOG_FORMAT: process.env['LOG_FORMAT'] || 'text'
			});
			vite.config.server.port = port;
			const log = createLog(config);

			const database = await (await loadStart()).openMigrated(config, log);
			let current = await load();

			async function loadStart() {
				return (await vite.ssrLoadModule('/server/start.ts')) as typeof start;
			}
			async function load(): Promise<start.Running & { app: Express }> {
				const { createBackend } = (await vite.ssrLoadModule('/server/http.ts')) as typeof http;
				const running = await (await loadStart()).startServices(config, log, database);
				return { ...running, app: createBackend(running.services) };
			}

			vite.httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
				// Vite's own socket shares this server
				if (/^vite-(hmr|ping)$/.test(request.headers['sec-websocket-protocol'] ?? '')) return;
				if (!current.services.realtime.upgrade(request, socket, head)) socket.destroy();
			});
			vite.middlewares.use((request, response, next) =>
				current.app(request as never, response as never, next)
			);

			// the absolute folder: a loose "/server/" is also part of what SvelteKit generates, and would never end
			const watched = [`${vite.config.root}/server/`, `${vite.config.root}/src/lib/exercise/`];
			let turn = Promise.resolve();
			let asked = 0;
			vite.watcher.on('all', (_event, file) => {
				if (!watched.some((folder) => file.startsWith(folder))) return;
				const mine = ++asked;
				turn = turn.then(async () => {
					// Vite forgets the old modules a moment after the change; several files are often saved together
					await wait(150);
					if (mine !== asked) return;
					try {
						await vite.ssrLoadModule('/server/start.ts');
						await current.stop();
						current = await load();
						log.info('the server was replaced');
					} catch (error) {
						log.error({ err: error }, 'the changed server does not start; the old one is kept');
					}
				});
			});

			close = async () => {
				close = null;
				asked++;
				await turn;
				await current.stop();
				await database.close();
			};
			// Vite itself stops in order only when it is told to by SIGTERM
			process.once('SIGINT', () => process.kill(process.pid, 'SIGTERM'));
		}
	};
}
