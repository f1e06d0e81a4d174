import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { closeCode } from '#lib/protocol/wire.ts';
import { documentUpdate } from '#server/database/schema.ts';
import { updateMessage } from '#server/documents/frames.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let team: Team;
let other: Team;
let anna: Person;
let bert: Person;
let stranger: Person;

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	team = await exercise.team('GR CSIRT');
	other = await exercise.team('IT CSIRT', 'IT');
	anna = await exercise.member('Player A', { role: 'player', teamId: team.id, lead: true });
	bert = await exercise.member('Player B', { role: 'player', teamId: team.id });
	stranger = await exercise.member('Player C', { role: 'player', teamId: other.id });
});
afterAll(() => server.close());

const open = (person: Person, name: string, more: { origin?: string } = {}) =>
	RawClient.synced({ url: server.url, name, cookie: person.cookie, ...more });
const write = (client: RawClient, text: string) => client.edit((doc) => doc.getText('t').insert(0, text));

describe('the gate', () => {
	test.each([
		['no session', async () => ({ url: server.url, name: exercise.notes(team.id) }), 401],
		[
			'a session that does not exist',
			async () => ({
				url: server.url,
				name: exercise.notes(team.id),
				cookie: anna.cookie.slice(0, -6) + 'abcdef'
			}),
			401
		],
		[
			'another origin',
			async () => ({
				url: server.url,
				name: exercise.notes(team.id),
				cookie: anna.cookie,
				origin: 'https://evil.example'
			}),
			403
		],
		[
			"another team's page",
			async () => ({ url: server.url, name: exercise.notes(team.id), cookie: stranger.cookie }),
			404
		],
		[
			"another team's timeline",
			async () => ({ url: server.url, name: exercise.timeline(team.id), cookie: stranger.cookie }),
			404
		],
		[
			'the script, for a player',
			async () => ({ url: server.url, name: `exercise/${exercise.id}/script/central`, cookie: anna.cookie }),
			404
		],
		[
			"control's timeline, for a player",
			async () => ({ url: server.url, name: exercise.timeline('control'), cookie: anna.cookie }),
			404
		],
		[
			'a name that nobody has',
			async () => ({
				url: server.url,
				name: `exercise/${exercise.id}/worksheet/${team.id}/report-7`,
				cookie: anna.cookie
			}),
			404
		],
		[
			'a name that is none',
			async () => ({ url: server.url, name: `exercise/${exercise.id}/../x`, cookie: anna.cookie }),
			404
		]
	])('[R5] refuses %s before the upgrade', async (_what, options, status) => {
		await expect(RawClient.open(await options())).rejects.toMatchObject({ status });
	});

	test('[R5] connecting creates nothing', async () => {
		const before = await server.services.database.pool.query('select count(*) from document');
		await RawClient.open({
			url: server.url,
			name: `exercise/${exercise.id}/worksheet/${team.id}/report-9`,
			cookie: anna.cookie
		}).catch(() => undefined);
		const after = await server.services.database.pool.query('select count(*) from document');
		expect(after.rows).toEqual(before.rows);
	});
});

