import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fact } from '#lib/exercise/facts.ts';
import { noFilters, type RecordFilters } from '#lib/exercise/record/filters.ts';
import { recordGroups } from '#lib/exercise/record/kinds.ts';
import { readsFact } from '#lib/exercise/record/scope.ts';
import { eachBatch, openRecord } from '#server/exchange/record/read.ts';
import * as record from '#server/views/record.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from './played.ts';

let server: TestServer;
let played: PlayedExercise;
const start = { after: null, before: null };

beforeAll(async () => {
	server = await startTestServer();
	played = await PlayedExercise.create(server);
});
afterAll(() => server.close());

async function facts(
	person: Person,
	filters: Partial<RecordFilters> = {},
	place: Partial<record.RecordPlace> = {}
) {
	const { exercise, actor } = await played.open(person);
	return record.facts(
		server.services.database,
		exercise,
		actor,
		{ ...noFilters, ...filters },
		{ ...start, ...place }
	);
}
const sentences = async (person: Person, filters: Partial<RecordFilters> = {}) =>
	(await facts(person, filters)).lines.map((line) => line.sentence);

describe('[R17] who reads what', () => {
	test('what SQL cuts out is exactly what the domain allows, for every role', async () => {
		const { rows } = await server.services.database.pool.query(
			`select f.sequence::int, f.fact, i.cell from fact f left join inject i on i.id = f.fact ->> 'inject'
			where f.exercise_id = $1 order by f.sequence`,
			[played.play.id]
		);
		for (const person of [...Object.values(played.people), played.play.director]) {
			const { exercise, actor } = await played.open(person);
			const opened = await openRecord(server.services.database, exercise, actor).catch(() => null);
			if (!opened) {
				expect(person.name).toBe('Otto Observer');
				continue;
			}
			const read: number[] = [];
			// one fact at a time, so that a single row too many or too few shows
			for await (const batch of eachBatch(opened, { filters: noFilters, limit: 1 }))
				read.push(...batch.map((line) => line.sequence));
			const allowed = rows
				.filter((row: { fact: Fact; cell: never }) => readsFact(opened.scope, row.fact, () => row.cell))
				.map((row: { sequence: number }) => row.sequence);
			expect(read, person.name).toEqual(allowed);
		}
	});

	test('exercise control reads every fact, with references and names', async () => {
		const { lines, total } = await facts(played.people.controller);
		expect(total).toBe(lines.length);
		const text = JSON.stringify(lines);
		for (const part of ['CM-031', 'Carla Controller', 'Italian secret', 'Skipped: inject CM-034', 'IT CSIRT'])
			expect(text).toContain(part);
	});

	test('[P1] [P2] a player reads the own team and what was announced: no planning, no reference, no other team, no controller', async () => {
		const view = await facts(played.people.greek);
		const text = JSON.stringify(view);
		for (const part of [
			'Lunch moved',
			'Called the harbour master',
			'Ticketing only',
			'Gate shows ransom note'
		])
			expect(text).toContain(part);
		expect(text).not.toMatch(
			/CM-03|Italian|Leak in Italy|Unused|Skipped|secretnote|Carla|IT CSIRT|GR Port|planning/
		);
		expect(view.teams).toEqual([{ id: played.teams.gr.id, name: 'GR CSIRT' }]);
	});

	test('a moderator reads the own country, an evaluator the assigned team, a planner the own cell', async () => {
		const moderator = JSON.stringify(await facts(played.people.moderator));
		expect(moderator).toContain('GR CSIRT, GR Port');
		expect(moderator).not.toMatch(/Italian secret|IT CSIRT|Leak in Italy|Unused call/);
		const evaluator = JSON.stringify(await facts(played.people.evaluator));
		expect(evaluator).toContain('CM-031');
		expect(evaluator).not.toMatch(/Italian secret|Unused call|GR Port/);
		const planner = JSON.stringify(await facts(played.people.planner));
		expect(planner).toContain('Unused call');
		expect(planner).not.toMatch(/Italian secret|Called the harbour master/);
	});

	test('an observer and a stranger get the same answer', async () => {
		await expect(facts(played.people.observer)).rejects.toMatchObject({ code: 'not-found' });
		const stranger = await server.person('Stranger');
		await expect(facts(stranger)).rejects.toMatchObject({ code: 'not-found' });
	});
});

