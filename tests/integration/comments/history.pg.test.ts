import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import { scriptInjects, setFields } from '#lib/exercise/inject/schema.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let planner: Person;
let player: Person;
beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	const team = await exercise.team('GR CSIRT');
	planner = await exercise.member('Anna', { role: 'planner', cell: 'central' });
	player = await exercise.member('Player', { role: 'player', teamId: team.id });
});
afterAll(() => server.close());

const read = async (person: Person, inject: string | null = null) => {
	const { exercises, views, database } = server.services;
	const { exercise: known, actor } = await exercises.open(exercise.id, {
		id: person.id,
		name: person.name
	} as never);
	return views.scriptHistory.scriptHistory(database, known, actor, 'central', inject);
};

test('who changed which field, newest first, of one inject or of the cell', async () => {
	const all = { all: true, countries: [], levels: [], teams: [] };
	const [first, second] = await exercise.approved({ title: 'One', to: all }, { title: 'Two', to: all });
	const name = documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });
	await server.services.documents.edit(name, planner.id, (doc) =>
		setFields(scriptInjects(doc).get(first!.id)!, { title: 'One, later' })
	);
	const { entries, more } = await read(planner);
	expect(more).toBe(false);
	expect(entries[0]).toMatchObject({
		by: 'Anna',
		act: 'changed',
		field: 'title',
		before: 'One',
		after: 'One, later',
		inject: first!.id,
		author: null
	});
	expect((await read(planner, second!.id)).entries.every(({ inject }) => inject === second!.id)).toBe(true);
});

test('[P1] players have no history', async () => {
	await expect(read(player)).rejects.toThrow('There is nothing here');
	const answer = await fetch(`${server.url}/api/scripts/${exercise.id}/central/history`, {
		headers: { cookie: player.cookie }
	});
	expect(answer.status).toBe(404);
});
