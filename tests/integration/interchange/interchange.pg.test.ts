import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TeamId } from '#lib/exercise/ids.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { stixBundle } from '../../support/stix-shapes.ts';

let server: TestServer;
let exercise: TestExercise;
let greek: TeamId;
let french: TeamId;
let lead: Person;
let other: Person;
beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	greek = (await exercise.team('GR CSIRT')).id;
	french = (await exercise.team('FR CSIRT', 'FR')).id;
	lead = await exercise.member('Lead', { role: 'player', teamId: greek, lead: true });
	other = await exercise.member('Other', { role: 'player', teamId: french, lead: true });
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'exercise.advance', { to: 'planned' });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(() => server.close());

const open = (person: Person) => server.services.exercises.open(exercise.id, person);
async function written(person: Person, team: TeamId, format: 'stix' | 'misp'): Promise<string> {
	const { exercise: one, actor } = await open(person);
	const file = await server.services.interchange.write(one, actor, team, format, []);
	expect(file.name).toMatch(/^EX_/);
	return new Response(file.body).text();
}
async function take(person: Person, team: TeamId, text: string, key: string) {
	const { exercise: one, actor } = await open(person);
	const bytes = new TextEncoder().encode(text);
	const { items } = await server.services.interchange.preview(one, actor, team, bytes);
	return server.services.interchange.take(
		one,
		actor,
		team,
		bytes,
		items.map((item) => item.external),
		key
	);
}
const view = async (person: Person, team: TeamId) => {
	const { exercise: one, actor } = await open(person);
	return server.services.interchange.view(one, actor, team);
};

describe('records of one team taken over by another', () => {
	test.each(['stix', 'misp'] as const)('%s: twice makes no duplicates, all or nothing', async (format) => {
		const { record } = (await exercise.must(lead, 'incident.open', {
			team: greek,
			content: { title: `Cranes stand still (${format})`, tlp: 'green' }
		})) as { record: string };
		await exercise.must(lead, 'indicator.add', {
			team: greek,
			content: { type: 'domain', value: `${format}.port.example`, tlp: 'green', incident: record }
		});
		await exercise.must(lead, 'incident.open', { team: greek, content: { title: 'RED-SECRET', tlp: 'red' } });
		const text = await written(lead, greek, format);
		expect(text).not.toContain('RED-SECRET');
		if (format === 'stix') stixBundle.parse(JSON.parse(text));
		const before = await view(other, french);
		const first = await take(other, french, text, `${format}-first-try`);
		expect(first.taken).toBeGreaterThanOrEqual(2);
		expect(await take(other, french, text, `${format}-first-try`)).toEqual(first);
		await expect(take(other, french, text, `${format}-second-try`)).rejects.toThrow(
			'Your team has all of this'
		);
		const after = await view(other, french);
		expect(after.incidents.length + after.indicators.length).toBe(
			before.incidents.length + before.indicators.length + first.taken
		);
		const taken = after.indicators.find((one) => one.value === `${format}.port.example`)!;
		expect(after.incidents.map((one) => one.id)).toContain(taken.incident);
	});

	test('[P2] another team’s records do not exist, to read, to export or to write to', async () => {
		const text = await written(lead, greek, 'stix');
		await expect(view(other, greek)).rejects.toThrow('There is nothing here');
		await expect(written(other, greek, 'stix')).rejects.toThrow('There is nothing here');
		await expect(take(other, greek, text, 'other-team-1')).rejects.toThrow('There is nothing here');
		const answer = await exercise.send(other, 'interchange.import', {
			team: greek,
			format: 'stix',
			items: [{ kind: 'incident', external: 'incident--1', content: { title: 'Down' } }]
		});
		expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
	});

	test('[P7] who took what out is recorded', async () => {
		await written(lead, greek, 'misp');
		const { rows } = await server.services.database.pool.query(
			`select detail from audit where scope = $1 and act = 'records.exported' and actor_id = $2 order by sequence`,
			[exercise.id, lead.id]
		);
		expect(rows.at(-1)).toMatchObject({ detail: { format: 'misp', team: greek } });
	});
});
