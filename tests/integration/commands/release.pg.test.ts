import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let team: Team;
let other: Team;
let player: Person;

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	team = await exercise.team('GR CSIRT');
	other = await exercise.team('IT CSIRT', 'IT');
	player = await exercise.member('Player', { role: 'player', teamId: team.id });
	await exercise.approved({ title: 'First', reference: 'X-1', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(() => server.close());

const deliveries = async (inject: string) =>
	(await server.services.database.pool.query('select * from delivery where inject_id = $1', [inject]))
		.rows as {
		id: string;
		team_id: string;
	}[];

test('[P4] ten controllers press at once: each team has it once', async () => {
	const [inject] = await exercise.approved({ title: 'Gate outage', reference: 'X-2', to: toAll });
	const answers = await Promise.all(
		Array.from({ length: 10 }, () =>
			exercise.send(exercise.director, 'inject.release', { inject: inject!.id })
		)
	);
	expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
	for (const answer of answers) if (!answer.ok) expect(answer.error.code).toBe('stale');
	expect(await deliveries(inject!.id)).toHaveLength(2);
	for (const one of [team, other]) {
		const entries = [
			...timelineEntries(await server.services.documents.read(exercise.timeline(one.id))).values()
		];
		expect(
			entries.filter((entry) => entry.body.kind === 'inject' && entry.body.inject.title === 'Gate outage')
		).toHaveLength(1);
	}
});

test('[R12] the same key twice acts once and is answered the same', async () => {
	const key = randomBytes(12).toString('hex');
	const input = { team: team.id, text: 'Once only' };
	const [first, twin] = await Promise.all([
		exercise.send(player, 'log.add', input, key),
		exercise.send(player, 'log.add', input, key)
	]);
	const third = await exercise.send(player, 'log.add', input, key);
	expect([first, twin, third]).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
	const entries = [
		...timelineEntries(await server.services.documents.read(exercise.timeline(team.id))).values()
	];
	expect(entries.filter((entry) => entry.body.kind === 'log')).toHaveLength(1);
});

test('[P1][R1] what reaches a team has nothing of planning', async () => {
	const canary = 'KANARIE7361';
	const client = await RawClient.synced({
		url: server.url,
		name: exercise.timeline(team.id),
		cookie: player.cookie
	});
	const [inject] = await exercise.approved({
		title: 'Odd logins',
		reference: `${canary}-ref`,
		storyline: `${canary}-story`,
		controllerNotes: `${canary}-control`,
		evaluatorNotes: `${canary}-evaluate`,
		controller: `${canary}-who`,
		objectives: [`${canary}-objective`],
		expectedActions: [{ id: 'a', text: `${canary}-expected`, withinSeconds: 60, critical: true }],
		to: toAll
	});
	await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
	await client.until(() => client.bytes().includes('Odd logins'), 'the inject');
	expect(client.bytes().includes(canary)).toBe(false);
	expect(client.bytes().includes(inject!.id)).toBe(false);
	client.close();
});

test('[P5] what is due by schedule comes after its time, once, and soon', async () => {
	const { rows } = await server.services.database.pool.query<{
		clock: { exerciseStart: number; wallStart: number }[];
	}>('select clock from exercise where id = $1', [exercise.id]);
	const { exerciseStart, wallStart } = rows[0]!.clock[0]!;
	const dueAt = exerciseStart + (Date.now() - wallStart) + 700;
	const [inject] = await exercise.approved({
		title: 'By schedule',
		to: toAll,
		schedule: { mode: 'at', at: dueAt }
	});
	const client = await RawClient.synced({
		url: server.url,
		name: exercise.timeline(team.id),
		cookie: player.cookie
	});
	expect(client.bytes().includes('By schedule')).toBe(false);
	await client.until(() => client.bytes().includes('By schedule'), 'the scheduled inject');
	const released = await server.services.database.pool.query<{ released_at: string }>(
		'select released_at from inject where id = $1',
		[inject!.id]
	);
	const late = Number(released.rows[0]!.released_at) - dueAt;
	expect(late).toBeGreaterThanOrEqual(0);
	expect(late).toBeLessThan(2000);
	expect(await deliveries(inject!.id)).toHaveLength(2);
	client.close();
});

test('[P5] what an outage made more than a minute late waits for a controller', async () => {
	const { pool } = server.services.database;
	await server.services.schedule.stop();
	const clock = await pool.query<{ clock: { exerciseStart: number; wallStart: number }[] }>(
		'select clock from exercise where id = $1',
		[exercise.id]
	);
	const { exerciseStart, wallStart } = clock.rows[0]!.clock[0]!;
	const dueAt = exerciseStart + (Date.now() - wallStart) + 5000;
	const [inject] = await exercise.approved({
		title: 'Too late',
		to: toAll,
		schedule: { mode: 'at', at: dueAt }
	});
	// no server was there for seventy seconds: the same clock, begun so much earlier
	await pool.query(
		`update exercise set clock = jsonb_set(clock, '{0,wallStart}', to_jsonb($2::bigint)) where id = $1`,
		[exercise.id, wallStart - 70_000]
	);
	server.services.schedule.start();
	const state = async () =>
		(await pool.query<{ state: string }>('select state from inject where id = $1', [inject!.id])).rows[0]!
			.state;
	const end = Date.now() + 5000;
	while ((await state()) === 'ready' && Date.now() < end)
		await new Promise((resolve) => setTimeout(resolve, 50));
	expect(await state()).toBe('held');
	expect(await deliveries(inject!.id)).toHaveLength(0);
	await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
	expect(await deliveries(inject!.id)).toHaveLength(2);
});

test('the emergency stop of a player refuses releases until the director resumes', async () => {
	const [inject] = await exercise.approved({ title: 'After the stop', to: toAll });
	await exercise.must(player, 'exercise.stop', { reason: 'Fire in the building' });
	const refused = await exercise.send(exercise.director, 'inject.release', { inject: inject!.id });
	expect(refused).toMatchObject({ ok: false, error: { code: 'not-now' } });
	expect(await exercise.send(player, 'exercise.liftStop', { to: 'running' })).toMatchObject({ ok: false });
	await exercise.must(exercise.director, 'exercise.liftStop', { to: 'running' });
	await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
});

test('[R13] the audit chain is whole', async () => {
	const verdict = await verifyAudit(server.services.database, exercise.id);
	expect(verdict.broken).toBeNull();
	expect(verdict.rows).toBeGreaterThan(10);
});
