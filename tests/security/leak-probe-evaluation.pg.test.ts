import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import { addFinding } from '#lib/exercise/review/schema.ts';
import { addGuide } from '#lib/exercise/evaluation/guide.ts';
import type { FindingId, GuideId, GuideTaskId, ObservationId } from '#lib/exercise/ids.ts';
import type { Person } from '../support/exercise.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ask, everyGet, inTurns, type Answer, type Ask } from './probe/asks.ts';
import { ProbeScene } from './probe/scene.ts';

/*
 * [P2] Think like a player who wants to know what is noted about the own team, or whether anything is: ask everything that
 * answers a GET, before and after evaluators have written guides, observed, rated and withdrawn. Nobody but evaluators of
 * that team and exercise control may read a word of it, and to who is outside no answer may differ by it. The review is
 * open to everybody: that a finding rests on what was noted is not said there.
 */
let server: TestServer;
let scene: ProbeScene;
let evaluator: Person;
let foreign: Person;
let moderator: Person;
let facilitator: Person;
const before = new Map<string, string>();
const leaks: string[] = [];
const differing: string[] = [];
let asked = 0;
const word = 'zeisigevaluationqwordq';
/** On the review page before anything was observed: that something rests on it changes nothing to who is outside. */
const finding = 'finding_of_the_probe' as FindingId;

/** What differs by itself: moments, numbers of requests, and how many acts the exercise has seen. */
const settled = ({ status, body }: Answer) =>
	`${status} ${body}`
		.replace(/\b1\d{12}\b|\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d{8}T\d{6}Z/g, '<moment>')
		// in whose minute a report was made
		.replace(/\b\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d\b/g, '<minute>')
		.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<request>');

/** A page says nothing that its data does not, and has new nonces each time. */
const isAsked = ({ route, key }: Ask) =>
	(route.kind !== 'page' || key.includes(', data')) &&
	route.path !== '/metrics' &&
	!key.includes('rehearsal');

const outside = (): [string, Person | null][] => [
	['a player', scene.people.player],
	['a player of another team', scene.people.italianPlayer],
	['an observer', scene.people.observer],
	['a stranger', scene.people.stranger],
	['nobody', null]
];
/** They watch teams, and yet read none of it; their pages hold numbers of acts, so only words are looked for. */
const watching = (): [string, Person][] => [
	['the team’s moderator', moderator],
	['the team’s facilitator', facilitator],
	['a planner', scene.people.greekPlanner],
	['another team’s evaluator', foreign]
];

beforeAll(async () => {
	server = await startTestServer({ pages: true });
	scene = await ProbeScene.create(server);
	const { exercise, teams, people } = scene;
	evaluator = await exercise.member('Eva', { role: 'evaluator', teamId: teams.greek.id });
	foreign = await exercise.member('Emil', { role: 'evaluator', teamId: teams.italian.id });
	moderator = await exercise.member('Mara', { role: 'moderator', country: 'GR' });
	facilitator = await exercise.member('Fay', { role: 'facilitator', teamId: teams.greek.id });
	await exercise.must(people.player, 'log.add', { team: teams.greek.id, text: 'A log entry' });
	await server.services.documents.edit(
		documentName({ exercise: exercise.id, kind: 'review' }),
		people.director.id,
		(doc) => void addFinding(doc, { id: finding, kind: 'neutral', title: 'A finding', cards: [] }, 'a0')
	);
	await server.services.exercises.updateSettings(
		exercise.id,
		{ settings: { reviewOpen: true } },
		people.director.id
	);
	const asks = (await everyGet(scene)).filter(isAsked);
	for (const [who, person] of outside())
		await inTurns(asks, async (one) => {
			before.set(`${who}: ${one.key}`, settled(await ask(scene, one, person)));
		});
	await evaluate();
	for (const [who, person] of [...outside(), ...watching()])
		await inTurns(asks, async (one) => {
			const answer = await ask(scene, one, person);
			asked++;
			// guides are every evaluator's; a page is sent by its socket only
			if (answer.text.includes(word)) leaks.push(`${who}: ${one.key}`);
			const was = before.get(`${who}: ${one.key}`);
			if (was !== undefined && was !== settled(answer)) differing.push(`${who}: ${one.key}`);
		});
}, 600_000);
afterAll(() => server.close());

