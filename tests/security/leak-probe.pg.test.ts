import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '../support/exercise.ts';
import { freePort } from '../support/people.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ask, everyGet, inTurns, type Answer, type Ask } from './probe/asks.ts';
import { planCentral, planGreek } from './probe/plan.ts';
import { expressRoutes } from './probe/routes.ts';
import { ProbeScene, type Prying } from './probe/scene.ts';

/*
 * [P1] Think like a player who wants to see the next inject early, or a planner who wants to see another country's: ask
 * everything that answers a GET, with everything that it can be asked for, before and after there is a plan. What is
 * planned is full of planted words (probe/plan.ts). Acts, sockets, files and mails have probes of their own beside this.
 */
const metricsToken = 'a token of some length';
let metricsPort: number;
let server: TestServer;
let scene: ProbeScene;
/** answers to each person while nothing of what must not be seen was there, and after */
const before = new Map<string, string>();
const after = new Map<string, string>();
const leaks: string[] = [];
let asked = 0;

/** A page says nothing that its data does not, and has new nonces each time; names of documents come with them. */
const isCompared = ({ route, key }: Ask) =>
	(route.kind !== 'page' || key.includes(', data')) &&
	!route.parameters.includes('name') &&
	route.path !== '/metrics';

/** An answer without what differs by itself: moments, numbers of requests, and the ids that the probe thought up. */
function settled({ status, body: given }: Answer): string {
	let body = given;
	for (const [what, id] of Object.entries(scene.ids)) body = body.replaceAll(id, `<${what}>`);
	return `${status} ${body}`
		.replace(/\b1\d{12}\b|\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d{8}T\d{6}Z/g, '<moment>')
		.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<request>');
}

async function sweep(people: readonly Prying[], kept: Map<string, string>, look: boolean): Promise<void> {
	const asks = (await everyGet(scene)).filter((one) => look || isCompared(one));
	for (const { who, person, hidden } of people)
		await inTurns(asks, async (one) => {
			const answer = await ask(scene, one, person);
			if (isCompared(one)) kept.set(`${who}: ${one.key}`, settled(answer));
			if (!look) return;
			asked++;
			const leaked = scene.planted.leaked(answer.text, hidden, one.asked);
			if (leaked.length > 0) leaks.push(`${who}: ${one.key}: ${leaked.join(', ')}`);
			if (answer.status >= 500 && one.route.path !== '/health/ready')
				leaks.push(`${who}: ${one.key}: ${answer.status}`);
		});
}

const outside = () => scene.prying.slice(0, 5);
const inside = () => scene.prying.slice(5);

beforeAll(async () => {
	metricsPort = await freePort();
	server = await startTestServer({
		pages: true,
		environment: { METRICS_TOKEN: metricsToken, METRICS_PORT: String(metricsPort) }
	});
	scene = await ProbeScene.create(server);
	await sweep(outside(), before, false);
	await planCentral(scene);
	await sweep(inside(), before, false);
	await planGreek(scene);
	await sweep(scene.prying, after, true);
}, 600_000);
afterAll(() => server.close());

test('[P1] what is looked for is really there: every planted word is stored', async () => {
	expect(scene.planted.words.size).toBeGreaterThan(140);
	expect(await scene.planted.missingFrom(await scene.everythingStored())).toEqual([]);
});

/** Where planning shows to who may see it. A new route that shows some comes here, and is thought about. */
const shownAt = [
	'GET /api/exercises/[exercise]/board',
	'GET /api/exercises/[exercise]/due-times',
	'GET /api/exercises/[exercise]/injects/[inject]',
	'GET /api/exercises/[exercise]/injects/[inject]/files/[attachment]',
	'GET /api/exercises/[exercise]/mentions',
	'GET /api/exercises/[exercise]/plan',
	// the script as it stood
	'GET /api/exercises/[exercise]/replay/page',
	'GET /api/exercises/[exercise]/start-checks',
	'GET /api/scripts/[exercise]',
	'GET /api/scripts/[exercise]/[cell]',
	'GET /api/scripts/[exercise]/[cell]/[inject]',
	'GET /api/scripts/[exercise]/[cell]/comments',
	'GET /api/scripts/[exercise]/[cell]/files/[attachment]',
	'GET /api/scripts/[exercise]/[cell]/history',
	'GET /exercises',
	'GET /exercises/[exercise]/import',
	'GET /exercises/[exercise]/import/archive',
	'GET /exercises/[exercise]/import/export',
	'GET /exercises/[exercise]/import/plan.ics',
	'GET /exercises/[exercise]/plan',
	'GET /exercises/[exercise]/ready',
	'GET /exercises/[exercise]/record',
	'GET /exercises/[exercise]/record/export.csv',
	'GET /exercises/[exercise]/record/export.json',
	'GET /exercises/[exercise]/record/report.docx',
	// objectives, about which chapters are written
	'GET /exercises/[exercise]/report',
	'GET /exercises/[exercise]/script/[cell]',
	// objectives of what was released
	'GET /exercises/[exercise]/statistics',
	'GET /library',
	'GET /library/[item]',
	'GET /library/save'
];
const exports = shownAt.filter((id) => /\/import\/(export|plan\.ics)$|\/record\/(export|report)/.test(id));