describe('writing', () => {
	test('[R2] a change is in the log before anybody sees it or is told that it is saved', async () => {
		const [a, b] = await Promise.all([
			open(anna, exercise.notes(team.id)),
			open(bert, exercise.notes(team.id))
		]);
		write(a, 'hello');
		await b.until(() => b.doc.getText('t').toString().includes('hello'), 'the change at the other side');
		await a.until(() => a.saved === 1, 'the word that it is saved');
		const rows = await server.services.database.db.select().from(documentUpdate);
		const mine = rows.filter((row) => row.document === exercise.notes(team.id));
		expect(mine).toHaveLength(1);
		expect(mine[0]).toMatchObject({ author: anna.id, sequence: 1, epoch: 0 });
		expect(mine[0]!.sha256).toHaveLength(32);
		a.close();
		b.close();
	});

	test('[P3] two people in one text at once lose nothing, and a cold reload has all', async () => {
		const name = exercise.notes(team.id);
		const [a, b] = await Promise.all([open(anna, name), open(bert, name)]);
		for (let i = 0; i < 40; i++) {
			write(a, `a${i} `);
			write(b, `b${i} `);
		}
		await a.until(() => a.saved === 40, 'all of A saved');
		await b.until(() => b.saved === 40, 'all of B saved');
		await a.until(
			() => a.doc.getText('t').toString() === b.doc.getText('t').toString(),
			'the same text on both sides'
		);
		const cold = await server.services.documents.read(name);
		expect(cold.getText('t').toString()).toBe(a.doc.getText('t').toString());
		for (let i = 0; i < 40; i++) expect(cold.getText('t').toString()).toContain(`b${i} `);
		a.close();
		b.close();
	});

	test('[R6] a reader can ask and look, never write', async () => {
		const name = exercise.notes(team.id);
		const [reader, writer] = await Promise.all([open(exercise.director, name), open(anna, name)]);
		const before = writer.doc.getText('t').toString();
		write(reader, 'planted');
		await reader.until(() => reader.refused.length > 0, 'a refusal');
		expect(reader.refused[0]!.code).toBe('read-only');
		expect(reader.saved).toBe(0);
		const cold = await server.services.documents.read(name);
		expect(cold.getText('t').toString()).toBe(before);
		reader.close();
		writer.close();
	});

	test('[R6] nobody writes a timeline', async () => {
		for (const person of [anna, exercise.director]) {
			const client = await open(person, exercise.timeline(team.id));
			client.edit((doc) => doc.getMap('entries').set('forged', { id: 'forged' }));
			await client.until(() => client.refused.length > 0, 'a refusal');
			client.close();
		}
		const cold = await server.services.documents.read(exercise.timeline(team.id));
		expect(cold.getMap('entries').has('forged')).toBe(false);
	});

	test('[R3] garbage is refused, never called saved', async () => {
		const client = await open(anna, exercise.notes(team.id));
		client.send(updateMessage(new Uint8Array([255, 254, 253, 1, 2, 3])));
		await client.until(() => client.closed !== null, 'the end of the socket');
		expect(client.saved).toBe(0);
		expect(client.refused[0]?.code).toBe('invalid');
	});

	test('[R8] a change with a gap before it is refused, so nothing hides behind it', async () => {
		const client = await open(anna, exercise.notes(team.id));
		const lonely = new Y.Doc();
		const updates: Uint8Array[] = [];
		lonely.on('update', (update: Uint8Array) => updates.push(update));
		lonely.getText('t').insert(0, 'one');
		lonely.getText('t').insert(3, 'two');
		client.send(updateMessage(updates[1]!));
		await client.until(() => client.closed !== null, 'the end of the socket');
		expect(client.closed!.code).toBe(closeCode.resync);
		expect(client.saved).toBe(0);
	});

	test('[R6] an unknown message ends the socket, and only that one', async () => {
		const [bad, good] = await Promise.all([
			open(anna, exercise.notes(team.id)),
			open(bert, exercise.notes(team.id))
		]);
		bad.send(encoding.encode((encoder) => encoding.writeVarUint(encoder, 77)));
		await bad.until(() => bad.closed !== null, 'the end of the socket');
		write(good, 'still here ');
		await good.until(() => good.saved === 1, 'a saved change');
		good.close();
	});
});

describe('presence', () => {
	test('the server writes the name, and one socket has one state', async () => {
		const name = exercise.notes(team.id);
		const [a, b] = await Promise.all([open(anna, name), open(bert, name)]);
		a.sendPresence(11, 1, { user: { name: 'Exercise Director' }, cursor: 5 });
		await b.until(() => b.presence.has(11), 'presence');
		expect(JSON.parse(b.presence.get(11)!)).toMatchObject({ user: { name: 'Player A' }, cursor: 5 });
		a.sendPresence(12, 1, { second: true });
		a.sendPresence(11, 2, { cursor: 6 });
		await b.until(() => b.presence.get(11)!.includes('6'), 'the next state');
		expect(b.presence.has(12)).toBe(false);
		a.close();
		await b.until(() => b.presence.get(11) === 'null', 'that A has left');
		b.close();
	});

	test('[P2] whoever only watches a team is invisible to it', async () => {
		const name = exercise.notes(team.id);
		const [watcher, a] = await Promise.all([open(exercise.director, name), open(anna, name)]);
		watcher.sendPresence(21, 1, { here: true });
		a.sendPresence(22, 1, { here: true });
		await watcher.until(() => watcher.presence.has(22), 'the player');
		expect(a.presence.has(21)).toBe(false);
		watcher.close();
		a.close();
	});
});

test('[P6] a right taken away ends on the open socket within 5 s', async () => {
	const person = await exercise.member('Player D', { role: 'player', teamId: team.id });
	const client = await open(person, exercise.notes(team.id));
	const { rows } = await server.services.database.pool.query<{ id: string }>(
		'select id from membership where account_id = $1',
		[person.id]
	);
	await server.services.exercises.removeMembership(exercise.id, rows[0]!.id as never, exercise.director.id);
	await client.until(() => client.closed !== null, 'the end of the socket');
	expect(client.closed!.code).toBe(closeCode.rightsChanged);
});
