import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentRight, showsPresence, type Right } from '#lib/exercise/documents.ts';
import { defaultSettings, exerciseStates } from '#lib/exercise/exercise/schema.ts';
import { mayReplay } from '#lib/exercise/replay/access.ts';
import { attemptLimits } from '#server/events/attempts.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { castPeople, stageScene, type Player, type Scene } from './cast.ts';

/*
 * Every role x every document x every state of an exercise, asked of the real server. What it must answer comes from
 * the domain's own function; a table written by hand says the most important of it once more, so that an error in the
 * function is not its own proof.
 */
let server: TestServer;
let scenes: Scene[];

beforeAll(async () => {
	server = await startTestServer();
	const people = await castPeople(server);
	scenes = await Promise.all(
		exerciseStates.map((state, i) =>
			stageScene(server, people, state, { evaluatorsReadScript: i % 2 === 1, reviewOpen: i % 4 > 1 })
		)
	);
}, 120_000);
afterAll(() => server.close());

function rightOf(scene: Scene, player: Player, document: Scene['documents'][number]): Right {
	const i = exerciseStates.indexOf(scene.state);
	const settings = { ...defaultSettings, evaluatorsReadScript: i % 2 === 1, reviewOpen: i % 4 > 1 };
	return documentRight(document.ref, player.actor, {
		settings,
		...(document.team && { team: document.team }),
		...(document.channel && { channel: document.channel })
	});
}

async function get(where: string, player: Player): Promise<{ status: number; body: string }> {
	const headers = player.person ? { cookie: player.person.cookie } : undefined;
	const response = await fetch(server.url + where, headers ? { headers } : {});
	return { status: response.status, body: await response.text() };
}

const nothing = JSON.stringify({
	ok: false,
	error: { code: 'not-found', message: 'There is nothing here, or it is not open to you.', retry: 'never' }
});
/** the document without the names of its exercise and teams: `timeline/team/A/0` */
const labelOf = (scene: Scene, name: string) =>
	scene.teams
		.reduce((label, team, i) => label.replace(team.id, 'ABC'[i]!), name)
		.replace(`exercise/${scene.exercise.id}/`, '');

