import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Services } from './services.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Figures of this process for Prometheus. No labels that hold names, ids or addresses. */
export function createMetrics(services: Services) {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	const requests = new Histogram({
		name: 'muster_http_request_seconds',
		help: 'HTTP requests by kind and class of status',
		labelNames: ['kind', 'status'],
		buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
		registers: [registry]
	});
	const { realtime, schedule, database } = services;
	gauge('muster_event_sockets', 'open event sockets', () => realtime.events.sockets());
	gauge('muster_document_sockets', 'open document sockets', () => realtime.documents.sockets());
	gauge('muster_open_documents', 'documents held in memory', () => realtime.documents.openRooms());
	gauge(
		'muster_damaged_documents',
		'open documents that are read-only because a stored change is damaged',
		() => realtime.documents.damaged()
	);
	gauge('muster_schedule_alive', '1 while the schedule looks for what is due', () =>
		Number(schedule.isAlive())
	);
	gauge('muster_database_connections', 'connections to the database', () => database.pool.totalCount);
	gauge('muster_database_idle', 'connections to the database without work', () => database.pool.idleCount);
	gauge('muster_database_waiting', 'requests that wait for a connection', () => database.pool.waitingCount);
	gauge(
		'muster_mail_queued',
		'mails that wait to be sent',
		async () => (await services.mail.counts()).queued
	);
	gauge('muster_mail_failed', 'mails that were given up', async () => (await services.mail.counts()).failed);

	function gauge(name: string, help: string, value: () => number | Promise<number>): void {
		new Gauge({
			name,
			help,
			registers: [registry],
			async collect() {
				// a figure that cannot be read now must not take the others with it
				this.set(await Promise.resolve(value()).catch(() => NaN));
			}
		});
	}

	return {
		observe(kind: string, status: number, seconds: number): void {
			requests.observe({ kind, status: `${Math.floor(status / 100)}xx` }, seconds);
		},
		async answer(_request: Request, response: Response): Promise<void> {
			response.type(registry.contentType).send(await registry.metrics());
		}
	};
}

/** Whether a request brings the token; compared in constant time. */
export function bringsToken(request: Request, token: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`));
}
