import type * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { FindingId, ObservationId } from '#lib/exercise/ids.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import { addFinding, findingFingerprint, freezeFinding, readFindings } from '#lib/exercise/review/schema.ts';
import { views } from '#server/views/index.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from './played.ts';

/* A finding from an observation to what countries agreed to, on real facts, pages and views. */
let server: TestServer;
let played: PlayedExercise;
let observation: ObservationId;
let finding: FindingId;
const secret = 'Calledonlythemayor';

beforeAll(async () => {
	server = await startTestServer();
	played = await PlayedExercise.create(server);
	finding = played.finding as FindingId;
	({ observation } = (await played.play.must(played.people.evaluator, 'evaluation.observe', {
		team: played.teams.gr.id,
		sort: 'area_for_improvement',
		text: secret
	})) as { observation: ObservationId });
});
afterAll(() => server.close());

const name = () => documentName({ exercise: played.play.id, kind: 'review' });
async function review(person: Person) {
	const { exercise, actor } = await played.open(person);
	return views.review.review(server.services.database, exercise, actor);
}
async function circulated(person: Person) {
	const { exercise, actor } = await played.open(person);
	return views.findings.circulated(server.services, exercise, actor);
}
const fingerprint = async () =>
	findingFingerprint(freezeFinding(await server.services.documents.read(name()), finding)!);
const circulate = async (deadline: number) =>
	played.play.must(played.people.facilitator, 'finding.circulate', {
		finding,
		countries: ['GR', 'IT'],
		deadline,
		fingerprint: await fingerprint()
	});
/** As if time had passed: facts are never changed but by a test that may switch their guard off. */
async function passDeadline(): Promise<void> {
	const { pool } = server.services.database;
	await pool.query('alter table fact disable trigger fact_append_only');
	await pool.query(
		`update fact set fact = jsonb_set(fact, '{deadline}', '0') where exercise_id = $1
			and kind = 'finding-circulated'`,
		[played.play.id]
	);
	await pool.query('alter table fact enable trigger fact_append_only');
}

describe('evidence', () => {
	test('[P2] the observation is read by whoever may; others are told that there is evidence, players nothing', async () => {
		const { people, play, teams } = played;
		await play.must(people.evaluator, 'finding.cite', { finding, team: teams.gr.id, observation });
		for (const person of [people.evaluator, people.controller, play.director]) {
			const view = await review(person);
			expect(view.evidence).toEqual([{ finding, observation }]);
			expect(view.observations.map(({ text }) => text)).toEqual([secret]);
			expect(view.restsOnMore).toEqual([]);
		}
		const facilitator = await review(people.facilitator);
		expect(facilitator).toMatchObject({ evidence: [], observations: [], restsOnMore: [finding] });
		await server.services.exercises.updateSettings(
			play.id,
			{ settings: { reviewOpen: true } },
			play.director.id
		);
		for (const person of [people.greek, people.lead, people.italian, people.observer, people.moderator]) {
			const view = await review(person);
			expect(view).toMatchObject({ evidence: [], observations: [], restsOnMore: [], circulated: [] });
			expect(JSON.stringify(view)).not.toContain(secret);
		}
		// nor is it on the page that opens to them
		const page = await server.services.documents.read(name());
		expect(JSON.stringify(page.toJSON())).not.toContain(observation);
	});

	test('the way back: from the observation to the finding', async () => {
		const { exercise, actor } = await played.open(played.people.evaluator);
		const { findings } = await views.evaluation.ofTeam(server.services, exercise, actor, played.teams.gr.id);
		expect(findings).toEqual([{ finding, title: 'Duty numbers were not known', observation, citations: [] }]);
	});

	test('is kept when findings are merged, with the cards', async () => {
		const { people, play } = played;
		const second = 'finding-0002' as FindingId;
		await server.services.documents.edit(
			name(),
			people.facilitator.id,
			(doc) =>
				void addFinding(
					doc,
					{ id: second, kind: 'neutral', title: 'Numbers', cards: [played.cards.named] },
					'a1'
				)
		);
		await play.must(people.facilitator, 'finding.merge', { finding, into: second });
		const [merged, ...none] = readFindings(await server.services.documents.read(name()));
		expect(none).toEqual([]);
		expect(new Set(merged!.cards)).toEqual(
			new Set([played.cards.named, played.cards.anonymous, played.cards.italian])
		);
		expect((await review(people.evaluator)).evidence).toEqual([{ finding: second, observation }]);
		finding = second;
	});

	test('what was withdrawn is none any more', async () => {
		const { people, play, teams } = played;
		await play.must(people.evaluator, 'evaluation.withdraw', { team: teams.gr.id, observation });
		expect((await review(people.evaluator)).evidence).toEqual([]);
		expect((await review(people.facilitator)).restsOnMore).toEqual([]);
	});
});

