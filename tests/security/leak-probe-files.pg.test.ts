import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, newInject } from '#lib/exercise/inject/schema.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { toAll, type Person } from '../support/exercise.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { inTurns } from './probe/asks.ts';
import { planCentral, planGreek } from './probe/plan.ts';
import { scriptOf } from './probe/planted-inject.ts';
import type { Scope } from './probe/planted.ts';
import { expressRoutes } from './probe/routes.ts';
import { ProbeScene, type Prying } from './probe/scene.ts';

/*
 * [P1] [P2] The same probe for files: every address that a file has or could have, by its id in planning, its sum, its name,
 * and by another team's address, before and after it is released; and files sent by who may not.
 */
let server: TestServer;
let scene: ProbeScene;
/** what somebody could know or guess a file by */
let keys: Record<string, string>;

beforeAll(async () => {
	server = await startTestServer();
	scene = await ProbeScene.create(server);
	await planCentral(scene);
	await planGreek(scene);
	// the Italian cell carries the central file in a text of its own, and not the one for the Greek teams
	const { database, documents } = server.services;
	const { rows } = await database.pool.query<{ id: string; sha256: string; name: string; cell: string }>(
		'select id, sha256, name, cell from attachment where exercise_id = $1',
		[scene.exercise.id]
	);
	const carried = rows.find(({ id }) => id === scene.ids.centralFile)!;
	await documents.edit(scriptOf(scene, 'IT'), scene.people.italianPlanner.id, (doc) =>
		addInject(
			doc,
			newInject(randomBytes(12).toString('hex') as InjectId, {
				title: 'Of the Italian cell',
				attachments: [{ id: carried.id as never, name: carried.name, mediaType: 'text/plain', bytes: 10 }]
			}),
			'a0'
		)
	);
	keys = Object.fromEntries([
		...rows.flatMap(({ id, sha256, name }, i) => [
			[`id ${i}`, id],
			[`sum ${i}`, sha256],
			[`part of a sum ${i}`, sha256.slice(0, 22)],
			[`name ${i}`, name]
		]),
		['inject', scene.ids.central],
		['greek inject', scene.ids.greek],
		['comment', scene.ids.greekComment],
		['guessed', 'A'.repeat(22)],
		['a folder', '..%2F..%2F..%2Fetc%2Fpasswd']
	]) as Record<string, string>;
}, 120_000);
afterAll(() => server.close());

async function get(person: Person | null, where: string, init: RequestInit = {}) {
	const response = await fetch(server.url + where, {
		redirect: 'manual',
		...init,
		headers: { ...(person && { cookie: person.cookie }), ...init.headers }
	});
	return { status: response.status, headers: response.headers, body: await response.text() };
}

/** Every address under which any route of files could answer to a key. */
function addresses(key: string): string[] {
	const { exercise, elsewhere, ids } = scene;
	const scripts = [
		...['central', 'GR', 'IT', 'nowhere', '..%2Fcentral'].map((cell) => `${exercise.id}/${cell}`),
		...['central', 'GR'].map((cell) => `${ids.rehearsal}/${cell}`),
		`${elsewhere.id}/central`
	];
	return [
		`/files/${key}`,
		`/FILES/${key}/`,
		`//files/${key}`,
		...scripts.map((script) => `/api/scripts/${script}/files/${key}`)
	];
}

