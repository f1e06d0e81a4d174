import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commands } from '#lib/exercise/commands.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { addInject, injectFingerprint, readScript, type Inject } from '#lib/exercise/inject/schema.ts';
import { takeOver } from '#lib/exercise/inject/variant.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { TestExercise, toAll, type Person } from '../support/exercise.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/*
 * [P1] A planner of Greece, who reads the central script, asks every route, document and command for what the Italian
 * cell made of it; players ask for the variants of their own country before they are released. The Italian variants, one
 * approved and one being written, are full of canaries.
 */
const canary = 'STIEGLITZ';
let server: TestServer;
let exercise: TestExercise;
let teams: Team[];
let italian: Inject[];
let people: Record<
	'greekPlanner' | 'italianPlanner' | 'centralPlanner' | 'greekPlayer' | 'italianPlayer',
	Person
>;

beforeAll(async () => {
	server = await startTestServer({ pages: true });
	exercise = await TestExercise.create(server);
	teams = await server.services.exercises.addTeams(
		exercise.id,
		[
			{ name: 'GR CSIRT', country: 'GR', level: 'technical' },
			{ name: 'IT CSIRT', country: 'IT', level: 'technical', language: 'it' }
		],
		exercise.director.id
	);
	people = {
		greekPlanner: await exercise.member('Grit', { role: 'planner', cell: 'GR' }),
		italianPlanner: await exercise.member('Ilaria', { role: 'planner', cell: 'IT' }),
		centralPlanner: await exercise.member('Cato', { role: 'planner', cell: 'central' }),
		greekPlayer: await exercise.member('Gaia', { role: 'player', teamId: teams[0]!.id }),
		italianPlayer: await exercise.member('Ivo', { role: 'player', teamId: teams[1]!.id })
	};
	const central = await exercise.approved(
		{ title: 'Cranes', reference: 'CM-001', to: toAll },
		{ title: 'Ships', reference: 'CM-002', to: toAll }
	);
	const place = { country: 'IT' as const, teams, variantOf: () => undefined };
	italian = central.map((one, i) => ({
		...takeOver(one, randomBytes(12).toString('hex') as InjectId, place),
		title: `${canary} title ${i}`,
		reference: `${canary}-${i}`,
		storyline: `${canary} storyline`,
		from: `${canary} sender`,
		body: richTextFromText(`${canary} body ${i}`),
		controllerNotes: `${canary} control`,
		language: 'en',
		translations: { it: { title: `${canary} titolo`, body: richTextFromText(`${canary} testo`) } }
	}));
	const name = documentName({ exercise: exercise.id, kind: 'script', cell: 'IT' });
	await server.services.documents.edit(name, people.italianPlanner.id, (doc) => {
		for (const [i, one] of italian.entries()) addInject(doc, one, `a${i}`);
	});
	const [first] = readScript(await server.services.documents.read(name));
	await exercise.must(people.italianPlanner, 'inject.approve', {
		cell: 'IT',
		injects: [{ inject: first!.id, fingerprint: injectFingerprint(first!) }]
	});
	await exercise.must(exercise.director, 'exercise.start', {});
}, 120_000);
afterAll(() => server.close());

const secrets = () => [canary, ...italian.map((one) => one.id as string)];
const holds = (bytes: string | Buffer) => secrets().some((secret) => Buffer.from(bytes).includes(secret));

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
		inject: italian.map((one) => one.id),
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

async function get(where: string, person: Person, more: RequestInit = {}): Promise<Buffer> {
	const response = await fetch(server.url + where, {
		redirect: 'manual',
		...more,
		headers: { cookie: person.cookie, accept: '*/*', ...more.headers }
	});
	return Buffer.from(await response.arrayBuffer());
}

/** What is in an answer beside the ids that were asked for. */
function heldBeside(bytes: Buffer, asked: string): boolean {
	let rest = bytes.toString('latin1');
	for (const { id } of italian) if (asked.includes(id)) rest = rest.replaceAll(id, '');
	return holds(rest);
}

const prying = () => [people.greekPlanner, people.greekPlayer, people.italianPlayer];
const asks = (one: string) => [one, `${one}/__data.json`, `${one}?since=0`, `${one}?q=${canary.slice(0, 4)}`];