describe.concurrent('over HTTP', () => {
	test.each(exerciseStates)(
		'[R5] [P1] [P2] who may open what while %s',
		async (state) => {
			const scene = scenes.find((one) => one.state === state)!;
			let cells = 0;
			const wrong: string[] = [];
			for (const document of scene.documents)
				await Promise.all(
					scene.cast.map(async (player) => {
						const right = rightOf(scene, player, document);
						const isSegment = document.ref.kind === 'timeline' && document.isClosed;
						const one = await get(`/api/documents/${document.name}`, player);
						const two = await get(`/api/segments/${document.name}`, player);
						const label = `${player.who}, ${labelOf(scene, document.name)}`;
						cells += 2;
						if (!player.person) {
							if (one.status !== 401 || two.status !== 401) wrong.push(`${label}: not 401`);
							return;
						}
						const answered = one.status === 200 ? (JSON.parse(one.body) as { right: Right }).right : 'none';
						if (answered !== right) wrong.push(`${label}: ${answered}, not ${right}`);
						if (right === 'none' && (one.status !== 404 || one.body !== nothing))
							wrong.push(`${label}: refused otherwise than what does not exist: ${one.status} ${one.body}`);
						if (
							right !== 'none' && isSegment ? two.status !== 200 : two.status !== 404 || two.body !== nothing
						)
							wrong.push(`${label}: segment ${two.status}`);
					})
				);
			expect(wrong).toEqual([]);
			expect(cells).toBe(scene.documents.length * scene.cast.length * 2);
			expect(scene.documents.length).toBeGreaterThanOrEqual(20);
		},
		180_000
	);

	test.each(exerciseStates)(
		'[R17] [P1] [P2] whoever looks back while %s finds the pages and timelines that are open to them, and no others',
		async (state) => {
			const scene = scenes.find((one) => one.state === state)!;
			const { exercises, replay, views, database } = server.services;
			const refusal = { code: 'not-found', message: 'There is nothing here, or it is not open to you.' };
			const now = Date.now() + 60_000;
			for (const player of scene.cast) {
				if (!player.person || player.actor.memberships.length === 0) continue;
				const { exercise, actor } = await exercises.open(scene.exercise.id, player.person);
				const open = scene.documents.filter((document) =>
					mayReplay(document.ref, rightOf(scene, player, document), player.actor)
				);
				const listed = await views.replay.replay(database, exercise, actor);
				const pathOf = (name: string) => name.slice(`exercise/${exercise.id}/`.length);
				expect(listed.sources.map(({ path }) => path).sort(), player.who).toEqual(
					open
						// of a timeline its open segment stands for it
						.filter(({ isClosed, ref }) => ref.kind !== 'timeline' || !isClosed)
						.map(({ name, ref }) => pathOf(ref.kind === 'timeline' ? name.replace(/\/\d+$/, '') : name))
						.sort()
				);
				const known = new Set(listed.sources.map(({ team }) => team));
				expect(listed.teams.map(({ id }) => id).every((id) => known.has(id))).toBe(true);
				for (const document of scene.documents) {
					const asked = replay.page(exercise, actor, pathOf(document.name), now);
					const label = `${player.who}, ${labelOf(scene, document.name)}`;
					if (document.ref.kind !== 'timeline' && open.includes(document))
						expect(['kept', 'unwritten'], label).toContain((await asked).is);
					else await expect(asked, label).rejects.toMatchObject(refusal);
					if (document.ref.kind !== 'timeline' && !open.includes(document))
						await expect(replay.moments(exercise, actor, pathOf(document.name)), label).rejects.toMatchObject(
							refusal
						);
				}
			}
		},
		180_000
	);

	test('[R5] what does not exist is refused in the same words as what is not yours', async () => {
		const scene = scenes.find((one) => one.state === 'running')!;
		const { id } = scene.exercise;
		for (const player of scene.cast.filter((one) => one.person))
			for (const name of [
				`exercise/${id}/worksheet/${scene.teams[0]!.id}/report-9`,
				`exercise/${id}/worksheet/nobodys-team/notes`,
				`exercise/${id}/script/FR`,
				`exercise/${id}/timeline/control/9`,
				'exercise/nobodys-exercise/scenario',
				`exercise/${id}/scenario/x`,
				'x'
			])
				for (const where of ['/api/documents/', '/api/segments/'])
					expect(await get(where + name, player), `${player.who}: ${name}`).toEqual({
						status: 404,
						body: nothing
					});
	});
});

/** By hand: what nobody may ever get wrong. Each word is a right; `-` is none. */
const byHand: Record<string, Record<string, string>> = {
	//                     script/central  scenario  timeline/control  timeline A  notes A  notes C  evaluation  evaluation A
	director: row('write write read read read read write read'),
	'moderator IT': row('- - - - - read - -'),
	'planner central': row('write write - - - - - -'),
	'planner GR': row('read write - - - - - -'),
	'evaluator A': row('- read - read read - write read'),
	'evaluator C': row('- read - - - read write -'),
	'lead A': row('- - - read write - - -'),
	'player A': row('- - - read write - - -'),
	'player B': row('- - - - - - - -'),
	'player C': row('- - - - - write - -'),
	observer: row('- - - - - - - -'),
	stranger: row('- - - - - - - -')
};
function row(words: string): Record<string, string> {
	const rights = words.split(' ').map((word) => (word === '-' ? 'none' : word));
	const labels =
		'script/central scenario timeline/control/0 timeline/team/A/0 worksheet/A/notes worksheet/C/notes evaluation timeline/evaluation/A/0';
	return Object.fromEntries(labels.split(' ').map((label, i) => [label, rights[i]!]));
}