/** One of everything that evaluators do, full of the word. */
async function evaluate(): Promise<void> {
	const { exercise, teams } = scene;
	const team = teams.greek.id;
	const guide = 'guide_of_the_probe' as GuideId;
	const task = 'task_of_the_probe_' as GuideTaskId;
	await server.services.documents.edit(
		documentName({ exercise: exercise.id, kind: 'evaluation' }),
		evaluator.id,
		(doc) =>
			void addGuide(
				doc,
				guide,
				{
					objective: word,
					capability: word,
					target: word,
					teams: [team],
					tasks: [{ text: word, source: word }]
				},
				() => task
			)
	);
	const note = { team, sort: 'strength' as const, text: word, about: { guide, task } };
	const { observation } = (await exercise.must(evaluator, 'evaluation.observe', note)) as {
		observation: string;
	};
	await exercise.must(evaluator, 'evaluation.correct', { ...note, observation, text: `${word} again` });
	await exercise.must(evaluator, 'evaluation.withdraw', { team, observation, reason: word });
	const standing = (await exercise.must(evaluator, 'evaluation.observe', note)) as {
		observation: ObservationId;
	};
	await exercise.must(evaluator, 'finding.cite', { finding, team, observation: standing.observation });
	await exercise.must(evaluator, 'evaluation.rate', { team, guide, task, rating: 'U', reason: word });
}

test('[P2] no page, data, export, search or list of anybody else holds a word of it', () => {
	expect(asked).toBeGreaterThan(3000);
	expect(leaks).toEqual([]);
});

test('[P2] who is outside gets the same answers as before: no count, no number, no stub', () => {
	expect(before.size).toBeGreaterThan(1500);
	expect(differing).toEqual([]);
});

test('[P2] [R17] the team’s evaluator and exercise control read it, also in the record and its exports', async () => {
	for (const person of [evaluator, scene.people.director])
		for (const where of ['record', 'record/export.csv', `record/__data.json?text=${word}`]) {
			const url = `/exercises/${scene.exercise.id}/${where}`;
			const { text } = await ask(scene, { route: { method: 'GET', kind: 'page' } as never, url }, person);
			expect([person.name, where, text.includes(word)]).toEqual([person.name, where, true]);
		}
	// the report is handed on: no single observation is in it
	const url = `/exercises/${scene.exercise.id}/record/report.docx`;
	const report = await ask(
		scene,
		{ route: { method: 'GET', kind: 'endpoint' } as never, url },
		scene.people.director
	);
	expect(report.status).toBe(200);
	expect(report.text).not.toContain(word);
});

test('[P2] [R5] the documents: to whom they open, and that others cannot tell them from what does not exist', async () => {
	const { exercise, teams } = scene;
	const noted = documentName({
		exercise: exercise.id,
		kind: 'timeline',
		audience: { to: 'evaluation', team: teams.greek.id },
		segment: 0
	});
	const client = await RawClient.synced({ url: server.url, name: noted, cookie: evaluator.cookie });
	expect(client.bytes().toString('latin1')).toContain(word);
	client.close();
	const unknown = noted.replace(teams.greek.id, 'nobodys-team-0000');
	const guides = documentName({ exercise: exercise.id, kind: 'evaluation' });
	for (const [who, person] of [...outside(), ...watching()])
		for (const name of who === 'another team’s evaluator' ? [noted] : [noted, guides]) {
			const status = (of: string) =>
				RawClient.synced({ url: server.url, name: of, ...(person && { cookie: person.cookie }) }).then(
					() => 200,
					(error: { status?: number }) => error.status ?? 0
				);
			const got = await status(name);
			expect([who, name, got]).toEqual([who, name, person ? 404 : 401]);
			expect([who, await status(unknown)]).toEqual([who, got]);
		}
});
