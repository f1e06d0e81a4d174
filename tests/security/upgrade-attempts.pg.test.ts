import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { attemptLimits } from '#server/events/attempts.ts';
import { Listener } from '../support/listener.ts';
import { TestExercise } from '../support/exercise.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
beforeAll(async () => {
	server = await startTestServer({ environment: { TRUST_PROXY: '1' } });
	exercise = await TestExercise.create(server);
});
afterAll(() => server.close());

/** The status with which an upgrade is answered; 101: it opened. */
function upgrade(path: string, headers: Record<string, string>): Promise<number> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers });
		socket.on('open', () => {
			socket.terminate();
			resolve(101);
		});
		socket.on('unexpected-response', (_request, response) => {
			response.destroy();
			resolve(response.statusCode ?? 0);
		});
		socket.on('error', reject);
	});
}

const documents = () => `/documents/${exercise.timeline('control')}`;
const events = '/socket.io/?EIO=4&transport=websocket';
const from = (address: string, more: Record<string, string> = {}) => ({
	origin: server.url,
	'x-forwarded-for': address,
	...more
});

test('what is asked for without a session is refused by number after thirty attempts a minute, on both sockets together', async () => {
	const answers: number[] = [];
	for (let i = 0; i < attemptLimits.attempts; i++)
		answers.push(await upgrade(i % 2 ? events : documents(), from('192.0.2.1')));
	expect(new Set(answers)).toEqual(new Set([401]));
	expect(await upgrade(documents(), from('192.0.2.1'))).toBe(429);
	expect(await upgrade(events, from('192.0.2.1'))).toBe(429);
	// what a caller claims further left is not the address
	expect(await upgrade(events, from('203.0.113.7, 192.0.2.1'))).toBe(429);
	expect(await upgrade(events, from('192.0.2.2'))).toBe(401);
});

test('who is signed in behind the same address notices nothing', async () => {
	const { cookie } = exercise.director;
	for (let i = 0; i <= attemptLimits.attempts; i++) await upgrade(events, from('192.0.2.3'));
	expect(await upgrade(events, from('192.0.2.3'))).toBe(429);
	expect(await upgrade(events, from('192.0.2.3', { cookie }))).toBe(101);
	expect(await upgrade(documents(), from('192.0.2.3', { cookie }))).toBe(101);
});

test('[R5] the event socket is refused before it opens: other origins, none, and sessions that ended', async () => {
	const { cookie } = exercise.director;
	const at = '192.0.2.4';
	expect(await upgrade(events, { ...from(at, { cookie }), origin: 'https://evil.example' })).toBe(403);
	const { origin: _origin, ...withoutOrigin } = from(at, { cookie });
	expect(await upgrade(events, withoutOrigin)).toBe(403);
	const person = await server.person('Gone');
	await server.services.database.pool.query('delete from session where user_id = $1', [person.id]);
	expect(await upgrade(events, from(at, { cookie: person.cookie }))).toBe(401);
});

test('no long polling: no node needs the requests of one browser to itself', async () => {
	const answer = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, {
		headers: { cookie: exercise.director.cookie, origin: server.url }
	});
	expect(answer.status).toBe(400);
	const listener = await Listener.join(server.url, exercise.director, exercise.id);
	const page = await RawClient.synced({
		url: server.url,
		name: exercise.timeline('control'),
		cookie: exercise.director.cookie
	});
	listener.close();
	page.close();
});
