import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { discussionOf } from '#lib/exercise/table/discussion.ts';
import type { Discussion } from '#lib/exercise/table/schema.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startNodes, type TestNode, type TestNodes } from '../../support/nodes.ts';
import { RawClient } from '../../support/raw-client.ts';

/** What is discussed at a table, between computers: the facilitator at one node, the projector and whoever comes later at another. */

let all: TestNodes;
let a: TestNode;
let b: TestNode;
let exercise: TestExercise;
let team: Team;
let facilitator: Person;
let projector: Person;
let player: Person;
let foreign: Person;

beforeAll(async () => {
	all = await startNodes(2);
	[a, b] = all.nodes as [TestNode, TestNode];
	exercise = await TestExercise.create(a);
	team = await exercise.team('GR Table');
	const other = await exercise.team('IT Table', 'IT');
	facilitator = await exercise.member('Facilitator', { role: 'facilitator', teamId: team.id });
	projector = await exercise.member('Projector', { role: 'facilitator', teamId: team.id });
	player = await exercise.member('Player', { role: 'player', teamId: team.id });
	foreign = await exercise.member('Foreign', { role: 'player', teamId: other.id });
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(() => all.close());

/** What the page of a table, or its projector, is loaded with at a node. */
async function loaded(node: TestNode, person: Person): Promise<Discussion | null> {
	const { exercises, views, database } = node.services;
	const opened = await exercises.open(exercise.id, person);
	return (await views.table.table(database, opened.exercise, opened.actor, team.id)).discussion;
}
const wall = async () =>
	Number(
		(await a.services.database.pool.query('select extract(epoch from now()) * 1000 as now')).rows[0].now
	);

test('[P2] a question reaches the projector at another node, and whoever opens it later, and nobody of another team', async () => {
	const name = exercise.timeline(team.id);
	const screen = await RawClient.synced({ url: b.url, name, cookie: projector.cookie });
	const elsewhere = await RawClient.synced({
		url: b.url,
		name: exercise.timeline('everyone'),
		cookie: foreign.cookie
	});
	const shown = () => discussionOf([...timelineEntries(screen.doc).values()]);
	const before = await wall();
	await exercise.must(facilitator, 'table.ask', {
		team: team.id,
		question: 'Kanarie: who pays?',
		seconds: 300
	});
	await screen.until(() => shown() !== null, 'the question');
	const first = shown()!;
	expect(first.question).toBe('Kanarie: who pays?');
	expect(first.endsAt - before).toBeGreaterThanOrEqual(299_000);
	expect(first.endsAt - before).toBeLessThan(330_000);
	// who comes later starts from the same moment
	expect(await loaded(b, projector)).toEqual(first);
	await exercise.must(facilitator, 'table.extend', { team: team.id, seconds: 120 });
	await screen.until(() => shown()!.endsAt === first.endsAt + 120_000, 'more time');
	expect(elsewhere.bytes().includes('Kanarie')).toBe(false);
	await expect(loaded(b, player)).rejects.toMatchObject({ code: 'not-found' });
	await expect(loaded(b, foreign)).rejects.toMatchObject({ code: 'not-found' });
	for (const person of [player, foreign])
		expect(
			await exercise.send(person, 'table.ask', { team: team.id, question: 'Mine', seconds: 60 })
		).toMatchObject({ ok: false, error: { code: 'not-found' } });
	screen.close();
	elsewhere.close();
});

test('[R12] the same press of a button, sent again, gives no more time', async () => {
	const before = (await loaded(a, facilitator))!;
	const message = {
		exercise: exercise.id,
		name: 'table.extend',
		key: 'pressed-once-or-twice',
		input: { team: team.id, seconds: 60 }
	};
	const who = { accountId: facilitator.id, name: facilitator.name };
	for (const node of [a, b, a])
		expect(await node.services.commands.run(message, who)).toMatchObject({ ok: true });
	expect((await loaded(b, facilitator))!.endsAt).toBe(before.endsAt + 60_000);
});

test('[P3] it stands when the node is gone at which it was asked, until it is taken away', async () => {
	const { endsAt } = (await loaded(a, facilitator))!;
	await all.nodes.shift()!.close();
	expect(await loaded(b, facilitator)).toEqual({ question: 'Kanarie: who pays?', endsAt });
	await b.services.commands.run(
		{ exercise: exercise.id, name: 'table.clear', key: 'taken-away-at-the-other', input: { team: team.id } },
		{ accountId: facilitator.id, name: facilitator.name }
	);
	await eventually(async () => (await loaded(b, projector)) === null, 'nothing on the projector');
});
