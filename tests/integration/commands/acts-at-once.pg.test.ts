import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { CommandAnswer } from '#lib/protocol/wire.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/** Acts that lock the same rows in another order: PostgreSQL must not have to break a tie by failing one of them. */

let server: TestServer;
let exercise: TestExercise;
let team: Team;
let lead: Person;
let player: Person;

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	team = await exercise.team('GR CSIRT');
	lead = await exercise.member('Lead', { role: 'player', teamId: team.id, lead: true });
	player = await exercise.member('Analyst', { role: 'player', teamId: team.id });
	await exercise.approved({ title: 'First', reference: 'X-1', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(() => server.close());

const refusals = (answers: readonly CommandAnswer[]) =>
	answers.flatMap((answer) => (answer.ok ? [] : [answer.error.code]));

test('[P4] a lead decides at the moment at which injects reach the team: both happen', async () => {
	const injects = await exercise.approved(
		...Array.from({ length: 20 }, (_, i) => ({ title: `Inject ${i}`, reference: `R-${i}`, to: toAll }))
	);
	const answers = await Promise.all(
		injects.flatMap(({ id }, i) => [
			exercise.send(exercise.director, 'inject.release', { inject: id }),
			exercise.send(player, 'log.add', { team: team.id, text: `Entry ${i}` }),
			exercise.send(lead, 'decision.record', {
				team: team.id,
				decision: { question: `Question ${i}`, chosen: 'Yes' }
			})
		])
	);
	expect(refusals(answers)).toEqual([]);
	const { rows } = await server.services.database.pool.query<{ number: number }>(
		`select (fact ->> 'number')::int as number from fact where team_id = $1 and kind = 'decision-recorded' order by sequence`,
		[team.id]
	);
	expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
}, 60_000);

test('[P4] injects are held at the moment at which those they follow are released', async () => {
	const first = await exercise.approved(
		...Array.from({ length: 12 }, (_, i) => ({ title: `First ${i}`, reference: `F-${i}`, to: toAll }))
	);
	const next = await exercise.approved(
		...first.map((one, i) => ({
			title: `Next ${i}`,
			reference: `N-${i}`,
			to: toAll,
			schedule: { mode: 'after' as const, inject: one.id, seconds: 3600 }
		}))
	);
	const answers = await Promise.all(
		first.flatMap((one, i) => [
			exercise.send(exercise.director, 'inject.hold', { inject: next[i]!.id }),
			exercise.send(exercise.director, 'inject.release', { inject: one.id })
		])
	);
	expect(refusals(answers)).toEqual([]);
}, 60_000);

test('a stop of the clock takes its turn, however many people write without pause', async () => {
	const writers = 8;
	let done = 0;
	let over = false;
	const writing = Array.from({ length: writers }, async (_, i) => {
		for (let entry = 0; !over; entry++) {
			const answer = await exercise.send(player, 'log.add', { team: team.id, text: `Line ${i}.${entry}` });
			if (answer.ok) done++;
		}
	});
	let passed: number;
	try {
		// all of them are at it
		await expect.poll(() => done, { timeout: 20_000 }).toBeGreaterThan(3 * writers);
		const before = done;
		await exercise.must(exercise.director, 'clock.pause', {});
		passed = done - before;
	} finally {
		over = true;
		await Promise.all(writing);
	}
	// those that had begun may end, and each writer's next act stands behind the stop
	expect(passed).toBeLessThanOrEqual(3 * writers);
}, 60_000);

test('[P9] an act that others keep waiting is refused as busy, changes nothing, and can be sent again', async () => {
	const client = await server.services.database.pool.connect();
	const key = 'waits-for-others-0000001';
	const send = () => exercise.send(player, 'log.add', { team: team.id, text: 'Waited long' }, key);
	const entries = async () =>
		(
			await server.services.database.pool.query<{ n: string }>(
				`select count(*) as n from fact where exercise_id = $1 and fact ->> 'text' = 'Waited long'`,
				[exercise.id]
			)
		).rows[0]!.n;
	try {
		await client.query('begin');
		await client.query('select 1 from exercise where id = $1 for update', [exercise.id]);
		const answer = await send();
		expect(answer).toMatchObject({ ok: false, error: { code: 'slow-down', retry: { after: 2000 } } });
		expect(await entries()).toBe('0');
	} finally {
		await client.query('rollback');
		client.release();
	}
	expect(await send()).toMatchObject({ ok: true });
	expect(await entries()).toBe('1');
}, 60_000);
