import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { secondNode } from './two-nodes.ts';

/*
 * The published y-websocket provider, unchanged, against our server: in a browser the cookie and the origin come by
 * themselves, here a WebSocket brings them.
 */
let server: TestServer;
let exercise: TestExercise;
let team: Team;
const providers: WebsocketProvider[] = [];

beforeEach(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	team = await exercise.team('GR CSIRT');
});
afterEach(async () => {
	for (const provider of providers.splice(0)) provider.destroy();
	await server.close();
});

const player = () => exercise.member('Player', { role: 'player', teamId: team.id });

interface Used {
	provider: WebsocketProvider;
	doc: Y.Doc;
	/** close codes in their order */
	closes: number[];
	attempts: () => number;
	isOver: () => boolean;
}

function provide(person: Person, name = exercise.notes(team.id), url = server.url): Used {
	let attempts = 0;
	class Browser extends WebSocket {
		constructor(address: string, protocols?: string[]) {
			attempts++;
			super(address, protocols ?? [], { headers: { cookie: person.cookie, origin: server.url } });
		}
	}
	const doc = new Y.Doc();
	const provider = new WebsocketProvider(`${url.replace('http', 'ws')}/documents`, name, doc, {
		WebSocketPolyfill: Browser as never,
		disableBc: true,
		maxBackoffTime: 300
	});
	const closes: number[] = [];
	let over = false;
	provider.on('connection-close', (event) => closes.push((event as { code?: number } | null)?.code ?? 0));
	provider.on('closed', () => (over = true));
	// refused before the socket opens: the provider says so and tries again
	provider.on('connection-error', () => undefined);
	providers.push(provider);
	return { provider, doc, closes, attempts: () => attempts, isOver: () => over };
}

async function until(done: () => boolean, what: string, milliseconds = 10_000): Promise<void> {
	const end = Date.now() + milliseconds;
	while (!done()) {
		if (Date.now() > end) throw new Error(`waited ${milliseconds} ms for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
const words = (doc: Y.Doc) => doc.getText('t').toString();

test('[P3] three providers and four raw clients write at once and end with one document', async () => {
	const name = exercise.notes(team.id);
	const people = await Promise.all(Array.from({ length: 7 }, player));
	const used = people.slice(0, 3).map((person) => provide(person));
	const raw = await Promise.all(
		people.slice(3).map((person) => RawClient.synced({ url: server.url, name, cookie: person.cookie }))
	);
	await until(() => used.every(({ provider }) => provider.synced), 'all providers to be synced');
	for (let i = 0; i < 30; i++) {
		for (const [n, { doc }] of used.entries()) doc.getText('t').insert(0, `p${n}-${i} `);
		for (const [n, client] of raw.entries())
			client.edit((doc) => doc.getText('t').insert(doc.getText('t').length, `r${n}-${i} `));
		used[i % 3]!.doc.getText('t').delete(0, 2);
		await new Promise((resolve) => setImmediate(resolve));
	}
	const docs = [...used.map(({ doc }) => doc), ...raw.map(({ doc }) => doc)];
	await until(
		() =>
			raw.every((client) => client.saved === 30) &&
			docs.every((doc) => words(doc) === words(docs[0]!) && words(doc).includes('r3-29')),
		'one text everywhere'
	);
	const cold = await server.services.documents.read(name);
	await until(() => words(docs[0]!) === words(cold) || cold === null, 'the cold reading to be the same');
	expect(raw.flatMap((client) => client.refused)).toEqual([]);
	expect(used.flatMap(({ closes }) => closes)).toEqual([]);
	for (const client of raw) client.close();
});

test('[P2] [L9] awareness of the package: who is here, under the name of the server, and who has left', async () => {
	const [a, b] = await Promise.all([player(), player()]);
	const [one, two] = [provide(a), provide(b)];
	await until(() => one.provider.synced && two.provider.synced, 'both to be synced');
	one.provider.awareness.setLocalState({ user: { name: 'Exercise Director' }, cursor: 3 });
	await until(() => two.provider.awareness.getStates().get(one.doc.clientID) !== undefined, 'presence');
	expect(two.provider.awareness.getStates().get(one.doc.clientID)).toMatchObject({
		user: { name: 'Player' },
		cursor: 3
	});
	one.provider.awareness.setLocalStateField('cursor', 4);
	await until(
		() => two.provider.awareness.getStates().get(one.doc.clientID)?.['cursor'] === 4,
		'the next state'
	);
	// to the one who moved nobody speaks of itself in other words
	expect(one.provider.awareness.getLocalState()).toMatchObject({ cursor: 4 });
	one.provider.destroy();
	await until(() => !two.provider.awareness.getStates().has(one.doc.clientID), 'that one has left');
});

test('[P3] after a restart of the server a provider connects by itself, and brings what was written meanwhile', async () => {
	const name = exercise.notes(team.id);
	const person = await player();
	const one = provide(person);
	await until(() => one.provider.synced, 'to be synced');
	one.doc.getText('t').insert(0, 'before ');
	await until(() => one.provider.wsconnected, 'to be connected');
	const keeping = await secondNode(server);
	const { port } = server.server.address() as AddressInfo;
	await server.close();
	await until(() => !one.provider.wsconnected, 'the end of the connection');
	one.doc.getText('t').insert(0, 'meanwhile ');
	server = await secondNode(keeping, port);
	await until(() => one.provider.synced, 'to be synced again');
	const other = provide(person);
	await until(() => words(other.doc) === 'meanwhile before ', 'both words at another browser');
	expect(words(await server.services.documents.read(name))).toBe('meanwhile before ');
	await keeping.close();
});

test('[R6] a provider of a reader is synced, follows, and what it writes stays at home', async () => {
	const reader = provide(exercise.director);
	const writer = provide(await player());
	await until(() => reader.provider.synced && writer.provider.synced, 'both to be synced');
	writer.doc.getText('t').insert(0, 'written ');
	await until(() => words(reader.doc) === 'written ', 'what was written');
	reader.doc.getText('t').insert(0, 'planted ');
	writer.doc.getText('t').insert(0, 'more ');
	await until(() => words(reader.doc).includes('more '), 'what was written then');
	expect(words(writer.doc)).toBe('more written ');
	expect(reader.closes).toEqual([]);
	expect(words(await server.services.documents.read(exercise.notes(team.id)))).toBe('more written ');
});

test('[P6] [R14] a provider that was signed out, or whose page was restored, does not come again', async () => {
	const person = await player();
	const one = provide(person);
	const two = provide(await player());
	await until(() => one.provider.synced && two.provider.synced, 'both to be synced');
	two.doc.getText('t').insert(0, 'written ');
	await until(() => words(one.doc) === 'written ', 'what was written');
	await server.services.database.pool.query('delete from session where user_id = $1', [person.id]);
	await server.services.documents.recheck(exercise.id);
	await until(one.isOver, 'the final close');
	expect(one.closes).toEqual([4401]);
	await server.services.documents.restore(exercise.notes(team.id), 0, exercise.director.id);
	await until(two.isOver, 'the final close');
	expect(two.closes).toEqual([4410]);
	const attempts = [one.attempts(), two.attempts()];
	expect(attempts).toEqual([1, 1]);
	// longer than its longest wait before the next attempt
	await new Promise((resolve) => setTimeout(resolve, 1000));
	expect([one.attempts(), two.attempts()]).toEqual(attempts);
	expect(words(await server.services.documents.read(exercise.notes(team.id)))).toBe('');
});