describe('over the socket, while running', () => {
	// the setting that opens scripts to evaluators is off there, as in most exercises
	const running = () => scenes.find((one) => one.state === 'running')!;
	const open = (name: string, player: Player) =>
		RawClient.synced({ url: server.url, name, ...(player.person && { cookie: player.person.cookie }) }).catch(
			(error: { status?: number }) => error.status ?? 0
		);

	test('[R5] [R6] [P1] [P2] every role in every document: refused, reading or writing, and who is shown', async () => {
		const scene = running();
		expect(exerciseStates.indexOf('running') % 2).toBe(1);
		const wrong: string[] = [];
		let cells = 0;
		let anonymous = 0;
		for (const document of scene.documents) {
			const label = labelOf(scene, document.name);
			const watching = scene.cast.find((one) => one.who === 'evaluator A')!;
			const watcher =
				rightOf(scene, scene.cast[0]!, document) === 'none'
					? await open(document.name, watching)
					: await open(document.name, scene.cast[0]!);
			const clients: { client: RawClient; player: Player; number: number }[] = [];
			for (const [i, player] of scene.cast.entries()) {
				cells++;
				const right = player.person ? rightOf(scene, player, document) : 'none';
				const client = await open(document.name, player);
				if (!player.person) anonymous++;
				if (typeof client === 'number') {
					const expected = !player.person ? 401 : right === 'none' ? 404 : 0;
					// who is signed out is told to slow down after so many attempts a minute (L2)
					const slowed = client === 429 && anonymous > attemptLimits.attempts;
					if (client !== expected && !slowed)
						wrong.push(`${player.who}, ${label}: refused with ${client}, not ${expected}`);
					continue;
				}
				if (right === 'none') wrong.push(`${player.who}, ${label}: opened`);
				clients.push({ client, player, number: 5000 + i });
				client.edit((doc) => doc.getMap('written').set(player.who, i));
				await client.until(() => client.saved > 0 || client.refused.length > 0, `an answer to ${player.who}`);
				const answer = client.saved > 0 ? 'write' : client.refused[0]!.code;
				const expected = right === 'write' && !document.isClosed ? 'write' : 'read-only';
				if (answer !== expected) wrong.push(`${player.who}, ${label}: ${answer}, not ${expected}`);
				client.sendPresence(5000 + i, 1, { user: { name: 'Exercise Director' } });
			}
			if (typeof watcher !== 'number') {
				const shown = clients.filter(({ player }) => showsPresence(document.ref, player.actor));
				await watcher.until(
					() => shown.every(({ number }) => watcher.presence.has(number)),
					`presence in ${label}`
				);
				// all have been heard by now: their next answers come after their presence
				for (const { client } of clients) {
					client.answered = false;
					client.ask();
					await client.until(() => client.answered, 'an answer');
				}
				const late = await open(document.name, scene.cast[0]!);
				for (const { player, number } of clients) {
					const isShown = showsPresence(document.ref, player.actor);
					const seen = watcher.presence.get(number) ?? (late as RawClient).presence?.get(number);
					if (isShown !== (seen !== undefined)) wrong.push(`${player.who}, ${label}: presence ${seen}`);
					if (seen && !seen.includes(`"name":"${player.person!.name}"`))
						wrong.push(`${player.who}, ${label}: named ${seen}`);
				}
				if (typeof late !== 'number') late.close();
				watcher.close();
			}
			for (const { client } of clients) client.close();
			const cold = await server.services.documents.read(document.name);
			const authors = clients
				.filter(({ player }) => rightOf(scene, player, document) === 'write' && !document.isClosed)
				.map(({ player }) => player.who);
			expect([...cold.getMap('written').keys()].sort(), label).toEqual(authors.sort());
		}
		expect(wrong).toEqual([]);
		expect(cells).toBe(scene.documents.length * scene.cast.length);
	}, 120_000);

	test.each(Object.keys(byHand))('[P1] [P2] the table written by hand: %s', async (who) => {
		const scene = running();
		// whatever the function says, with both settings at their defaults
		await server.services.database.pool.query(
			`update exercise set settings = settings || '{"evaluatorsReadScript": false, "reviewOpen": false}' where id = $1`,
			[scene.exercise.id]
		);
		const player = scene.cast.find((one) => one.who === who)!;
		const answers: Record<string, string> = {};
		for (const document of scene.documents) {
			const label = labelOf(scene, document.name);
			if (!(label in byHand[who]!)) continue;
			const { status, body } = await get(`/api/documents/${document.name}`, player);
			answers[label] = status === 200 ? (JSON.parse(body) as { right: string }).right : 'none';
		}
		expect(answers).toEqual(byHand[who]);
	});
});
