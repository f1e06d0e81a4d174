import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Incident } from '#lib/exercise/incident/schema.ts';
import type { FoldedRecord } from '#lib/exercise/working/fold.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let lead: Person;
let teamId: string;
beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	const team = await exercise.team('GR CSIRT');
	teamId = team.id;
	lead = await exercise.member('Lead', { role: 'player', teamId: team.id, lead: true });
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'exercise.advance', { to: 'planned' });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(() => server.close());

const records = async (): Promise<FoldedRecord[]> => {
	const { services } = server;
	const { exercise: one, actor } = await services.exercises.open(exercise.id, lead);
	const room = await services.views.teamRoom.teamRoom(services.database, one, actor, teamId);
	return room.records;
};

test('[P3] what a team does to an incident is kept as it stands and as it came to be', async () => {
	const opened = await exercise.must(lead, 'incident.open', {
		team: teamId as never,
		content: { title: 'Down' }
	});
	const { record } = opened as { record: string };
	await exercise.must(lead, 'incident.move', { record: record as never, to: 'open' });
	await exercise.must(lead, 'incident.update', {
		record: record as never,
		changes: { title: 'Two ports down' }
	});
	const [one] = await records();
	const standing = one!.standing as Incident;
	expect(one).toMatchObject({ of: 'incident', id: record, acts: 3 });
	expect(standing).toMatchObject({ number: 1, state: 'open', content: { title: 'Two ports down' } });
	expect(standing.opened.by).toBe(lead.name);
});

test('[R12] ten people opening incidents at once get ten numbers', async () => {
	await Promise.all(
		Array.from({ length: 10 }, (_, i) =>
			exercise.must(lead, 'incident.open', { team: teamId as never, content: { title: `Number ${i}` } })
		)
	);
	const numbers = (await records()).map((one) => (one.standing as Incident).number).sort((a, b) => a - b);
	expect(numbers).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
});