test('[P1] [P8] the same asks show it to who may see it, and every export carries marking and label', async () => {
	const slow = /report\.docx|archive|history/;
	const asks = (await everyGet(scene)).filter(
		({ key, route }) =>
			!key.endsWith('about filtered') &&
			!route.parameters.includes('name') &&
			!(slow.test(key) && key.includes('about'))
	);
	const { director, greekPlanner } = scene.people;
	const routes = new Set<string>();
	const words = new Set<string>();
	const unmarked: string[] = [];
	const look = async (person: Person, one: Ask) => {
		const { text } = await ask(scene, one, person);
		const found = scene.planted.in(text, one.asked);
		for (const { label } of found) words.add(label);
		if (found.length === 0) return;
		routes.add(one.route.id);
		if (exports.includes(one.route.id) && !(text.includes('EXERCISE') && text.includes('TLP:AMBER')))
			unmarked.push(one.key);
	};
	const ofReal = ({ key }: Ask) => !key.includes('exercise=rehearsal');
	await inTurns(asks.filter(ofReal), (one) => look(director, one));
	// the cell rehearses in an exercise of its own
	const own = (one: Ask) => !ofReal(one) || !one.route.parameters.includes('exercise');
	await inTurns(asks.filter(own), (one) => look(greekPlanner, one));
	expect([...routes].sort()).toEqual([...shownAt].sort());
	expect(exports).toHaveLength(5);
	expect(unmarked).toEqual([]);
	const seen = (word: string) => words.has(word.replace(/^zeisig([a-z]+)q([a-z0-9]+)q$/, '$1 $2'));
	// mappings are their owner's alone, and their columns asked for by POST (leak-probe-acts)
	expect([...scene.planted.words.keys()].filter((word) => !seen(word))).toEqual(['zeisigownqheadingq']);
}, 300_000);

test('[P1] [P2] no page, data, API or other route holds what the one who asks may not see', () => {
	expect(asked).toBeGreaterThan(3000);
	expect(leaks).toEqual([]);
});

test('[P1] [P8] who is outside gets the same answer before and after there is a plan: nothing, no stub, no count', () => {
	const people = outside().map(({ who }) => who);
	const of = (answers: Map<string, string>) =>
		[...answers].filter(([key]) => people.some((who) => key.startsWith(`${who}:`)));
	expect(of(after).length).toBeGreaterThan(1500);
	expect(of(after).filter(([key, text]) => before.get(key) !== text)).toEqual([]);
	expect(of(before)).toHaveLength(of(after).length);
});

test('[P1] planners and moderators of another country get the same answers before and after a cell has planned', () => {
	// the number of the last act, of whatever kind, is one for the whole exercise: what to ask for next time
	const numberless = (text: string | undefined) => text?.replace(/"sequence":\d+/, '');
	// these pages hold that number too, in data whose parts are only numbered; the same is asked of /api above. That
	// somebody rehearses is open to all who plan.
	// The situation board is a workbook that holds when it was made.
	const differ = /\/(plan|script\/\[cell\]|ready) .*, data|\/situation\/board /;
	const compared = [...after].filter(
		([key]) => inside().some(({ who }) => key.startsWith(`${who}:`)) && !differ.test(key)
	);
	expect(compared.length).toBeGreaterThan(600);
	expect(compared.filter(([key, text]) => numberless(before.get(key)) !== numberless(text))).toEqual([]);
});

