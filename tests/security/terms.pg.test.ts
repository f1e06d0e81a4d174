import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { io, type Socket } from 'socket.io-client';
import { commands } from '#lib/exercise/commands.ts';
import type { Membership, Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectAttachment } from '#lib/exercise/inject/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { groundTruthOf } from '#lib/exercise/scenario/schema.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { TestExercise, toAll, type Person } from '../support/exercise.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/*
 * [P2] [P6] Terms of confidentiality: whoever has a role and has not accepted them gets nothing of the exercise, by any
 * door. Everything in this exercise holds a canary, so that nothing of it can come through unseen.
 */
const canary = 'ZAUNKOENIG';
const text = 'What is said here stays here.';
let folder: string;
let server: TestServer;
let exercise: TestExercise;
let teams: Team[];
let members: { who: string; person: Person }[];
let stranger: Person;
let files: string[];
let injectIds: string[];

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'muster-terms-'));
	server = await startTestServer({ pages: true, environment: { FILES_DIR: folder } });
	exercise = await TestExercise.create(server);
	teams = [await exercise.team(`${canary} GR`), await exercise.team(`${canary} IT`, 'IT')];
	await server.services.exercises.updateSettings(
		exercise.id,
		{ settings: { simulatedBodies: [`${canary} police`], evaluatorsReadScript: true, reviewOpen: true } },
		exercise.director.id
	);
	const [a] = teams.map((team) => team.id);
	const roles: [string, Membership][] = [
		['second director', { role: 'director' }],
		['controller', { role: 'controller' }],
		['moderator', { role: 'moderator', country: 'GR' }],
		['simcell', { role: 'simcell' }],
		['planner', { role: 'planner', cell: 'central' }],
		['facilitator', { role: 'facilitator' }],
		['evaluator', { role: 'evaluator', teamId: a! }],
		['lead', { role: 'player', teamId: a!, lead: true }],
		['player', { role: 'player', teamId: a! }],
		['observer', { role: 'observer' }]
	];
	members = [];
	for (const [who, membership] of roles)
		members.push({ who, person: await exercise.member(`${canary} ${who}`, membership) });
	stranger = await server.person('Stranger');

	const planner = of('planner');
	const file = await uploaded(planner);
	const made = await exercise.approved(
		{
			title: `${canary} released`,
			reference: `${canary}-1`,
			storyline: `${canary} storyline`,
			body: richTextFromText(`${canary} body`),
			attachments: [file],
			to: toAll
		},
		{ title: `${canary} planned`, schedule: { mode: 'offset', seconds: 5 * 3600 }, to: toAll }
	);
	injectIds = made.map((one) => one.id);
	await server.services.documents.edit(
		documentName({ exercise: exercise.id, kind: 'scenario' }),
		planner.id,
		(doc) => writeFragment(groundTruthOf(doc), richTextFromText(`${canary} truth`))
	);
	await exercise.must(exercise.director, 'exercise.start', {});
	await exercise.must(exercise.director, 'inject.release', { inject: made[0]!.id });
	await exercise.must(exercise.director, 'announcement.make', { text: `${canary} announced` });
	await exercise.must(of('lead'), 'question.ask', { team: a!, text: `${canary} asked` });
	await exercise.must(of('lead'), 'request.ask', {
		team: a!,
		to: { control: true, as: `${canary} police` },
		question: `${canary} asked a body`
	});
	await exercise.must(of('player'), 'log.add', { team: a!, text: `${canary} logged` });
	await exercise.must(of('player'), 'help.ask', { topic: 'exercise', text: `${canary} help` });
	await exercise.must(of('lead'), 'report.open', { team: a! });
	const timeline = timelineEntries(await server.services.documents.read(exercise.timeline(a!)));
	const grant = [...timeline.values()].flatMap(({ body }) =>
		body.kind === 'inject' ? (body.inject.attachments ?? []).map((one) => one.grant) : []
	);
	files = [`/files/${grant[0]!}`, `/api/scripts/${exercise.id}/central/files/${file.id}`];
}, 240_000);
afterAll(async () => {
	await server.close();
	await rm(folder, { recursive: true, force: true });
});

const of = (who: string): Person => members.find((one) => one.who === who)!.person;

