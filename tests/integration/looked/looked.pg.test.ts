import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let greek: Team;
let italian: Team;
let anna: Person;
let nikos: Person;
beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	greek = await exercise.team('GR CSIRT');
	italian = await exercise.team('IT CSIRT', 'IT');
	anna = await exercise.member('Anna', { role: 'player', teamId: greek.id });
	nikos = await exercise.member('Nikos', { role: 'player', teamId: greek.id });
});
afterAll(() => server.close());

async function as(person: Person) {
	const { exercises, looked } = server.services;
	const { exercise: known, actor } = await exercises.open(exercise.id, { id: person.id } as never);
	return {
		at: (room: string) => looked.at(known, actor, room),
		mark: (room: string, upTo: number) => looked.mark(known, actor, room, upTo)
	};
}

test('each person has looked for themselves, by room; never later than now, and never back', async () => {
	const room = `team/${greek.id}`;
	const [a, n] = [await as(anna), await as(nikos)];
	expect(await a.at(room)).toBeNull();
	const first = Date.now() - 60_000;
	expect(await a.mark(room, first)).toEqual({ at: first });
	expect(await a.at(room)).toBe(first);
	expect(await n.at(room)).toBeNull();
	expect(await a.at('channel/everyone')).toBeNull();

	expect(await a.mark(room, first - 5000)).toEqual({ at: first });
	const { at } = await a.mark(room, Date.now() + 3_600_000);
	expect(at).toBeLessThan(Date.now() + 5000);
	await expect(a.mark(room, -1)).rejects.toMatchObject({ code: 'invalid' });
});

test('[P2] a room that is not open and one that does not exist are refused alike, and leave nothing', async () => {
	const a = await as(anna);
	for (const room of [
		`team/${italian.id}`,
		'team/no-such-team-1',
		'control',
		'channel/GR',
		'channel/nothing-here',
		'x'
	]) {
		await expect(a.mark(room, Date.now()), room).rejects.toMatchObject({
			code: 'not-found',
			message: 'There is nothing here, or it is not open to you.'
		});
		expect(await a.at(room)).toBeNull();
	}
	const director = await as(exercise.director);
	await expect(director.mark('control', Date.now())).resolves.toBeTruthy();
});