/** What of planning somebody opens by an address: `greek attachedcontent`. Refusals are all alike. */
async function opens({ person, hidden }: Pick<Prying, 'person' | 'hidden'>) {
	const found: { where: string; label: string; scope: Scope }[] = [];
	const refusals = new Map<string, string[]>();
	const all = Object.entries(keys).flatMap(([what, key]) =>
		addresses(key).map((where) => ({ what, key, where }))
	);
	await inTurns(all, async ({ what, key, where }) => {
		const { status, body, headers } = await get(person, where);
		for (const one of scene.planted.in(body, [key])) found.push({ where, ...one });
		if (status !== 200) {
			const said = `${status} ${body.replaceAll(key, '')}`;
			refusals.set(said, [...(refusals.get(said) ?? []), `${what} at ${where}`]);
			return;
		}
		expect([where, headers.get('x-content-type-options')]).toEqual([where, 'nosniff']);
		expect(headers.get('content-disposition')).toMatch(/^attachment; filename="/);
		expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
		expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
		expect(headers.get('cache-control')).toBe('private, no-store');
	});
	expect(found.filter(({ scope }) => hidden.includes(scope))).toEqual([]);
	return { labels: [...new Set(found.map(({ label }) => label))].sort(), refusals };
}

test('[P1] the routes of files are these, and all of them are asked', () => {
	const ids = expressRoutes(server.app).routes.map(({ id }) => id);
	expect(ids.filter((id) => id.includes('/files'))).toEqual([
		'POST /api/scripts/[exercise]/[cell]/files',
		'POST /api/teams/[exercise]/[team]/files',
		'GET /api/scripts/[exercise]/[cell]/files/[attachment]',
		'POST /api/channels/[exercise]/[channel]/files',
		'GET /files/channel/[file]',
		'GET /api/exercises/[exercise]/injects/[inject]/files/[attachment]',
		'GET /files/[address]'
	]);
});

test('[P1] before release a file opens to who may read the script that carries it, and to nobody else by any address', async () => {
	const labels: Record<string, string[]> = {};
	for (const one of scene.prying) {
		const { labels: opened, refusals } = await opens(one);
		labels[one.who] = opened;
		// what is there, what is not, and what is another team's are refused in the same words; pages are not in this server
		const api = [...refusals.keys()].filter((said) => said.includes('"ok":false'));
		expect([one.who, api.length]).toEqual([one.who, 1]);
	}
	expect(labels).toEqual({
		'a player who plans elsewhere': [],
		'an Italian player': [],
		'an observer': [],
		'a stranger': [],
		nobody: [],
		'an Italian planner': ['central attachedcontent', 'narrow attachedcontent'],
		// what the Italian script carries, not what is for the Greek teams
		'an Italian moderator': ['central attachedcontent']
	});
	const all = ['central attachedcontent', 'greek attachedcontent', 'narrow attachedcontent'];
	for (const person of scene.entitled) expect((await opens({ person, hidden: ['own'] })).labels).toEqual(all);
}, 120_000);

test('[P1] whoever may not write a script puts no file into it, and is told the same whether or not there is one', async () => {
	const { exercise, ids } = scene;
	const count = async () =>
		(await server.services.database.pool.query('select id from attachment order by id')).rows;
	const before = await count();
	const send = (person: Person | null, where: string, headers: Record<string, string> = {}) =>
		get(person, where, {
			method: 'POST',
			body: 'Mine',
			headers: {
				'content-type': 'application/octet-stream',
				'x-file-name': 'mine.txt',
				origin: server.url,
				...headers
			}
		});
	const real = ['central', 'GR'].flatMap((cell) =>
		[exercise.id, ids.rehearsal].map((id) => `/api/scripts/${id}/${cell}/files`)
	);
	const unknown = `/api/scripts/${'A'.repeat(22)}/central/files`;
	for (const { who, person } of scene.prying) {
		const answers = await Promise.all([...real, unknown].map((where) => send(person, where)));
		expect([who, new Set(answers.map(({ status, body }) => `${status} ${body}`)).size]).toEqual([who, 1]);
		expect([who, answers[0]!.status]).toEqual([who, person ? 404 : 401]);
		// nor by another way to send it
		for (const method of ['PUT', 'PATCH', 'DELETE'])
			for (const where of [...real, `${real[0]}/${ids.centralFile}`, `/files/${ids.centralFile}`])
				expect((await get(person, where, { method, headers: { origin: server.url } })).status, where).toBe(
					404
				);
	}
	expect(await count()).toEqual(before);
	expect(
		(await send(scene.people.greekPlanner, real[2]!, { origin: 'https://elsewhere.example' })).status
	).toBe(403);
	expect((await send(scene.people.greekPlanner, real[2]!)).status).toBe(201);
});

async function grantsOf(team: Team): Promise<string[]> {
	const doc = await server.services.documents.read(scene.exercise.timeline(team.id));
	return [...timelineEntries(doc).values()].flatMap(({ body }) =>
		body.kind === 'inject' ? (body.inject.attachments ?? []).map(({ grant }) => grant) : []
	);
}

test('[P1] [P2] after release each team’s address opens to its own readers; nobody’s other address opens anything more', async () => {
	const { exercise, people, teams, ids, planted } = scene;
	await exercise.must(people.director, 'inject.release', { inject: ids.central });
	await exercise.must(people.director, 'inject.release', { inject: ids.greek });
	const [italian] = await grantsOf(teams.italian);
	const greek = await grantsOf(teams.greek);
	// the variant carries the central file and the cell's own; the Italian team has the central text
	expect([italian !== undefined, greek.length]).toEqual([true, 2]);
	keys = { ...keys, italian: italian!, 'greek 0': greek[0]!, 'greek 1': greek[1]! };
	expect(new Set([...Object.values(keys)]).size).toBe(Object.keys(keys).length);
	const opened = async (person: Person | null, grant: string) => {
		const { status, body, headers } = await get(person, `/files/${grant}`);
		if (status === 200) {
			expect(headers.get('x-content-type-options')).toBe('nosniff');
			expect(headers.get('content-disposition')).toMatch(/^attachment; filename="/);
		}
		return [status, ...planted.in(body).map(({ label }) => label)];
	};
	const central = [200, 'central attachedcontent'];
	expect(await opened(people.italianPlayer, italian!)).toEqual(central);
	expect(await opened(people.italianModerator, italian!)).toEqual(central);
	expect((await Promise.all(greek.map((one) => opened(people.player, one)))).sort()).toEqual(
		[central, [200, 'greek attachedcontent']].sort()
	);
	const others: [string, Person | null, string[]][] = [
		['an Italian player', people.italianPlayer, greek],
		['an Italian moderator', people.italianModerator, greek],
		['a Greek player', people.player, [italian!]],
		['an Italian planner', people.italianPlanner, [...greek, italian!]],
		['a Greek planner', people.greekPlanner, [...greek, italian!]],
		['an observer', people.observer, [...greek, italian!]],
		['a stranger', people.stranger, [...greek, italian!]]
	];
	for (const [who, person, grants] of others)
		for (const grant of grants) {
			expect([who, await opened(person, grant)]).toEqual([who, [404]]);
			// an address of a team is none of planning's, and the other way round
			for (const where of addresses(grant).slice(1))
				expect([who, where, (await get(person, where)).status === 200]).toEqual([who, where, false]);
		}
	expect(await opened(null, greek[0]!)).toEqual([401]);
	// ids of planning open no more than before, also to who has received the file
	for (const person of [people.player, people.italianPlayer])
		for (const key of [ids.centralFile, ids.greekFile, ids.narrowFile, keys['sum 0']!])
			for (const where of addresses(key)) expect((await get(person, where)).status, where).toBe(404);
}, 120_000);

test('[P1] [P2] after a recall no address of its files opens to anybody who reads a room, and the other teams’ stay', async () => {
	const { exercise, people, teams, ids } = scene;
	const [own] = await exercise.approved({
		title: 'Soon recalled',
		attachments: (await approvedFiles(ids.central)) as never,
		to: { ...toAll, all: false, teams: [teams.italian.id] }
	});
	await exercise.must(people.director, 'inject.release', { inject: own!.id });
	const all = await grantsOf(teams.italian);
	const grant = all.at(-1)!;
	expect(all.length).toBe(2);
	const status = async (person: Person, one: string) => (await get(person, `/files/${one}`)).status;
	expect(await status(people.italianPlayer, grant)).toBe(200);
	await exercise.must(people.director, 'inject.recall', { inject: own!.id, reason: 'Wrong file' });
	for (const person of [people.italianPlayer, people.italianModerator, people.player, people.director])
		expect([person.name, await status(person, grant)]).toEqual([person.name, 404]);
	// of the other inject it still does
	expect(await status(people.italianPlayer, all[0]!)).toBe(200);
});

async function approvedFiles(inject: string): Promise<unknown[]> {
	const { rows } = await server.services.database.pool.query<{ files: unknown[] }>(
		"select v.content -> 'attachments' as files from inject i join inject_version v on v.inject_id = i.id and v.version = i.version where i.id = $1",
		[inject]
	);
	return rows[0]!.files;
}

test('[P2] an address that was a reader’s is none any more when the reader leaves the team', async () => {
	const { exercise, people, teams } = scene;
	const [grant] = await grantsOf(teams.greek);
	const { pool } = server.services.database;
	expect((await get(people.player, `/files/${grant}`)).status).toBe(200);
	const { rows } = await pool.query<{ id: string }>(
		'select id from membership where exercise_id = $1 and account_id = $2',
		[exercise.id, people.player.id]
	);
	await server.services.exercises.removeMembership(exercise.id, rows[0]!.id as never, people.director.id);
	expect((await get(people.player, `/files/${grant}`)).status).toBe(404);
	expect((await get(people.director, `/files/${grant}`)).status).toBe(200);
});