async function uploaded(planner: Person): Promise<InjectAttachment> {
	const response = await fetch(`${server.url}/api/scripts/${exercise.id}/central/files`, {
		method: 'POST',
		headers: {
			'content-type': 'application/octet-stream',
			'x-file-name': `${canary}.txt`,
			origin: server.url,
			cookie: planner.cookie
		},
		body: `${canary} in a file`
	});
	return (await response.json()) as InjectAttachment;
}

/** Every route that there is, with its parameters filled in. */
async function allPaths(): Promise<string[]> {
	const found = await readdir(new URL('../../src/routes', import.meta.url), { recursive: true });
	const ids = new Set(
		found
			.filter((file) => /\+(page|server)[.@]/.test(path.basename(file)))
			.map((file) => `/${path.dirname(file)}`.replace(/^\/\.$/, '/'))
	);
	const fill: Record<string, string[]> = {
		exercise: [exercise.id],
		team: teams.map((team) => team.id),
		cell: ['central', 'GR'],
		inject: injectIds
	};
	return [...ids].flatMap((id) => {
		let paths = [id.replace(/\/\([^)]+\)/g, '') || '/'];
		for (const match of id.matchAll(/\[+(?:\.\.\.)?([a-z]+)(?:=[a-z]+)?\]+/gi)) {
			const values = fill[match[1]!] ?? ['1'];
			paths = paths.flatMap((one) => values.map((value) => one.replace(match[0], value)));
		}
		return paths;
	});
}

async function get(where: string, person: Person, more: RequestInit = {}) {
	const response = await fetch(server.url + where, {
		redirect: 'manual',
		...more,
		headers: { cookie: person.cookie, accept: '*/*', ...more.headers }
	});
	return {
		status: response.status,
		to: response.headers.get('location') ?? '',
		text: Buffer.from(await response.arrayBuffer()).toString('latin1')
	};
}
/** One's own name is one's own. */
const holds = (bytes: string, person: Person) => bytes.replaceAll(person.name, '').includes(canary);

/** What of the exercise comes to somebody by the doors of the pages. */
async function leaks(person: Person): Promise<string[]> {
	const found: string[] = [];
	for (const one of await allPaths())
		for (const ask of [one, `${one}/__data.json`, `${one}?since=0`])
			if (holds((await get(ask, person)).text, person)) found.push(ask);
	return found;
}

const accepted = async (person: Person) => {
	const page = (await server.services.terms.page(exercise.id, person.id))!;
	return get(`/terms/${exercise.id}?next=/exercises/${exercise.id}/announcements`, person, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', origin: server.url },
		body: new URLSearchParams({ agree: 'on', version: String(page.version), sha256: page.sha256 }).toString()
	});
};

async function publish(wanted: string): Promise<void> {
	const { exercise: loaded, actor } = await server.services.exercises.open(exercise.id, exercise.director);
	await server.services.terms.publish(loaded, actor, wanted);
}

interface Heard {
	socket: Socket;
	events: string[];
}
async function listening(person: Person): Promise<Heard> {
	const events: string[] = [];
	const socket = io(server.url, {
		transports: ['websocket'],
		extraHeaders: { cookie: person.cookie, origin: server.url },
		reconnection: false
	});
	socket.onAny((...event) => events.push(JSON.stringify(event)));
	await new Promise<void>((resolve, reject) => {
		socket.on('connect', resolve);
		socket.on('connect_error', reject);
	});
	return { socket, events };
}

describe('before there are terms', () => {
	test('[P2] everybody enters, and the probe sees canaries wherever a role leads', async () => {
		for (const { who, person } of members)
			expect((await get(`/exercises/${exercise.id}/announcements`, person)).status, who).toBe(200);
		expect((await leaks(of('controller'))).length).toBeGreaterThan(15);
		expect((await leaks(of('lead'))).length).toBeGreaterThan(2);
		expect((await get(files[0]!, of('lead'))).text).toContain(canary);
		expect((await get(files[1]!, of('planner'))).text).toContain(canary);
	}, 120_000);
});

