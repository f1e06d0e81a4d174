import net from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { httpLimits } from '#server/http.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startTestServer({ environment: { METRICS_TOKEN: 'a token of some length' } });
});
afterAll(() => server.close());

/** Raw bytes in, the status line and the rest out: what no browser would send. */
function raw(bytes: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(bytes));
		let answer = '';
		socket.on('data', (chunk) => (answer += chunk.toString()));
		socket.on('close', () => resolve(answer));
		socket.on('error', reject);
		setTimeout(() => socket.destroy(), 3000).unref();
	});
}

describe('health', () => {
	test('is live and ready', async () => {
		expect(await (await fetch(`${server.url}/health/live`)).json()).toEqual({ live: true });
		const ready = await fetch(`${server.url}/health/ready`);
		expect(ready.status).toBe(200);
		expect(await ready.json()).toEqual({ ready: true, database: true, schedule: true });
	});

	test('is live but not ready while the database does not answer, and ready again after', async () => {
		const shaken = await startTestServer({ environment: { LOG_LEVEL: 'silent' } });
		const { pool } = shaken.services.database;
		const { rows } = await pool.query<{ name: string }>('select current_database() as name');
		const name = rows[0]!.name;
		await asAdministrator(`alter database ${name} with allow_connections false`);
		await asAdministrator(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
		const ready = await fetch(`${shaken.url}/health/ready`);
		expect(ready.status).toBe(503);
		expect(await ready.json()).toEqual({ ready: false, database: false });
		expect((await fetch(`${shaken.url}/health/live`)).status).toBe(200);

		await asAdministrator(`alter database ${name} with allow_connections true`);
		await expect.poll(() => fetch(`${shaken.url}/health/ready`).then(({ status }) => status)).toBe(200);
		await shaken.close();
	});
});

async function asAdministrator(statement: string): Promise<void> {
	const client = new pg.Client(inject('postgres'));
	await client.connect();
	await client.query(statement);
	await client.end();
}

describe('figures', () => {
	const ask = (authorization?: string) =>
		fetch(`${server.url}/metrics`, { headers: { ...(authorization && { authorization }) } });

	test('are for whoever has the token', async () => {
		const answer = await ask('Bearer a token of some length');
		expect(answer.status).toBe(200);
		const text = await answer.text();
		expect(text).toMatch(/^muster_document_sockets 0$/m);
		expect(text).toMatch(/^muster_schedule_alive 1$/m);
		expect(text).toMatch(/^muster_http_request_seconds_count\{kind="health",status="2xx"\} \d+$/m);
		expect(text).toMatch(/^process_cpu_seconds_total /m);
	});

	test('for nobody else do they exist', async () => {
		for (const wrong of [undefined, 'Bearer another token of it', 'a token of some length'])
			expect((await ask(wrong)).status).toBe(404);
	});
});

describe('requests', () => {
	test('each has a number of ours, whatever the caller claims', async () => {
		const answer = await fetch(`${server.url}/health/live`, { headers: { 'x-request-id': 'mine' } });
		expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
	});

	test('are answered with the headers that keep browsers safe, and without our name', async () => {
		const { headers } = await fetch(`${server.url}/health/live`);
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
		expect(headers.get('permissions-policy')).toContain('camera=()');
		expect(headers.get('x-powered-by')).toBeNull();
		// plain http has no use for it, and a browser that believed it could never come back
		expect(headers.get('strict-transport-security')).toBeNull();
	});

	test('[L13] too large a body is refused before it is read', async () => {
		const answer = await raw(
			`POST /api/commands/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${httpLimits.bodyBytes + 1}\r\n\r\n{`
		);
		expect(answer).toMatch(/^HTTP\/1.1 413 /);
		expect(answer).toContain('"code":"too-large"');
	});

	test('[L14] too large an upload is refused before it is read', async () => {
		const answer = await raw(
			`POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${httpLimits.uploadBytes + 1}\r\n\r\n`
		);
		expect(answer).toMatch(/^HTTP\/1.1 413 /);
	});

	test('[L15] headers that trickle in end with their connection within seconds', async () => {
		const begun = performance.now();
		const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1', () =>
			socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n')
		);
		const trickle = setInterval(() => socket.write('X-Slow: 1\r\n'), 500);
		let answer = '';
		socket.on('data', (chunk) => (answer += chunk.toString()));
		socket.on('error', () => undefined);
		await new Promise((resolve) => socket.on('close', resolve));
		clearInterval(trickle);
		expect(answer).toContain('408');
		expect(performance.now() - begun).toBeLessThan(httpLimits.headersMs + 5000);
	}, 30_000);

	test('[L13] a body that does not say how long it is is refused', async () => {
		const answer = await raw(
			'POST /api/commands/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
		);
		expect(answer).toMatch(/^HTTP\/1.1 422 /);
	});

	test('JSON that is none is the caller’s mistake, not ours', async () => {
		const answer = await fetch(`${server.url}/api/commands/x`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: '{"half'
		});
		expect(answer.status).toBe(400);
		expect(await answer.json()).toMatchObject({ ok: false, error: { code: 'invalid' } });
	});
});

describe('upgrades', () => {
	const upgrade = (path: string) =>
		raw(
			`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
		);

	test('to an address that is none of ours end', async () => {
		expect(await upgrade('/elsewhere')).toMatch(/^HTTP\/1.1 404 /);
	});

	test('to an address that cannot be read end, and the server lives', async () => {
		for (const path of ['/documents/%', '/documents/%ff%fe', '//', '/documents/'])
			expect(await upgrade(path)).toMatch(/^HTTP\/1.1 4\d\d |^$/);
		expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
	});
});

test('without ORIGIN a page opened by another name of this machine is led to the right one', async () => {
	const other = await startTestServer({ environment: { ORIGIN: '', PORT: '41999' } });
	const { port } = other.server.address() as net.AddressInfo;
	const answer = await fetch(`http://127.0.0.1:${port}/sign-in?next=/x`, {
		headers: { accept: 'text/html' },
		redirect: 'manual'
	});
	expect(answer.status).toBe(307);
	expect(answer.headers.get('location')).toBe('http://localhost:41999/sign-in?next=/x');
	await other.close();
});
