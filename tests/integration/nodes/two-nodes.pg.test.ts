import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import type { MembershipId } from '#server/exercises/memberships.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { createPostgresLine } from '#server/bell/postgres-line.ts';
import { createRedisLine } from '#server/bell/redis-line.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { hearsPulse, Listener } from '../../support/listener.ts';
import { startNodes, type TestNode, type TestNodes } from '../../support/nodes.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';

let redis: TestRedis;
beforeAll(async () => {
	redis = await startRedis();
});
afterAll(() => redis.close());

describe.each(['PostgreSQL', 'Redis'])('two nodes that ring through %s', (through) => {
	let all: TestNodes;
	let a: TestNode;
	let b: TestNode;
	let exercise: TestExercise;
	let team: Team;
	let other: Team;
	let stranger: Person;
	let writer: Person;
	let reader: Person;
	beforeAll(async () => {
		all = await startNodes(2, through === 'Redis' ? () => createRedisLine(redis.url) : createPostgresLine);
		[a, b] = all.nodes as [TestNode, TestNode];
		exercise = await TestExercise.create(a);
		team = await exercise.team('GR CSIRT');
		other = await exercise.team('IT CSIRT', 'IT');
		stranger = await exercise.member('Stranger', { role: 'player', teamId: other.id });
		writer = await exercise.member('Writer', { role: 'player', teamId: team.id });
		reader = await exercise.member('Reader', { role: 'player', teamId: team.id });
		await exercise.approved({ title: 'Before STARTEX', to: toAll });
		await exercise.must(exercise.director, 'exercise.start', {});
	});
	afterAll(() => all?.close());
	const sql = <Row>(text: string, ...values: unknown[]) =>
		a.services.database.pool.query(text, values).then(({ rows }) => rows as Row[]);

	test('[P3] two write one page on two nodes; what is called saved is in the database, and both have it all', async () => {
		const name = exercise.notes(team.id);
		const [left, right] = await Promise.all([
			RawClient.synced({ url: a.url, name, cookie: writer.cookie }),
			RawClient.synced({ url: b.url, name, cookie: reader.cookie })
		]);
		for (let i = 0; i < 30; i++) {
			left.edit((doc) => doc.getMap('m').set(`left ${i}`, i));
			right.edit((doc) => doc.getMap('m').set(`right ${i}`, i));
		}
		await left.until(() => left.saved >= 30, 'saved');
		const [stored] = await sql<{ count: string }>(
			'select count(*) from document_update where document = $1 and author = $2',
			name,
			writer.id
		);
		expect(Number(stored!.count)).toBeGreaterThan(0);
		const cold = await a.services.documents.read(name);
		for (let i = 0; i < 30; i++) expect(cold.getMap('m').get(`left ${i}`)).toBe(i);
		await Promise.all(
			[left, right].map((client) => client.until(() => client.doc.getMap('m').size === 60, 'both halves'))
		);
		expect(left.doc.getMap('m').toJSON()).toEqual(right.doc.getMap('m').toJSON());
		for (const client of [left, right]) client.close();
	});

	test('a release on one node is on the timeline and the board of the other', async () => {
		const timeline = await RawClient.synced({
			url: b.url,
			name: exercise.timeline(team.id),
			cookie: reader.cookie
		});
		const control = await Listener.join(b.url, exercise.director, exercise.id);
		const [inject] = await exercise.approved({ title: 'Gate outage', to: toAll });
		const before = control.told('board');
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		await timeline.until(
			() =>
				[...timelineEntries(timeline.doc).values()].some(
					({ body }) => body.kind === 'inject' && body.inject.title === 'Gate outage'
				),
			'the release',
			1500
		);
		await expect.poll(() => control.told('board'), { timeout: 1500 }).toBeGreaterThan(before);
		timeline.close();
		control.close();
	});

	test('[P4][P5] twenty injects due at one moment, both schedules at work: each once at each team, none early', async () => {
		const [{ clock }] = (await sql<{ clock: { wallStart: number; exerciseStart: number }[] }>(
			'select clock from exercise where id = $1',
			exercise.id
		)) as [{ clock: { wallStart: number; exerciseStart: number }[] }];
		const { wallStart, exerciseStart } = clock.at(-1)!;
		const dueWall = Date.now() + 2500;
		const due = exerciseStart + (dueWall - wallStart);
		const injects = await exercise.approved(
			...Array.from({ length: 20 }, (_, i) => ({
				title: `Due ${i}`,
				to: toAll,
				schedule: { mode: 'at' as const, at: due }
			}))
		);
		const ids = injects.map(({ id }) => id);
		const timeline = await RawClient.synced({
			url: b.url,
			name: exercise.timeline(team.id),
			cookie: reader.cookie
		});
		const shown = () =>
			[...timelineEntries(timeline.doc).values()].filter(
				({ body }) => body.kind === 'inject' && body.inject.title.startsWith('Due ')
			);
		await timeline.until(() => shown().length === 20, 'twenty injects', 10_000);
		const deliveries = await sql<{ inject_id: string; team_id: string }>(
			'select inject_id, team_id from delivery where inject_id = any($1)',
			ids
		);
		expect(deliveries).toHaveLength(40);
		const facts = await sql<{ wall_at: Date }>(
			`select wall_at from fact where exercise_id = $1 and kind = 'inject-released' and fact->>'inject' = any($2)`,
			exercise.id,
			ids
		);
		expect(facts).toHaveLength(20);
		for (const { wall_at } of facts) {
			expect(wall_at.getTime()).toBeGreaterThanOrEqual(dueWall);
			expect(wall_at.getTime()).toBeLessThan(dueWall + 2000);
		}
		expect(shown()).toHaveLength(20);
		timeline.close();
		expect(await verifyAudit(a.services.database, exercise.id)).toMatchObject({ broken: null });
	});

	test('[P6] a right taken away on one node ends open sockets on the other', async () => {
		const person = await exercise.member('Leaver', { role: 'player', teamId: team.id });
		const page = await RawClient.synced({ url: b.url, name: exercise.notes(team.id), cookie: person.cookie });
		const listener = await Listener.join(b.url, person, exercise.id);
		const witness = await Listener.join(b.url, reader, exercise.id);
		const [membership] = await sql<{ id: MembershipId }>(
			'select id from membership where exercise_id = $1 and account_id = $2',
			exercise.id,
			person.id
		);
		await a.services.exercises.removeMembership(exercise.id, membership!.id, exercise.director.id);
		await page.until(() => page.closed !== null, 'the end of the page', 1500);
		await expect.poll(() => hearsPulse(exercise, listener, witness), { timeout: 1500 }).toBe(false);
		for (const one of [listener, witness]) one.close();
	});

	test('[P2] people see each other in a page on both nodes, as stamped, and nobody of another team', async () => {
		const name = exercise.notes(team.id);
		// both nodes have somebody, so each knows of the other
		const listeners = await Promise.all([
			Listener.join(a.url, writer, exercise.id),
			Listener.join(b.url, reader, exercise.id)
		]);
		const [left, right, outside] = await Promise.all([
			RawClient.synced({ url: a.url, name, cookie: writer.cookie }),
			RawClient.synced({ url: b.url, name, cookie: reader.cookie }),
			RawClient.synced({ url: b.url, name: exercise.notes(other.id), cookie: stranger.cookie })
		]);
		left.sendPresence(left.doc.clientID, 1, { cursor: 1, user: { name: 'Somebody else' } });
		right.sendPresence(right.doc.clientID, 1, { cursor: 2 });
		const seen = (by: RawClient, of: RawClient) =>
			JSON.parse(by.presence.get(of.doc.clientID) ?? 'null') as { cursor: number } | null;
		await right.until(() => seen(right, left) !== null, 'the one on the other node', 8000);
		await left.until(() => seen(left, right) !== null, 'the one on the other node', 8000);
		expect(seen(right, left)).toMatchObject({ cursor: 1, user: { name: 'Writer' } });
		left.sendPresence(left.doc.clientID, 2, { cursor: 7 });
		await right.until(() => seen(right, left)?.cursor === 7, 'the cursor to move', 3000);
		left.close();
		await right.until(() => seen(right, left) === null, 'the one who left', 3000);
		expect(outside.presence.size).toBe(0);
		for (const one of [right, outside, ...listeners]) one.close();
	}, 30_000);

	test('exercise control sees how many people are connected, over both nodes, each once', async () => {
		const control = await Listener.join(a.url, exercise.director, exercise.id);
		const others = await Promise.all([
			Listener.join(a.url, writer, exercise.id),
			Listener.join(b.url, writer, exercise.id),
			Listener.join(b.url, reader, exercise.id)
		]);
		await expect.poll(() => control.connected, { timeout: 6000 }).toBe(3);
		others[2]!.close();
		await expect.poll(() => control.connected, { timeout: 6000 }).toBe(2);
		// a node that ended without a word is not counted for long
		await sql(
			`insert into connected (node, exercise_id, accounts, at) values
			 ('gone', $1, array['x', 'y'], now() - interval '20 seconds'), ('new', $1, array['z'], now())`,
			exercise.id
		);
		await expect.poll(() => control.connected, { timeout: 6000 }).toBe(3);
		for (const one of [control, ...others]) one.close();
	});

	test('an emergency stop on one node is on the screens of the other within 2 s', async () => {
		const player = await Listener.join(a.url, writer, exercise.id);
		const begun = performance.now();
		const answer = await b.services.commands.run(
			{
				exercise: exercise.id,
				name: 'exercise.stop',
				key: `stop-${through}-0000`,
				input: { reason: 'Real incident' }
			},
			{ accountId: reader.id, name: reader.name }
		);
		expect(answer.ok).toBe(true);
		await expect.poll(() => player.pulses.at(-1)?.state, { timeout: 2000, interval: 5 }).toBe('stopped');
		expect(performance.now() - begun).toBeLessThan(2000);
		player.close();
	});
});
