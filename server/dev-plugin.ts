import type { Plugin } from 'vite';
import { readConfig } from './config.ts';
import { createLog } from './log.ts';

/**
 * `npm run dev`: the real services behind Vite's own server, on one port. Changes in `server/` need a restart; pages and
 * the domain reload as usual.
 */
export function musterBackend(): Plugin {
	return {
		name: 'muster-backend',
		apply: 'serve',
		async configureServer(vite) {
			if (!vite.httpServer || process.env['VITEST']) return;
			const port = vite.config.server.port ?? 5173;
			const config = readConfig({ ORIGIN: `http://localhost:${port}`, ...process.env });
			const { startServices } = await import('./start.ts');
			const running = await startServices(config, createLog(config));
			vite.httpServer.on('upgrade', (request, socket, head) => {
				// Vite's own socket shares this server
				if (/^vite-(hmr|ping)$/.test(request.headers['sec-websocket-protocol'] ?? '')) return;
				if (!running.upgrade(request, socket, head)) socket.destroy();
			});
			vite.middlewares.use((request, response, next) => running.app(request as never, response as never, next));
			vite.httpServer.on('close', () => void running.stop());
		}
	};
}