test('[P1] the probe sees canaries where they may be seen: the cell’s own planner and exercise control', async () => {
	for (const person of [people.italianPlanner, exercise.director]) {
		const found = await Promise.all((await allPaths()).map((one) => get(one, person)));
		expect([person.name, found.some(holds)]).toEqual([person.name, true]);
	}
	const merged = await get(`/api/scripts/${exercise.id}`, exercise.director);
	expect(holds(merged)).toBe(true);
});

test('[P1] no page, data or API route holds a variant of another country, or one not released', async () => {
	const paths = await allPaths();
	expect(paths).toContain(`/api/scripts/${exercise.id}`);
	for (const person of prying())
		for (const one of paths)
			for (const ask of asks(one))
				expect([person.name, ask, heldBeside(await get(ask, person), ask)]).toEqual([
					person.name,
					ask,
					false
				]);
}, 120_000);

test('[P1] no document holds one: a Greek planner opens the central script and the own one, to read and to write', async () => {
	const { rows } = await server.services.database.pool.query<{ name: string }>(
		'select name from document order by name'
	);
	const opened: string[] = [];
	for (const person of prying())
		for (const { name } of rows) {
			const client = await RawClient.synced({ url: server.url, name, cookie: person.cookie }).catch(
				() => null
			);
			if (!client) continue;
			if (name.includes('/script/')) opened.push(`${person.name} ${name.split('/').at(-1)}`);
			expect([person.name, name, holds(client.bytes())]).toEqual([person.name, name, false]);
			client.close();
		}
	expect(opened).toEqual(['Grit GR', 'Grit central']);
}, 60_000);

test('[P1] that the Italian cell has a variant is not told to the Greek one, and told to who writes the central script', async () => {
	const statuses = async (person: Person) =>
		(await get(`/api/scripts/${exercise.id}/central`, person)).toString();
	expect(await statuses(people.greekPlanner)).not.toContain('variants');
	expect(await statuses(people.italianPlanner)).toContain('"variants":["IT"]');
	expect(await statuses(people.centralPlanner)).toContain('"variants":["IT"]');
});

test('[P1] no command of the Greek planner tells anything of it, and unknown looks like not open', async () => {
	for (const person of prying())
		for (const name of Object.keys(commands)) {
			const answers: string[] = [];
			for (const inject of [italian[0]!.id, italian[1]!.id, 'unknown-inject-id-000000']) {
				const bytes = await get(`/api/commands/${name}`, person, {
					method: 'POST',
					headers: { 'content-type': 'application/json', origin: server.url },
					body: JSON.stringify({
						exercise: exercise.id,
						key: `probe-${name}-${inject}`.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 60),
						input: {
							inject,
							reason: 'x',
							cell: 'IT',
							injects: [{ inject, fingerprint: '0'.repeat(64) }],
							delivery: inject
						}
					})
				});
				const answer = bytes.toString().replaceAll(inject, '');
				expect([person.name, name, holds(answer)]).toEqual([person.name, name, false]);
				answers.push(answer);
			}
			if (name.startsWith('inject.')) expect(new Set(answers).size, `${person.name}: ${name}`).toBe(1);
		}
}, 60_000);

test('[P1] [P2] released, it reaches its own country in its language and nobody else', async () => {
	// every command was tried, also the one with which anybody may stop the exercise
	const stopped = (await server.services.exercises.load(exercise.id))!.state === 'stopped';
	if (stopped) await exercise.must(exercise.director, 'exercise.liftStop', { to: 'running' });
	await exercise.must(exercise.director, 'inject.release', { inject: italian[0]!.id });
	const bytesOf = async (person: Person, team: Team) => {
		const name = exercise.timeline(team.id);
		const client = await RawClient.synced({ url: server.url, name, cookie: person.cookie });
		const bytes = client.bytes();
		client.close();
		return bytes;
	};
	const own = await bytesOf(people.italianPlayer, teams[1]!);
	expect(own.includes(`${canary} titolo`)).toBe(true);
	expect(own.includes(`${canary} title 0`)).toBe(true);
	// nothing of planning came with it
	expect([`${canary}-0`, `${canary} control`, italian[0]!.id].some((word) => own.includes(word))).toBe(false);
	expect(holds(await bytesOf(people.greekPlayer, teams[0]!))).toBe(false);
	for (const one of await allPaths())
		for (const ask of asks(one))
			for (const person of [people.greekPlanner, people.greekPlayer])
				expect([person.name, ask, heldBeside(await get(ask, person), ask)]).toEqual([
					person.name,
					ask,
					false
				]);
}, 120_000);