describe('once terms are published', () => {
	let open: { who: string; events: Heard; document: RawClient }[];

	beforeAll(async () => {
		// in the middle of play, with pages open
		open = [];
		for (const who of ['lead', 'player', 'controller', 'observer']) {
			const person = of(who);
			const events = await listening(person);
			expect(await events.socket.timeout(5000).emitWithAck('join', exercise.id)).toMatchObject({ ok: true });
			const name = who === 'observer' ? exercise.timeline('everyone') : exercise.timeline(teams[0]!.id);
			open.push({
				who,
				events,
				document: await RawClient.synced({ url: server.url, name, cookie: person.cookie })
			});
		}
		await publish(text);
	}, 60_000);
	afterAll(() => {
		for (const { events } of open) events.socket.disconnect();
	});

	test('[P6] open sockets end within five seconds, and hear nothing any more', async () => {
		for (const { who, document } of open)
			await document.until(() => document.closed !== null, `${who}: the end of the socket`, 5000);
		// each hears that the rights changed (its page then asks, and is led to the terms); after that, nothing
		for (const { who, events } of open) {
			await eventually(
				() => events.events.join().includes('"rights"'),
				`${who}: the word that rights changed`
			);
			events.events.length = 0;
		}
		await exercise.must(exercise.director, 'announcement.make', { text: `${canary} after` });
		await exercise.must(exercise.director, 'inject.releaseAdHoc', {
			title: `${canary} after`,
			body: richTextFromText(canary),
			to: toAll
		} as never);
		await new Promise((resolve) => setTimeout(resolve, 700));
		for (const { who, events } of open) expect(events.events, who).toEqual([]);
	});

	test('[P2] no page, data or API route gives anything to a member who has not accepted', async () => {
		for (const { who, person } of members) {
			expect(await leaks(person), who).toEqual([]);
			const home = await get(`/exercises/${exercise.id}/announcements`, person);
			expect([home.status, home.to], who).toEqual([
				303,
				`/terms/${exercise.id}?next=${encodeURIComponent(`/exercises/${exercise.id}/announcements`)}`
			]);
			for (const file of files) expect((await get(file, person)).status, who).toBe(404);
		}
	}, 240_000);

	test('[P2] [R5] APIs and downloads answer as they answer somebody without a role', async () => {
		const paths = (await allPaths()).filter(
			(one) => one.startsWith('/api/') || /\.(csv|json|docx)$/.test(one)
		);
		expect(paths.length).toBeGreaterThan(15);
		for (const one of paths) {
			const to = await get(one, stranger);
			for (const { who, person } of members) {
				const from = await get(one, person);
				expect([from.status, from.text], `${who}: ${one}`).toEqual([to.status, to.text]);
			}
		}
	}, 120_000);

	test('[P2] no document and no segment opens', async () => {
		const { rows } = await server.services.database.pool.query<{ name: string }>(
			'select name from document where exercise_id = $1 order by name',
			[exercise.id]
		);
		expect(rows.length).toBeGreaterThan(8);
		for (const { who, person } of members)
			for (const { name } of rows) {
				for (const prefix of ['/api/documents/', '/api/segments/'])
					expect((await get(prefix + name, person)).status, `${who}: ${name}`).toBe(404);
				await expect(
					RawClient.open({ url: server.url, name, cookie: person.cookie }),
					`${who}: ${name}`
				).rejects.toMatchObject({ status: 404 });
			}
	}, 120_000);

	test('[P2] every command is answered as to somebody without a role, and does nothing', async () => {
		const facts = async () =>
			(
				await server.services.database.pool.query('select count(*) from fact where exercise_id = $1', [
					exercise.id
				])
			).rows[0] as unknown;
		const before = await facts();
		const [a] = teams.map((team) => team.id);
		const command = (name: string, person: Person, key: string) =>
			get(`/api/commands/${name}`, person, {
				method: 'POST',
				headers: { 'content-type': 'application/json', origin: server.url },
				body: JSON.stringify({
					exercise: exercise.id,
					key,
					input: {
						text: 'x',
						topic: 'exercise',
						team: a,
						inject: injectIds[1],
						reason: 'x',
						to: 'closed',
						cell: 'central',
						kind: 'country',
						subject: 'GR',
						rate: 2,
						perMinute: 3,
						title: 'x',
						answer: 'x'
					}
				})
			});
		for (const name of Object.keys(commands)) {
			const to = await command(name, stranger, `stranger-${name}`.replace(/\W/g, '-'));
			for (const { who, person } of members) {
				const from = await command(name, person, `${who}-${name}`.replace(/\W/g, '-'));
				expect([from.status, from.text], `${who}: ${name}`).toEqual([to.status, to.text]);
			}
		}
		expect(await facts()).toEqual(before);
	}, 120_000);

	test('[P6] the event socket lets nobody in who has not accepted', async () => {
		for (const who of ['lead', 'controller', 'moderator', 'observer', 'simcell']) {
			const { socket, events } = await listening(of(who));
			expect(await socket.timeout(5000).emitWithAck('join', exercise.id), who).toMatchObject({
				ok: false,
				error: { code: 'not-found' }
			});
			expect(events.join()).not.toContain(canary);
			socket.disconnect();
		}
	});

	test('the terms themselves open, for members alone, and the list of exercises leads there', async () => {
		const page = await get(`/terms/${exercise.id}`, of('lead'));
		expect(page.status).toBe(200);
		expect(page.text).toContain(text);
		expect(holds(page.text, of('lead'))).toBe(false);
		expect((await get(`/terms/${exercise.id}`, stranger)).status).toBe(404);
		const list = await get('/exercises', of('lead'));
		expect(list.text).toContain('Terms to accept');
		expect(list.text).toContain(`href="/exercises/${exercise.id}"`);
		expect(holds(list.text, of('lead'))).toBe(false);
	});

	test('[P7] accepting opens the exercise, and is recorded: who, when, which text', async () => {
		const lead = of('lead');
		const unticked = await get(`/terms/${exercise.id}`, lead, {
			method: 'POST',
			headers: {
				'content-type': 'application/x-www-form-urlencoded',
				accept: 'text/html',
				origin: server.url
			},
			body: 'version=1&sha256=x'
		});
		expect(unticked.status).toBe(400);
		expect((await get(`/exercises/${exercise.id}/announcements`, lead)).status).toBe(303);
		const answer = await accepted(lead);
		expect([answer.status, answer.to]).toEqual([303, `/exercises/${exercise.id}/announcements`]);
		expect((await get(`/exercises/${exercise.id}/announcements`, lead)).status).toBe(200);
		expect((await get(files[0]!, lead)).text).toContain(canary);
		const client = await RawClient.synced({
			url: server.url,
			name: exercise.timeline(teams[0]!.id),
			cookie: lead.cookie
		});
		expect(client.bytes().includes(canary)).toBe(true);
		client.close();
		const { rows } = await server.services.database.pool.query<{ detail: object; actor_id: string }>(
			`select detail, actor_id from audit where scope = $1 and act = 'terms.accepted' order by sequence`,
			[exercise.id]
		);
		const { version, sha256 } = (await server.services.terms.page(exercise.id, lead.id))!;
		expect(rows).toEqual([{ detail: { version, sha256 }, actor_id: lead.id }]);
		// others are where they were
		expect((await get(`/exercises/${exercise.id}/announcements`, of('player'))).status).toBe(303);
	});

	test('the director sees who has not accepted', async () => {
		const loaded = await server.services.exercises.open(exercise.id, exercise.director);
		const view = await server.services.terms.view(loaded.exercise, loaded.actor);
		const missing = view.people.filter((one) => one.acceptedAt === null).map((one) => one.name);
		expect(missing.sort()).toEqual(
			members
				.filter(({ who }) => who !== 'lead')
				.map(({ person }) => person.name)
				.sort()
		);
	});

	test('[P6] a changed text locks everybody again, and an old text cannot be accepted', async () => {
		const lead = of('lead');
		const old = (await server.services.terms.page(exercise.id, lead.id))!;
		const client = await RawClient.synced({
			url: server.url,
			name: exercise.timeline(teams[0]!.id),
			cookie: lead.cookie
		});
		await publish(`${text} And nothing is photographed.`);
		await client.until(() => client.closed !== null, 'the end of the socket', 5000);
		expect(await leaks(lead)).toEqual([]);
		await expect(
			server.services.terms.accept(exercise.id, lead.id, { version: old.version, sha256: old.sha256 })
		).rejects.toMatchObject({ code: 'stale' });
		expect((await get(`/exercises/${exercise.id}/announcements`, lead)).status).toBe(303);
		await accepted(lead);
		expect((await get(`/exercises/${exercise.id}/announcements`, lead)).status).toBe(200);
	}, 60_000);

	test('ended terms are asked of nobody', async () => {
		await publish('');
		for (const { who, person } of members)
			expect((await get(`/exercises/${exercise.id}/announcements`, person)).status, who).toBe(200);
	});
});
