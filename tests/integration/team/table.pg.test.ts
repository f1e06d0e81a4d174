import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Membership, Team } from '#lib/exercise/exercise/schema.ts';
import * as tables from '#server/views/table.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/* The page of one table: who opens it, and what is on it. */

let server: TestServer;
let play: TestExercise;
let greek: Team;
let italian: Team;
const planned = 'Zwergohreule';

beforeAll(async () => {
	server = await startTestServer();
	play = await TestExercise.create(server);
	greek = await play.team('GR Table');
	italian = await play.team('IT Table', 'IT');
	await play.approved({ title: planned, to: toAll, schedule: { mode: 'manual' } });
	await play.must(play.director, 'exercise.start', {});
});
afterAll(() => server.close());

async function seen(person: Person, team: string) {
	try {
		const { exercise, actor } = await server.services.exercises.open(play.id, person);
		return await tables.table(server.services.database, exercise, actor, team);
	} catch (problem) {
		expect(problem).toMatchObject({ code: 'not-found' });
		return null;
	}
}

/** Who: whether the page opens, writes in the log, and has a console. */
const rows: [string, () => Membership[], { logs: boolean; scope?: string[] | null } | null][] = [
	['a facilitator of the team', () => [{ role: 'facilitator', teamId: greek.id }], { logs: true }],
	['a moderator', () => [{ role: 'moderator', country: 'GR' }], { logs: false, scope: ['GR'] }],
	['a controller', () => [{ role: 'controller' }], { logs: false, scope: null }],
	[
		'one who facilitates and moderates here',
		() => [
			{ role: 'facilitator', teamId: greek.id },
			{ role: 'moderator', country: 'GR' }
		],
		{ logs: true, scope: ['GR'] }
	],
	[
		'one who facilitates here and moderates elsewhere',
		() => [
			{ role: 'facilitator', teamId: greek.id },
			{ role: 'moderator', country: 'IT' }
		],
		{ logs: true }
	],
	['a facilitator of the exercise', () => [{ role: 'facilitator' }], null],
	['a facilitator of another team', () => [{ role: 'facilitator', teamId: italian.id }], null],
	['a moderator of another country', () => [{ role: 'moderator', country: 'IT' }], null],
	['a lead', () => [{ role: 'player', teamId: greek.id, lead: true }], null],
	['an evaluator', () => [{ role: 'evaluator', teamId: greek.id }], null],
	['a planner', () => [{ role: 'planner', cell: 'GR' }], null],
	['an observer', () => [{ role: 'observer' }], null]
];

test.each(rows)('[P1] [P2] %s', async (who, memberships, expected) => {
	const [first, ...more] = memberships();
	const person = await play.member(who, first!);
	for (const membership of more)
		await server.services.exercises.addMembership(
			play.id,
			{ accountId: person.id, ...membership },
			play.director.id
		);
	const view = await seen(person, greek.id);
	if (expected === null) {
		expect(view).toBeNull();
		// as for a team that does not exist
		expect(await seen(person, 'no-such-team-at-all')).toBeNull();
		return;
	}
	expect(view).toMatchObject({
		team: { id: greek.id },
		logs: expected.logs,
		console: expected.scope === undefined ? null : { scope: expected.scope }
	});
	expect(JSON.stringify(view)).not.toContain(planned);
});

test('[P7] what the facilitator types is in the team’s log under the facilitator’s name', async () => {
	const facilitator = await play.member('Fay', { role: 'facilitator', teamId: greek.id });
	await play.must(facilitator, 'log.add', { team: greek.id, text: 'The ministry first.' });
	expect(await play.send(facilitator, 'log.add', { team: italian.id, text: 'x' })).toMatchObject({
		ok: false,
		error: { code: 'not-found' }
	});
	const { rows: facts } = await server.services.database.pool.query(
		"select actor_name, team_id from fact where exercise_id = $1 and kind = 'log-added'",
		[play.id]
	);
	expect(facts).toEqual([{ actor_name: 'Fay', team_id: greek.id }]);
});
