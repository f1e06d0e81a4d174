import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, type CommandName } from '#lib/exercise/commands.ts';
import { mayIn, routeIn } from '#lib/exercise/real/place.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import { TestExercise, toAll, type Person } from '../support/exercise.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { siteRoutes, type Route } from './probe/routes.ts';

/*
 * A real room and an exercise on one installation, with people who are in both. Each has words that nothing else has. All
 * pages, interfaces and forms of one are asked for by somebody of both: nothing of the other ever comes.
 */
let server: TestServer;
let room: TestExercise;
let exercise: TestExercise;
let teams: { room: Team; exercise: Team };
let both: Person;
let routes: Route[];
const words = { real: 'QUILLFISH', exercise: 'MARROWBONE' };

beforeAll(async () => {
	server = await startTestServer({ pages: true });
	room = await TestExercise.openRoom(server, `${words.real} outage`);
	exercise = await TestExercise.create(server);
	await server.services.exercises.updateSettings(
		exercise.id,
		{ name: `${words.exercise} game` },
		exercise.director.id
	);
	teams = { room: await room.team('GR CSIRT'), exercise: await exercise.team('GR CSIRT') };
	both = await server.person('Both', { isAdministrator: true });
	for (const [space, team, word] of [
		[room, teams.room, words.real],
		[exercise, teams.exercise, words.exercise]
	] as const) {
		for (const membership of [
			{ role: 'director' as const },
			{ role: 'player' as const, teamId: team.id, lead: true }
		])
			await server.services.exercises.addMembership(
				space.id,
				{ accountId: both.id, ...membership },
				space.director.id
			);
		if (space === exercise) {
			await exercise.approved({ title: `${word} inject`, to: toAll, schedule: { mode: 'manual' } });
			await exercise.must(exercise.director, 'exercise.start', {});
		}
		await space.must(both, 'incident.open', {
			team: team.id,
			content: { title: `${word} incident` }
		} as never);
		await space.must(both, 'log.add', { team: team.id, text: `${word} log` });
		await space.must(both, 'announcement.make', { text: `${word} announcement` });
		await space.must(both, 'channel.openStandard', {});
		await space.must(both, 'indicator.add', {
			team: team.id,
			content: { type: 'domain', value: `${word.toLowerCase()}.example` }
		} as never);
	}
	routes = await siteRoutes();
}, 300_000);
afterAll(() => server.close());

const get = async (path: string, init: RequestInit = {}) => {
	const send = () =>
		fetch(`${server.url}${path}`, {
			redirect: 'manual',
			...init,
			headers: { cookie: both.cookie, origin: server.url, ...init.headers }
		});
	// what is refused before its body was read ends the line, on which the next request may already be
	const response = await send().catch(send);
	return { status: response.status, body: await response.text() };
};

/** The route with what stands in for its parameters; null: nothing of this space does. */
function addressIn(space: TestExercise, team: Team, route: Route): string | null {
	const known: Record<string, string> = {
		exercise: space.id,
		team: team.id,
		cell: 'central',
		file: '1'
	};
	let missing = false;
	const at = route.path.replace(/\[([a-z]+)\]/gi, (_, name: string) => {
		if (known[name] === undefined) missing = true;
		return known[name] ?? 'nothing-00001';
	});
	return missing && !/injects|comments|channels/.test(at) ? null : at;
}

const ofSpaces = () => routes.filter(({ path }) => path.includes('[exercise]'));
const folderOf = (route: Route) => route.path.split('?')[0]!;