describe('agreed by whom', () => {
	const answers = async (person: Person) => {
		const [first] = (await circulated(person)).findings;
		return first?.rounds[0]!.answers.map(({ country, standing, said }) => [
			country,
			standing,
			said.map(({ words }) => words)
		]);
	};

	test('[P2] a country reads what it was asked and what it says; the others only when it opens that', async () => {
		const { people, play } = played;
		await circulate(Date.now() + 3_600_000);
		await play.must(people.lead, 'finding.object', { finding, country: 'GR', round: 1, reason: 'Not so.' });
		expect(await answers(people.facilitator)).toEqual([
			['GR', 'objected', ['Not so.']],
			['IT', 'waiting', []]
		]);
		for (const person of [people.moderator, people.lead, people.greek])
			expect(await answers(person)).toEqual([['GR', 'objected', ['Not so.']]]);
		expect(await answers(people.italian)).toEqual([['IT', 'waiting', []]]);
		expect((await circulated(people.italian)).findings[0]!.rounds[0]!.outcome).toBeNull();
		for (const person of [people.controller, people.evaluator, people.planner, people.observer])
			await expect(circulated(person)).rejects.toMatchObject({ code: 'not-found' });
		await play.must(people.moderator, 'finding.open', { finding, country: 'GR', on: true });
		expect(await answers(people.italian)).toEqual([
			['GR', 'objected', ['Not so.']],
			['IT', 'waiting', []]
		]);
	});

	test('[R13] it is in the audit, and in the record without the words', async () => {
		const { exercise, actor } = await played.open(played.play.director);
		const { rows } = await server.services.database.pool.query(
			`select act from audit where scope = $1 and act like 'finding.%' order by sequence`,
			[played.play.id]
		);
		expect(rows.map(({ act }) => act)).toEqual([
			'finding.cite',
			'finding.merge',
			'finding.circulate',
			'finding.object',
			'finding.open'
		]);
		const find = async (text: string) =>
			(
				await views.record.facts(
					server.services.database,
					exercise,
					actor,
					{ ...noFilters, text, groups: ['findings'] },
					{ after: null, before: null }
				)
			).lines.map(({ sentence }) => sentence);
		expect(await find('')).toContain('Greece objected to the finding “Numbers”.');
		expect(await find('Not so')).toEqual([]);
	});

	test('after the deadline who said nothing has agreed, and nobody says anything more', async () => {
		const { people, play } = played;
		await passDeadline();
		expect(await answers(people.facilitator)).toEqual([
			['GR', 'objected', ['Not so.']],
			['IT', 'silent', []]
		]);
		const late = await play.send(people.italian, 'finding.agree', { finding, country: 'IT', round: 1 });
		expect(late).toMatchObject({ ok: false, error: { code: 'not-now' } });
	});

	test('a changed text is said to be one, and needs a new round in which all are asked again', async () => {
		const { people } = played;
		expect((await circulated(people.facilitator)).findings[0]!.isChanged).toBe(false);
		await server.services.documents.edit(name(), people.facilitator.id, (doc) =>
			doc.getMap<Y.Map<unknown>>('findings').get(finding)!.set('title', 'Numbers were old')
		);
		expect((await circulated(people.facilitator)).findings[0]!.isChanged).toBe(true);
		await circulate(Date.now() + 3_600_000);
		expect(await answers(people.facilitator)).toEqual([
			['GR', 'waiting', []],
			['IT', 'waiting', []]
		]);
		const [first] = (await circulated(people.facilitator)).findings;
		expect(first!.rounds.map(({ number, content }) => [number, content.title])).toEqual([
			[2, 'Numbers were old'],
			[1, 'Numbers']
		]);
		expect((await review(people.facilitator)).circulated).toMatchObject([{ round: 2, outcome: 'waiting' }]);
	});
});