describe('filters', () => {
	test('by team: its own facts and what was released to it', async () => {
		const lines = await sentences(played.people.controller, { team: played.teams.it.id });
		expect(lines.some((line) => line.includes('Leak in Italy'))).toBe(true);
		expect(lines.some((line) => line.includes('GR CSIRT recorded'))).toBe(false);
		// a team that is not the reader's gives nothing, like one that does not exist
		expect((await facts(played.people.greek, { team: played.teams.it.id })).total).toBe(0);
	});

	test('by kind, and how many of each there are', async () => {
		const view = await facts(played.people.controller, { groups: ['decisions', 'announcements'] });
		expect(view.lines.map((line) => line.kind)).toEqual(['announcement-made', 'decision-recorded']);
		expect(view.total).toBe(2);
		const counts = Object.fromEntries(view.groups.map(({ group, count }) => [group, count]));
		expect(Object.keys(counts)).toEqual([...recordGroups]);
		expect(counts).toMatchObject({ decisions: 1, questions: 2, injects: 2, 'hot-wash': 7 });
	});

	test('by words: in sentences, texts, formatted texts and names', async () => {
		const { controller } = played.people;
		for (const text of [
			'harbour',
			'RANSOM',
			'cranes work',
			'stops spread',
			'Gina',
			'gates closed since',
			'CM-034',
			// written with a sign before it where facts are kept
			'("http://evil.example")'
		])
			expect((await facts(controller, { text })).total, text).toBeGreaterThan(0);
		for (const text of ['paragraph', 'fingerprint', '%', '_', "'; drop table fact; --", '\\'])
			expect((await facts(controller, { text })).total, text).toBe(0);
	});

	test('[P1] words that a reader does not see find nothing', async () => {
		const { greek, controller, moderator } = played.people;
		for (const text of ['secretnote', 'CM-031', 'Carla', 'Unused', 'Italian', 'Withdrawnword'])
			expect((await facts(greek, { text })).total, text).toBe(0);
		expect((await facts(controller, { text: 'secretnote' })).total).toBe(0);
		expect((await facts(controller, { text: 'Withdrawnword' })).total).toBe(0);
		expect((await facts(moderator, { text: 'Italian' })).total).toBe(0);
	});

	test('by exercise time, both ends included', async () => {
		const { exercise } = await played.open(played.people.controller);
		const whole = await facts(played.people.controller, { from: exercise.startsAt });
		expect(whole.lines.every((line) => line.exerciseAt !== null)).toBe(true);
		expect(whole.total).toBeGreaterThan(10);
		expect(
			(await facts(played.people.controller, { from: exercise.startsAt, to: exercise.startsAt })).total
		).toBe(whole.total);
		expect((await facts(played.people.controller, { to: exercise.startsAt - 60_001 })).total).toBe(0);
	});
});

describe('pages', () => {
	beforeAll(async () => {
		for (let i = 0; i < 120; i++)
			await played.play.must(played.people.greek, 'log.add', { team: played.teams.gr.id, text: `late ${i}` });
	});

	test.each(['controller', 'greek'] as const)(
		'%s turns them forwards and backwards, either way round',
		async (who) => {
			const person = played.people[who];
			const { exercise, actor } = await played.open(person);
			const { database } = server.services;
			for (const newestFirst of [false, true]) {
				const filters = { ...noFilters, newestFirst };
				const page = (place: Partial<record.RecordPlace>) =>
					record.facts(database, exercise, actor, filters, { ...start, ...place });
				const first = await page({});
				expect(first.lines).toHaveLength(record.recordPageSize);
				expect(first.earlier).toBeNull();
				const second = await page(first.later!);
				expect(second.first).toBe(record.recordPageSize + 1);
				expect(second.later).toBeNull();
				expect(first.lines.length + second.lines.length).toBe(second.total);
				const back = await page(second.earlier!);
				expect(back.lines).toEqual(first.lines);
				expect(back.first).toBe(1);
				// numbers that count the whole exercise stay with whoever reads all of it (P1)
				if (who === 'greek')
					expect(first.later!.after).toBe(newestFirst ? first.total - 99 : record.recordPageSize);
			}
		},
		60_000
	);
});

describe('response times', () => {
	const query: record.TimesQuery = {
		team: null,
		of: 'teams',
		done: 'acknowledged',
		by: 'label',
		down: false
	};
	const times = async (person: Person, changes: Partial<record.TimesQuery> = {}) => {
		const { exercise, actor } = await played.open(person);
		return record.times(server.services.database, exercise, actor, { ...query, ...changes });
	};

	test('exercise control: every team and inject', async () => {
		const byTeam = await times(played.people.controller);
		expect(byTeam.rows.map(({ label, deliveries }) => [label, deliveries])).toEqual([
			['GR CSIRT', 1],
			['GR Port', 1],
			['IT CSIRT', 2]
		]);
		expect(byTeam.all.acknowledged.count).toBe(2);
		expect(byTeam.chart.map(({ label }) => label)).toEqual(['GR CSIRT', 'IT CSIRT']);
		const byInject = await times(played.people.controller, { of: 'injects' });
		expect(byInject.rows.map(({ label }) => label)).toEqual([
			'CM-031 Gate shows ransom note',
			'CM-032 Leak in Italy'
		]);
		expect(byInject.chart[0]).toMatchObject({ due: 60_000 });
		expect(JSON.stringify(byInject)).not.toMatch(/injectKey|"key":"[^"]/);
	});

	test('[P2] a player: the own team alone, injects by title', async () => {
		const own = await times(played.people.greek, { of: 'injects' });
		expect(own.rows.map(({ label }) => label)).toEqual(['Gate shows ransom note']);
		expect((await times(played.people.greek)).rows.map(({ label }) => label)).toEqual(['GR CSIRT']);
		expect((await times(played.people.greek, { team: played.teams.it.id })).all.deliveries).toBe(0);
	});
});