test('[P1] whatever answers is a route that is asked, or one of these handlers', async () => {
	const { routes, handlers } = expressRoutes(server.app);
	expect(handlers).toEqual([
		'numberAndObserve',
		// how long a request may take
		'handler',
		// sockets: leak-probe-live
		'eventSocket',
		'helmetMiddleware',
		'permissionsPolicy',
		'refuseLargeBodies',
		// the pages: every route of src/routes is asked
		'<anonymous>',
		'refuse'
	]);
	expect(routes.map(({ id }) => id)).toEqual(
		expect.arrayContaining(['GET /metrics', 'GET /health/ready', 'GET /files/[address]'])
	);
	const asks = await everyGet(scene);
	for (const { id, method } of routes)
		if (method === 'GET')
			expect(
				asks.some(({ route }) => route.id === id),
				id
			).toBe(true);
});

test('[P1] figures and health name nothing of an exercise, also to who has the token', async () => {
	for (const [where, headers] of [
		[`${server.url}/metrics`, { authorization: `Bearer ${metricsToken}` }],
		// a port of its own, where no token is asked for
		[`http://127.0.0.1:${metricsPort}/metrics`, {}],
		[`${server.url}/health/ready`, {}],
		[`${server.url}/health/live`, {}]
	] as const) {
		const answer = await fetch(where, { headers });
		expect(answer.status, where).toBe(200);
		const text = await answer.text();
		expect(scene.planted.in(text), where).toEqual([]);
		expect(text, where).not.toMatch(new RegExp([scene.exercise.id, ...Object.values(scene.ids)].join('|')));
	}
});

test('[P1] [P2] a variant that is released comes to its own teams, and still to nobody of another country', async () => {
	const { people, ids, planted } = scene;
	await scene.exercise.must(people.director, 'inject.release', { inject: ids.greek });
	// what a team receives of it: the text in its language with the original at hand, and names of files
	const received = [
		'secondtitle',
		'variantfrom',
		'variantbody',
		'varianteltitle',
		'variantelbody',
		'attachedname'
	];
	const delivered = new Set(received.map((place) => `greek ${place}`));
	const asks = (await everyGet(scene)).filter(
		({ key }) => !/exercise=rehearsal|about (central|filtered)$/.test(key)
	);
	for (const { who, person, hidden } of scene.prying) {
		const isGreek = person === people.player;
		await inTurns(asks, async (one) => {
			const { text } = await ask(scene, one, person);
			const leaked = planted
				.leaked(text, hidden, one.asked)
				.filter((label) => !isGreek || !(delivered.has(label) || label === 'central attachedname'));
			expect([who, one.key, leaked]).toEqual([who, one.key, []]);
		});
	}
	const name = scene.exercise.timeline(scene.teams.greek.id);
	const client = await RawClient.synced({ url: server.url, name, cookie: people.player.cookie });
	const labels = planted.in(client.bytes().toString('latin1')).map(({ label }) => label);
	client.close();
	expect(labels.sort()).toEqual(['central attachedname', ...delivered].sort());
}, 300_000);

test('[P1] [P2] when it is recalled, the reason comes to those who had it, and still nothing of it to anybody else', async () => {
	const { people, ids, planted, exercise, teams } = scene;
	await exercise.must(people.director, 'inject.recall', {
		inject: ids.greek,
		reason: planted.word('greek', 'recallreason')
	});
	const asks = (await everyGet(scene)).filter(
		({ key }) => !/exercise=rehearsal|about (central|filtered)$/.test(key)
	);
	// the Greek team reads what it read before; what that is, the release has shown
	for (const { who, person, hidden } of scene.prying.filter((one) => one.person !== people.player))
		await inTurns(asks, async (one) => {
			const { text } = await ask(scene, one, person);
			expect([who, one.key, planted.leaked(text, hidden, one.asked)]).toEqual([who, one.key, []]);
		});
	for (const [team, person, reads] of [
		[teams.greek, people.player, true],
		[teams.italian, people.italianPlayer, false]
	] as const) {
		const client = await RawClient.synced({
			url: server.url,
			name: exercise.timeline(team.id),
			cookie: person.cookie
		});
		const labels = planted.in(client.bytes().toString('latin1')).map(({ label }) => label);
		client.close();
		expect([team.name, labels.includes('greek recallreason')]).toEqual([team.name, reads]);
	}
}, 300_000);
