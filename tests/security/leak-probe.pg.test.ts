import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { io } from 'socket.io-client';
import { commands } from '#lib/exercise/commands.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { TestExercise, toAll, type Person } from '../support/exercise.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/*
 * [P1] Think like a player who wants to see the next inject early: asks every route of the build, its data, every
 * document by name, every command and the event socket, and keeps every byte. Unreleased injects are full of canaries.
 */
const canary = 'ZEISIG';
let server: TestServer;
let exercise: TestExercise;
let teams: Team[];
let prying: Person[];
let injectIds: string[];
let libraryItem: string;

beforeAll(async () => {
	server = await startTestServer({ pages: true });
	exercise = await TestExercise.create(server);
	teams = [
		await exercise.team('GR CSIRT'),
		await exercise.team('GR Port'),
		await exercise.team('IT CSIRT', 'IT')
	];
	prying = [
		await exercise.member('Player one', { role: 'player', teamId: teams[0]!.id, lead: true }),
		await exercise.member('Player three', { role: 'player', teamId: teams[2]!.id }),
		await exercise.member('Observer', { role: 'observer' }),
		await server.person('Somebody else')
	];
	const secret = (n: number) => ({
		title: `${canary} title ${n}`,
		reference: `${canary}-${n}`,
		storyline: `${canary} storyline`,
		from: `${canary} sender`,
		body: richTextFromText(`${canary} body ${n}`),
		controllerNotes: `${canary} control`,
		evaluatorNotes: `${canary} evaluate`,
		objectives: [`${canary} objective`],
		expectedActions: [{ id: 'a', text: `${canary} expected`, withinSeconds: 60, critical: true }],
		to: toAll
	});
	const made = await exercise.approved(
		secret(1),
		{ ...secret(2), schedule: { mode: 'offset', seconds: 5 * 3600 } },
		{ ...secret(3), schedule: { mode: 'contingency', condition: `${canary} condition` } }
	);
	injectIds = made.map((one) => one.id);
	// who plays here and plans another exercise opens the library, and must not find this exercise in it
	const elsewhere = await TestExercise.create(server);
	await server.services.exercises.addMembership(
		elsewhere.id,
		{ accountId: prying[0]!.id, role: 'planner', cell: 'central' },
		elsewhere.director.id
	);
	[libraryItem] = (await server.services.library.save(
		{ id: exercise.director.id, isAdministrator: false },
		exercise.id,
		'central',
		{
			kind: 'kit',
			title: `${canary} kit`,
			summary: `${canary} summary`,
			tags: [canary],
			tlp: 'amber',
			injects: injectIds
		}
	)) as [string];
	await exercise.approved({ title: 'Released and harmless', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(exercise.director, 'inject.hold', { inject: made[2]!.id, reason: `${canary} reason` });
}, 120_000);
afterAll(() => server.close());

const holds = (bytes: string | Buffer) =>
	Buffer.from(bytes).includes(canary) || injectIds.some((id) => Buffer.from(bytes).includes(id));

/** Every route that there is, from the folders of the site, with its parameters filled in. */
async function allPaths(): Promise<string[]> {
	const files = await readdir(new URL('../../src/routes', import.meta.url), { recursive: true });
	const ids = new Set(
		files
			.filter((file) => /\+(page|server)[.@]/.test(path.basename(file)))
			.map((file) => `/${path.dirname(file)}`.replace(/^\/\.$/, '/'))
	);
	const fill: Record<string, string[]> = {
		exercise: [exercise.id],
		team: teams.map((team) => team.id),
		cell: ['central', 'GR', 'IT'],
		inject: injectIds,
		item: [libraryItem],
		token: ['x'.repeat(43)]
	};
	return [...ids].flatMap((id) => {
		let paths = [id.replace(/\/\([^)]+\)/g, '') || '/'];
		for (const match of id.matchAll(/\[+(?:\.\.\.)?([a-z]+)(?:=[a-z]+)?\]+/gi)) {
			const values = fill[match[1]!] ?? ['1', exercise.id];
			paths = paths.flatMap((one) => values.map((value) => one.replace(match[0], value)));
		}
		return paths;
	});
}

async function get(
	where: string,
	person: Person | null,
	more: RequestInit = {}
): Promise<{ status: number; bytes: Buffer }> {
	const response = await fetch(server.url + where, {
		redirect: 'manual',
		...more,
		headers: { ...(person && { cookie: person.cookie }), accept: '*/*', ...more.headers }
	});
	return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

test('[P1] the probe sees canaries where they may be seen', async () => {
	const found = await Promise.all(
		(await allPaths()).flatMap((one) => [one, `${one}/__data.json`]).map((one) => get(one, exercise.director))
	);
	expect(found.some(({ bytes }) => holds(bytes))).toBe(true);
});

test('[P1] no page, data or API route holds a planned inject', async () => {
	const paths = await allPaths();
	expect(paths.length).toBeGreaterThan(15);
	for (const person of [...prying, null])
		for (const one of paths)
			for (const ask of [
				one,
				`${one}/__data.json`,
				`${one}?since=0`,
				`${one}?inject=${injectIds[0]}&q=${canary.slice(0, 3)}`
			]) {
				const { bytes } = await get(ask, person);
				// an id that was asked for may come back in an error; nothing else may
				let rest = bytes.toString('latin1');
				for (const id of injectIds) if (ask.includes(id)) rest = rest.replaceAll(id, '');
				expect(holds(rest), `${person?.name ?? 'nobody'} at ${ask}`).toBe(false);
			}
}, 120_000);

test('[P1] no document that a controller can open, and no segment, opens for a player', async () => {
	const { rows } = await server.services.database.pool.query<{ name: string }>(
		'select name from document order by name'
	);
	expect(rows.length).toBeGreaterThan(10);
	for (const person of prying)
		for (const { name } of rows) {
			for (const prefix of ['/api/documents/', '/api/segments/'])
				expect(holds((await get(prefix + name, person)).bytes)).toBe(false);
			const client = await RawClient.synced({ url: server.url, name, cookie: person.cookie }).catch(
				() => null
			);
			if (!client) continue;
			expect(holds(client.bytes()), `${person.name} in ${name}`).toBe(false);
			client.close();
		}
}, 60_000);

test('[P1] no command tells anything of a planned inject, and unknown looks like forbidden', async () => {
	for (const person of prying)
		for (const name of Object.keys(commands)) {
			const answers: string[] = [];
			for (const inject of [injectIds[0]!, 'unknown-inject-id-000000']) {
				const { bytes } = await get(`/api/commands/${name}`, person, {
					method: 'POST',
					headers: { 'content-type': 'application/json', origin: server.url },
					body: JSON.stringify({
						exercise: exercise.id,
						key: `probe-${name}-${inject}`.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 60),
						input: {
							inject,
							reason: 'x',
							cell: 'central',
							injects: [{ inject, fingerprint: '0'.repeat(64) }],
							delivery: inject
						}
					})
				});
				expect(holds(bytes.toString().replaceAll(inject, '')), `${person.name}: ${name}`).toBe(false);
				answers.push(bytes.toString().replaceAll(inject, ''));
			}
			if (name.startsWith('inject.')) expect(answers[0]).toBe(answers[1]);
		}
}, 60_000);

test('[P1] the event socket says nothing while exercise control works on planned injects', async () => {
	const heard: string[] = [];
	const sockets = prying.slice(0, 3).map((person) => {
		const socket = io(server.url, {
			transports: ['websocket'],
			extraHeaders: { cookie: person.cookie, origin: server.url },
			reconnection: false
		});
		socket.onAny((...event) => heard.push(JSON.stringify(event)));
		return socket;
	});
	await Promise.all(
		sockets.map(async (socket) => {
			await new Promise<void>((resolve, reject) => {
				socket.on('connect', resolve);
				socket.on('connect_error', reject);
			});
			expect(await socket.timeout(5000).emitWithAck('join', exercise.id)).toMatchObject({ ok: true });
		})
	);
	await exercise.must(exercise.director, 'inject.liftHold', { inject: injectIds[2]! } as never);
	await exercise.must(exercise.director, 'inject.skip', {
		inject: injectIds[2]! as never,
		reason: 'not needed'
	});
	await new Promise((resolve) => setTimeout(resolve, 700));
	expect(
		heard.filter((event) => holds(event) || event.includes('board') || event.includes('script'))
	).toEqual([]);
	for (const socket of sockets) socket.disconnect();
});
