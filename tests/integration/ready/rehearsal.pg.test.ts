import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';

let server: TestServer;
let real: TestExercise;
let planner: Person;
let player: Person;
beforeAll(async () => {
	server = await startTestServer();
	real = await TestExercise.create(server);
	const team = await real.team('GR CSIRT');
	planner = await real.member('Planner', { role: 'planner', cell: 'central' });
	player = await real.member('Player', { role: 'player', teamId: team.id });
	const [first] = await real.approved(
		{ reference: 'CE-1', title: 'First', to: toAll, schedule: { mode: 'offset', seconds: 0 } },
		{ reference: 'CE-2', title: 'By hand', to: toAll }
	);
	await real.approved({
		reference: 'CE-3',
		title: 'After the first',
		to: toAll,
		schedule: { mode: 'after', inject: first!.id, seconds: 60 }
	});
});
afterAll(() => server.close());

const at = async (person: Person) => {
	const { exercise, actor } = await server.services.exercises.open(real.id, person);
	const { rehearsals } = server.services.readiness;
	return {
		list: () => rehearsals.list(exercise, actor),
		make: () => rehearsals.make(exercise, actor),
		start: (id: string) => rehearsals.start(exercise, actor, id),
		remove: (id: string) => rehearsals.remove(exercise, actor, id)
	};
};
/** All that is written of the real exercise, apart from its audit rows. */
async function standing(): Promise<unknown> {
	const { pool } = server.services.database;
	const { rows } = await pool.query(
		`select (select count(*) from fact where exercise_id = $1) as facts,
			(select count(*) from inject where exercise_id = $1) as injects,
			(select count(*) from inject_version v join inject i on i.id = v.inject_id where i.exercise_id = $1) as versions,
			(select count(*) from delivery where exercise_id = $1) as deliveries,
			(select count(*) from membership where exercise_id = $1) as members,
			(select json_agg(json_build_array(name, sequence) order by name) from document where exercise_id = $1) as documents,
			(select json_build_array(state, sequence, clock) from exercise where id = $1) as exercise`,
		[real.id]
	);
	return rows[0];
}
const audited = async () =>
	(
		await server.services.database.pool.query<{ act: string }>(
			`select act from audit where scope = $1 and act like 'rehearsal.%' order by sequence`,
			[real.id]
		)
	).rows.map(({ act }) => act);

test('a rehearsal plays what is approved to its test team at rate 24, and the real exercise is as it was', async () => {
	const before = await standing();
	const desk = await at(planner);
	const id = await desk.make();
	expect(await desk.list()).toMatchObject([
		{ id, state: 'draft', by: 'Planner', isMine: true, mayDelete: true }
	]);
	await desk.start(id);
	const { rows } = await server.services.database.pool.query<{ id: string }>(
		'select id from team where exercise_id = $1',
		[id]
	);
	expect(rows).toHaveLength(1);
	const timeline = await RawClient.synced({
		url: server.url,
		name: `exercise/${id}/timeline/team/${rows[0]!.id}/0`,
		cookie: planner.cookie
	});
	const titles = () =>
		[...timelineEntries(timeline.doc).values()].flatMap(({ body }) =>
			body.kind === 'inject' ? [body.inject.title] : []
		);
	// a minute of exercise time is two and a half seconds
	await timeline.until(() => titles().includes('After the first'), 'what follows, a minute later', 15_000);
	expect(titles().sort()).toEqual(['After the first', 'First']);
	timeline.close();
	expect(await standing()).toEqual(before);
	expect(await audited()).toEqual(['rehearsal.made']);
	await desk.remove(id);
	expect(await desk.list()).toEqual([]);
	expect(await standing()).toEqual(before);
	expect(await audited()).toEqual(['rehearsal.made', 'rehearsal.removed']);
}, 40_000);

test('[P1] players see no rehearsals, and cannot be brought into one', async () => {
	const desk = await at(planner);
	const id = await desk.make();
	const outside = await at(player);
	await expect(outside.list()).rejects.toThrow('There is nothing here');
	await expect(outside.make()).rejects.toThrow('There is nothing here');
	await expect(outside.start(id)).rejects.toThrow('There is nothing here');
	await expect(outside.remove(id)).rejects.toThrow('There is nothing here');
	const teams = await server.services.exercises.teams(id);
	await expect(
		server.services.exercises.addMembership(
			id,
			{ accountId: player.id, role: 'player', teamId: teams[0]!.id },
			planner.id
		)
	).rejects.toThrow('Only planners and exercise control');
	// somebody else's rehearsal is started by nobody else, and taken away by the director
	const director = await at(real.director);
	await expect(director.start(id)).rejects.toThrow('Whoever made');
	await director.remove(id);
});