describe('[P11] every page and interface of a space, asked for by somebody of both', () => {
	test.each([
		['the real room', () => room, () => teams.room, words.exercise],
		['the exercise', () => exercise, () => teams.exercise, words.real]
	] as const)('of %s brings nothing of the other', async (_, space, team, others) => {
		let seen = 0;
		const leaks: string[] = [];
		for (const route of ofSpaces().filter(({ method }) => method === 'GET')) {
			const at = addressIn(space(), team(), route);
			if (at === null) continue;
			for (const address of [at, ...(route.kind === 'page' ? [`${at}/__data.json`] : [])]) {
				const { body } = await get(address);
				seen++;
				if (body.toUpperCase().includes(others)) leaks.push(address);
			}
		}
		expect(leaks).toEqual([]);
		expect(seen).toBeGreaterThan(60);
	});

	test('what belongs to exercises alone is not there in the room, whatever method asks', async () => {
		const there: string[] = [];
		let asked = 0;
		for (const route of ofSpaces()) {
			const form = /\?\/(\w+)/.exec(route.path)?.[1] ?? '';
			if (routeIn('real', folderOf(route), form)) continue;
			const at = addressIn(room, teams.room, route) ?? '';
			if (at === '') continue;
			const { status } = await get(at, {
				method: route.method,
				...(route.method !== 'GET' && {
					body: new URLSearchParams({ text: 'x' }),
					headers: { 'content-type': 'application/x-www-form-urlencoded' }
				})
			});
			asked++;
			if (status !== 404) there.push(`${route.id}: ${status}`);
		}
		expect(there).toEqual([]);
		expect(asked).toBeGreaterThan(40);
	});

	test('what is in both is there in the room', async () => {
		const missing: string[] = [];
		for (const path of [
			'announcements',
			'channels',
			'situation',
			'reports',
			'people',
			'ready',
			'mail',
			'hot-wash',
			'report',
			'review',
			'record',
			'record/export.csv',
			'record/export.json',
			'record/report.docx',
			'teams',
			`teams/${teams.room.id}`,
			`teams/${teams.room.id}/exchange`,
			'import/archive'
		]) {
			const { status } = await get(`/exercises/${room.id}/${path}`);
			if (status !== 200) missing.push(`${path}: ${status}`);
		}
		expect(missing).toEqual([]);
	});
});

describe('[P11] every command, in the space in which it has no place', () => {
	const names = Object.keys(commands) as CommandName[];
	test.each([
		['real', () => room],
		['exercise', () => exercise]
	] as const)('%s: one refusal, and nothing is recorded', async (kind, space) => {
		const count = async () => {
			const { rows } = await server.services.database.pool.query<{ n: number }>(
				'select count(*)::int as n from fact where exercise_id = $1',
				[space().id]
			);
			return rows[0]!.n;
		};
		const before = await count();
		const wrong: string[] = [];
		for (const name of names.filter((one) => !mayIn(kind, one))) {
			// of the right shape where a few words make it so; what is not is refused before anything is looked at
			const answer = await space().send(both, name, {
				team: teams[kind === 'real' ? 'room' : 'exercise'].id,
				country: 'GR',
				reason: 'because',
				text: 'x',
				shared: true,
				rate: 2,
				to: 'running',
				perMinute: 5,
				kind: 'country',
				subject: 'GR',
				topic: 'exercise'
			} as never);
			if (answer.ok) wrong.push(`${name}: done`);
			else if (!['not-now', 'invalid'].includes(answer.error.code))
				wrong.push(`${name}: ${answer.error.code}`);
		}
		expect(wrong).toEqual([]);
		expect(await count()).toBe(before);
	});
});

test('[P11] only administrators open a room; whoever does coordinates it', async () => {
	const { pool } = server.services.database;
	const send = (person: Person, name: string) =>
		fetch(`${server.url}/exercises?/openRoom`, {
			method: 'POST',
			redirect: 'manual',
			headers: {
				cookie: person.cookie,
				origin: server.url,
				// as a browser without scripts sends it
				accept: 'text/html',
				'content-type': 'application/x-www-form-urlencoded'
			},
			body: new URLSearchParams([
				['name', name],
				['tlp', 'green'],
				['timeZone', 'UTC'],
				['countries', 'GR'],
				['countries', 'FR']
			])
		});
	const count = async () => (await pool.query('select count(*)::int as n from exercise')).rows;
	const before = await count();
	expect((await send(room.director, 'By form')).status).toBe(404);
	expect((await send(both, '')).status).toBe(422);
	expect(await count()).toEqual(before);
	const opened = await send(both, 'By form');
	expect(opened.status).toBe(303);
	const id = opened.headers.get('location')!.split('/').at(-1)!;
	expect(await server.services.exercises.load(id)).toMatchObject({
		kind: 'real',
		state: 'running',
		name: 'By form',
		tlp: 'green'
	});
});

