import { afterAll, beforeAll, expect, test } from 'vitest';
import { contributionText } from '#lib/exercise/aar/contribution.ts';
import { documentName } from '#lib/exercise/documents.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import type { Person } from '../support/exercise.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ask, everyGet, everyPost, inTurns } from './probe/asks.ts';
import { ProbeScene } from './probe/scene.ts';

/*
 * [P2] A country's draft for the report is the country's: everything that answers is asked, by everybody who is somebody
 * else, exercise control and the director included, also for the archive of the whole exercise.
 */
let server: TestServer;
let scene: ProbeScene;
let others: [string, Person | null][];
let own: [string, Person][];
const leaks: string[] = [];
let asked = 0;
const word = 'zeisigcontributionqwordq';

beforeAll(async () => {
	server = await startTestServer({ pages: true });
	scene = await ProbeScene.create(server);
	const { exercise, people, teams } = scene;
	const moderator = await exercise.member('Mara', { role: 'moderator', country: 'GR' });
	others = [
		['the director', people.director],
		['a controller', await exercise.member('Carl', { role: 'controller' })],
		['the facilitator', await exercise.member('Fay', { role: 'facilitator' })],
		['the team’s evaluator', await exercise.member('Eva', { role: 'evaluator', teamId: teams.greek.id })],
		['another country’s moderator', await exercise.member('Ida', { role: 'moderator', country: 'IT' })],
		['a player', people.player],
		['an observer', people.observer],
		['a stranger', people.stranger],
		['nobody', null]
	];
	own = [
		['the moderator', moderator],
		['the planner', people.greekPlanner]
	];
	await server.services.documents.edit(name(), moderator.id, (doc) =>
		writeFragment(contributionText(doc, 'did'), richTextFromText(`${word} ${word}`))
	);
	const asks = [...(await everyGet(scene)), ...(await everyPost(scene))].filter(
		({ route, key }) => route.path !== '/metrics' && (route.kind !== 'page' || key.includes(', data'))
	);
	for (const [who, person] of others)
		await inTurns(
			// what ends a session or an exercise would end the asking
			asks.filter(({ route }) => route.method === 'GET' || /report/.test(route.path)),
			async (one) => {
				const answer = await ask(scene, one, person);
				asked++;
				if (answer.text.includes(word) || answer.body.includes(word)) leaks.push(`${who}: ${one.key}`);
			}
		);
}, 600_000);
afterAll(() => server.close());

const name = () => documentName({ exercise: scene.exercise.id, kind: 'contribution', country: 'GR' });

test('[P2] no answer to anybody else holds a word of it', () => {
	expect(asked).toBeGreaterThan(1500);
	expect(leaks).toEqual([]);
});

test('[P2] [R5] its page opens to its own people, and is to others as if it were not there', async () => {
	const status = (of: string, person: Person | null) =>
		RawClient.synced({ url: server.url, name: of, ...(person && { cookie: person.cookie }) }).then(
			(client) => {
				const bytes = client.bytes().toString('latin1');
				client.close();
				return bytes.includes(word) ? 200 : 204;
			},
			(error: { status?: number }) => error.status ?? 0
		);
	for (const [who, person] of own) expect([who, await status(name(), person)]).toEqual([who, 200]);
	for (const [who, person] of others)
		for (const of of [name(), name().replace('/GR', '/FR')])
			expect([who, of, await status(of, person)]).toEqual([who, of, person ? 404 : 401]);
});

test('[P2] the archive of the exercise is without it', async () => {
	const { exercise, actor } = await server.services.exercises.open(scene.exercise.id, scene.people.director);
	const { body } = await server.services.transfer.archive(exercise, actor);
	const bytes = Buffer.from(await new Response(body).arrayBuffer());
	expect(bytes.length).toBeGreaterThan(1000);
	const { rows } = await server.services.database.pool.query(
		`select count(*)::int as n from document_update where document = $1`,
		[name()]
	);
	expect(rows[0].n).toBeGreaterThan(0);
	const { archiveParts } = await import('#server/exchange/archive/parts.ts');
	for (const { table, scope } of archiveParts.filter((part) => part.table.startsWith('document'))) {
		const column = table === 'document' ? 'name' : 'document';
		const found = await server.services.database.pool.query(
			`select 1 from ${table} where ${scope.replaceAll('$1', `'${scene.exercise.id}'`)} and ${column} = '${name()}'`
		);
		expect([table, found.rowCount]).toEqual([table, 0]);
	}
});
