import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { sql } from 'drizzle-orm';
import express, { type Express, type Handler, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { AppError } from '#lib/errors.ts';
import { channelDoor } from './channels/door.ts';
import { createFileRoutes, takesFile } from './files/routes.ts';
import { thrownIn } from './exercises/words.ts';
import { mayKeepFiles } from './files/of-team.ts';
import { addressHeader, clientAddress } from './client-address.ts';
import { withoutSecrets } from './log.ts';
import { createRequestClock } from './request-clock.ts';
import { bringsToken, createMetrics, type Metrics } from './metrics.ts';
import type { Services } from './services.ts';

export const httpLimits = {
	/** forms and JSON: the longest text that a form takes is far below it (PROMISES, limits) */
	bodyBytes: 256 * 1024,
	/** a spreadsheet with 20,000 injects stays below it */
	uploadBytes: 20 * 1024 * 1024,
	/** a form over a slow line; whoever is slower holds a connection for nothing */
	requestMs: 30_000,
	headersMs: 10_000,
	/** of attachments: 20 MB over 1 Mbit/s take 160 s */
	upload: {
		graceMs: 30_000,
		/** 128 kbit/s, an eighth of a slow line; who holds a connection pays for it with as much */
		bytesPerSecond: 16_000,
		wholeMs: 600_000,
		/** a page sends one after the other; more pages than this of one person are no accident */
		perAccount: 3
	},
	/** longer than a reverse proxy keeps a connection, so that it never sends into one that we just closed */
	keepAliveMs: 75_000
};
export type HttpLimits = typeof httpLimits;

/**
 * The HTTP side: sockets' requests, the API, health, figures, then the pages. Production and development mount the same;
 * in development the pages are Vite's and come after it. What answers is a route, which the leak probe finds and asks by
 * itself (tests/security/probe/routes.ts), or has a name that it knows.
 */
export function createBackend(services: Services, pages?: Handler, limits: HttpLimits = httpLimits): Express {
	const { config } = services;
	const clock = createRequestClock(limits);
	const app = express();
	app.disable('x-powered-by');
	app.set('trust proxy', config.trustedProxies);
	const metrics = config.metrics.token || config.metrics.port ? createMetrics(services) : null;

	app.use(intake(services, metrics));
	app.use(clock.handler);
	app.use(function eventSocket(request, response, next) {
		if (!services.realtime.request(request, response)) next();
	});
	app.use(
		helmet({
			// pages bring their own, with nonces (svelte.config.js)
			contentSecurityPolicy: false,
			// `no-referrer` makes Chromium send `Origin: null` with forms, which are then refused (STACK G5)
			referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
			strictTransportSecurity: config.origin.startsWith('https:')
		})
	);
	app.use(function permissionsPolicy(_request, response, next) {
		response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
		next();
	});
	addHealth(app, services);
	if (metrics && config.metrics.token) {
		const token = config.metrics.token;
		app.get('/metrics', (request, response, next) => {
			if (bringsToken(request, token)) metrics.answer(request, response).catch(next);
			else next();
		});
	}
	app.use(refuseLargeBodies);
	if (config.originIsDefault) app.use(toOrigin(config.origin));
	app.use(services.realtime.router);
	app.use(
		createFileRoutes({
			origin: config.origin,
			files: services.files,
			identify: services.identify,
			rightTo: services.documents.rightTo,
			read: (name) => services.documents.read(name),
			onConsole: async (account, { exercise: id, inject, attachment }) => {
				const { exercise, actor } = await services.exercises.open(id, { id: account });
				const { injects } = services.views;
				const cell = await injects.injectFileCell(services.database, exercise, actor, inject, attachment);
				return { exercise: exercise.id, cell };
			},
			channelFor: (exercise, channel, account) =>
				channelDoor(services.database, services.exercises, exercise, channel, account),
			takeUpload: clock.takeUpload,
			uploadsPerAccount: limits.upload.perAccount,
			inWords: async (request, error) => {
				const reader = await services.identify(request.headers.cookie).catch(() => null);
				const { wordsFor } = services.exercises;
				return thrownIn(wordsFor, request.params['exercise'], reader?.accountId, error);
			},
			mayKeep: (exercise, team, account) => mayKeepFiles(services.exercises, exercise, team, account)
		})
	);
	if (pages) app.use(pages);
	app.use(failed(services));
	if (metrics && config.metrics.port) listenForMetrics(metrics, config.metrics.port, services);
	return app;
}

/** A number for each request, who is calling, and what became of it. */
function intake({ config, log }: Services, metrics: Metrics | null): Handler {
	return function numberAndObserve(request, response, next) {
		const id = randomUUID();
		// both are ours alone: what a caller sends under these names is overwritten
		request.headers['x-request-id'] = id;
		request.headers[addressHeader] = clientAddress(request, config.trustedProxies);
		response.setHeader('x-request-id', id);
		const begun = performance.now();
		// the router shortens `url` on its way down
		const url = request.originalUrl;
		response.on('close', () => {
			const ms = Math.round(performance.now() - begun);
			const status = response.statusCode;
			metrics?.observe(kindOf(url), status, ms / 1000);
			const level = status >= 500 ? 'warn' : 'debug';
			log[level]({ requestId: id, method: request.method, url: withoutSecrets(url), status, ms }, 'request');
		});
		next();
	};
}

function kindOf(url: string): string {
	const first = /^\/([\w.-]*)/.exec(url)?.[1] ?? '';
	if (first === '_app' || first.includes('.') || url.includes('/_app/')) return 'asset';
	if (first === 'socket.io' || first === 'api' || first === 'health' || first === 'metrics') return first;
	return url.includes('__data.json') ? 'data' : 'page';
}

function addHealth(app: Express, services: Services): void {
	app.get('/health/live', (_request, response) => void response.json({ live: true }));
	// Services exist only on a migrated database (start.ts), so that is not asked again.
	app.get('/health/ready', (_request, response) => {
		services.database.db.execute(sql`select 1`).then(
			() => {
				const ready = services.schedule.isAlive();
				response.status(ready ? 200 : 503).json({ ready, database: true, schedule: ready });
			},
			() => void response.status(503).json({ ready: false, database: false })
		);
	});
}

/**
 * Refuses by the announced length, before anything is read. Files come as multipart, everything else is a form or JSON;
 * a body that does not say how long it is (no browser sends one) is refused too, so nothing can trickle past.
 */
function refuseLargeBodies(request: Request, response: Response, next: NextFunction): void {
	if (request.method === 'GET' || request.method === 'HEAD') return next();
	const isUpload =
		takesFile(request.path) || (request.headers['content-type']?.startsWith('multipart/form-data') ?? false);
	const limit = isUpload ? httpLimits.uploadBytes : httpLimits.bodyBytes;
	const length = Number(
		request.headers['content-length'] ?? (request.headers['transfer-encoding'] ? NaN : 0)
	);
	if (length <= limit) return next();
	response.setHeader('connection', 'close');
	next(
		Number.isNaN(length)
			? new AppError('invalid', 'Say how long the body is (Content-Length).')
			: new AppError('too-large', `This is too large: at most ${limit / 1024} KB.`)
	);
}

/** Without ORIGIN, forms work at one name of this machine only: whoever opens another is led there. */
function toOrigin(origin: string): Handler {
	const expected = new URL(origin).host;
	return function leadToOrigin(request, response, next) {
		const asksForPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
		if (asksForPage && request.headers.host !== expected)
			response.redirect(307, origin + request.originalUrl);
		else next();
	};
}

/** The last stop: refusals with their sentence, faults with their number and nothing else. */
function failed({ log }: Services) {
	return function refuse(error: unknown, request: Request, response: Response, next: NextFunction): void {
		if (response.headersSent) return next(error);
		const requestId = request.headers['x-request-id'];
		if (error instanceof AppError) {
			response.status(error.status).json({ ok: false, error: error.toRefusal() });
			return;
		}
		// body-parser and express mark what the caller did wrong with a status of its own
		const { status = 500 } = error as { status?: number };
		if (status < 500) {
			const code = status === 413 ? 'too-large' : 'invalid';
			response
				.status(status)
				.json({ ok: false, error: { code, message: 'This request is not understood.' } });
			return;
		}
		log.error({ err: error, requestId }, 'a request failed');
		const message = 'Something went wrong on the server.';
		response.status(500).json({ ok: false, error: { code: 'internal', message, details: { requestId } } });
	};
}

/** On a port of its own, for this machine only: an operator opens it to others in front. */
function listenForMetrics(metrics: Metrics, port: number, { log }: Services): void {
	const app = express();
	app.disable('x-powered-by');
	app.get('/metrics', (request, response, next) => void metrics.answer(request, response).catch(next));
	const server = createServer(app);
	server.on('error', (error) => log.error({ err: error }, 'figures are not available'));
	server.listen(port, '127.0.0.1').unref();
}