describe('[P11] what crosses over', () => {
	const bundle = async (from: TestExercise, team: Team) => {
		const opened = await server.services.exercises.open(from.id, both);
		const file = await server.services.interchange.write(opened.exercise, opened.actor, team.id, 'stix', []);
		return new Uint8Array(await new Response(file.body).arrayBuffer());
	};
	const take = async (into: TestExercise, team: Team, bytes: Uint8Array, relabel: string) => {
		const opened = await server.services.exercises.open(into.id, both);
		const preview = await server.services.interchange.preview(opened.exercise, opened.actor, team.id, bytes);
		const chosen = preview.items.map(({ external }) => external);
		const key = randomBytes(12).toString('hex');
		return {
			preview,
			done: await server.services.interchange
				.take(opened.exercise, opened.actor, team.id, bytes, chosen, key, relabel)
				.catch((error: Error) => error.message)
		};
	};

	test('a bundle of one does not come into the other but under the own name, which the record keeps', async () => {
		for (const [from, into, kind] of [
			[exercise, room, 'exercise'],
			[room, exercise, 'real']
		] as const) {
			const [source, target] = from === room ? [teams.room, teams.exercise] : [teams.exercise, teams.room];
			const bytes = await bundle(from, source);
			const refused = await take(into, target, bytes, '');
			expect(refused.preview.marked).toBe(kind);
			expect(refused.done).toContain('Write your own name');
			expect((await take(into, target, bytes, 'Somebody Else')).done).toContain('Write your own name');
			const done = await take(into, target, bytes, 'Both');
			expect(done.done).toMatchObject({ taken: 2 });
			const { rows } = await server.services.database.pool.query<{ fact: unknown; actor_name: string }>(
				"select fact, actor_name from fact where exercise_id = $1 and kind = 'records-relabelled'",
				[into.id]
			);
			expect(rows).toEqual([
				{
					fact: {
						kind: 'records-relabelled',
						team: target.id,
						format: 'stix',
						from: kind,
						objects: 2,
						confirmed: 'Both'
					},
					actor_name: 'Both'
				}
			]);
		}
	});

	test('teams, records and channels of one are not there for acts in the other', async () => {
		const { rows } = await server.services.database.pool.query<{ id: string }>(
			"select id from working_record where exercise_id = $1 and kind = 'incident' limit 1",
			[exercise.id]
		);
		const record = rows[0]!.id as RecordId;
		const answers = [
			await room.send(both, 'log.add', { team: teams.exercise.id, text: 'x' }),
			await room.send(both, 'incident.update', { record, changes: { title: 'Taken over' } }),
			await room.send(both, 'request.ask', {
				team: teams.room.id,
				to: { team: teams.exercise.id },
				question: 'x'
			} as never)
		];
		for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
	});

	test('the library opens to nobody because of a room, and offers none to take injects into', async () => {
		const coordinator = room.director;
		expect(
			await server.services.library.opensTo({ id: coordinator.id, isAdministrator: false } as never)
		).toBe(false);
		const scripts = await server.services.library.scripts({ id: both.id, isAdministrator: false } as never);
		expect(JSON.stringify(scripts)).not.toContain(room.id);
		expect(JSON.stringify(scripts)).toContain(exercise.id);
	});

	test('the front page lists them apart, each with its word', async () => {
		const { body } = await get('/exercises');
		const apart = body.indexOf('Real incidents');
		expect(apart).toBeGreaterThan(0);
		expect(body.indexOf(`${words.real} outage`)).toBeGreaterThan(apart);
		expect(body.indexOf(`${words.exercise} game`)).toBeGreaterThan(body.indexOf(`${words.real} outage`));
	});

	test('the title of each page says which it is', async () => {
		const title = (body: string) => /<title>([^<]*)<\/title>/.exec(body)?.[1] ?? '';
		expect(title((await get(`/exercises/${room.id}/announcements`)).body)).toMatch(/^REAL · /);
		expect(title((await get(`/exercises/${exercise.id}/announcements`)).body)).not.toContain('REAL');
	});

	test('pages drawn one after the other in one process keep their own words', async () => {
		const [a, b] = [`/exercises/${room.id}/announcements`, `/exercises/${exercise.id}/announcements`];
		const all = await Promise.all(Array.from({ length: 20 }, (_, i) => get(i % 2 ? b : a)));
		for (const [i, { body }] of all.entries()) {
			expect(body.includes('Exercise marking'), String(i)).toBe(i % 2 === 1);
			expect(body.includes('Marking of the room'), String(i)).toBe(i % 2 === 0);
			expect(body.includes('REAL REAL REAL'), String(i)).toBe(i % 2 === 0);
			expect(body.includes('EXERCISE EXERCISE EXERCISE'), String(i)).toBe(i % 2 === 1);
		}
	});
});
