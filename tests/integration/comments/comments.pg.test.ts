import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommentsView } from '#lib/exercise/inject/comments.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let exercise: TestExercise;
let greek: Person;
let other: Person;
let italian: Person;
let player: Person;
const inject = 'inject-comments-01';
beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	const team = await exercise.team('GR CSIRT');
	greek = await exercise.member('Anna', { role: 'planner', cell: 'GR' });
	other = await exercise.member('Anna Maria', { role: 'planner', cell: 'GR' });
	italian = await exercise.member('Bruno', { role: 'planner', cell: 'IT' });
	player = await exercise.member('Player', { role: 'player', teamId: team.id });
});
afterAll(() => server.close());

const as = async (person: Person) => {
	const { exercises, comments } = server.services;
	const { exercise: known, actor } = await exercises.open(exercise.id, {
		id: person.id,
		name: person.name
	} as never);
	return {
		list: (cell: string): Promise<CommentsView> => comments.list(known, actor, cell),
		add: (cell: string, text: string, mentions: string[] = []) =>
			comments.add(known, actor, cell, { inject, text, mentions }),
		resolve: (cell: string, id: string, resolved: boolean) =>
			comments.resolve(known, actor, cell, id, resolved),
		counts: () => comments.openCounts(known, actor)
	};
};

test('planners of a cell talk about an inject; who is mentioned sees it counted; settled and opened again', async () => {
	const anna = await as(greek);
	const maria = await as(other);
	const { id } = await anna.add('GR', 'Too early? @Anna Maria', [other.id]);
	const { comments, people } = await maria.list('GR');
	expect(comments).toMatchObject([
		{ id, by: 'Anna', text: 'Too early? @Anna Maria', mentionsMe: true, isMine: false, resolved: null }
	]);
	expect(people.map(({ name }) => name).sort()).toEqual(['Anna', 'Director']);
	expect(await maria.counts()).toEqual([{ cell: 'GR', open: 1, mentionsMe: 1 }]);
	await maria.resolve('GR', id, true);
	await expect(anna.resolve('GR', id, true)).rejects.toThrow('Somebody was faster');
	expect((await anna.list('GR')).comments[0]!.resolved!.by).toBe('Anna Maria');
	expect(await maria.counts()).toEqual([]);
	await anna.resolve('GR', id, false);
	expect((await anna.list('GR')).comments[0]!.resolved).toBeNull();
});

test('[P1] other countries, players and strangers find no comments, and cannot be mentioned', async () => {
	const anna = await as(greek);
	await anna.add('GR', 'ZEISIG is the second terminal');
	await expect(anna.add('GR', 'you too', [player.id])).rejects.toThrow('who may read this script');
	await expect(anna.add('GR', 'you too', [italian.id])).rejects.toThrow('who may read this script');
	const { id } = (await anna.list('GR')).comments[0]!;
	for (const person of [italian, player]) {
		const somebody = await as(person);
		await expect(somebody.list('GR')).rejects.toThrow('There is nothing here');
		await expect(somebody.add('GR', 'hello')).rejects.toThrow('There is nothing here');
		await expect(somebody.resolve('GR', id, true)).rejects.toThrow('There is nothing here');
	}
	expect(await (await as(player)).counts()).toEqual([]);
	// an id of one cell under the name of another
	await expect((await as(italian)).resolve('IT', id, true)).rejects.toThrow('gone');
});
