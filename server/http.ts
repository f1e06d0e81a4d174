import { randomUUID } from 'node:crypto';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { sql } from 'drizzle-orm';
import type { Services } from './services.ts';

/** The HTTP side without pages: sockets' requests, the API, health. Production and development mount the same. */
export function createBackend(services: Services): Express {
	const app = express();
	app.disable('x-powered-by');
	app.set('trust proxy', services.config.trustedProxies);
	app.use((request: Request, response: Response, next: NextFunction) => {
		const id = randomUUID();
		request.headers['x-request-id'] = id;
		response.setHeader('x-request-id', id);
		if (!services.realtime.request(request, response)) next();
	});
	app.use(
		helmet({
			// pages bring their own, with nonces (svelte.config.js)
			contentSecurityPolicy: false,
			// `no-referrer` makes Chromium send `Origin: null` with forms, which are then refused (STACK G5)
			referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
			strictTransportSecurity: services.config.origin.startsWith('https:')
		})
	);
	app.get('/health/live', (_request, response) => void response.json({ live: true }));
	app.get('/health/ready', (_request, response) => {
		services.database.db.execute(sql`select 1`).then(
			() => {
				const ready = services.schedule.isAlive();
				response.status(ready ? 200 : 503).json({ ready, database: true, schedule: ready });
			},
			() => response.status(503).json({ ready: false, database: false })
		);
	});
	app.use(services.realtime.router);
	return app;
}
