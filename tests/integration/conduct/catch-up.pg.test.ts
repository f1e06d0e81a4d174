import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { spacingOf } from '#lib/exercise/inject/line.ts';
import type { QueueView } from '#server/views/conduct/queue.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startNodes, type TestNode, type TestNodes } from '../../support/nodes.ts';

/*
 * Catching up (DOMAIN 4.3), on two nodes of which either may release: the clock is paused, injects become due, nothing
 * goes; the clock goes on, and they go in order, once, never early, never above the rate.
 */
let all: TestNodes;
let node: TestNode;
let exercise: TestExercise;
let team: Team;
let controller: Person;
beforeAll(async () => {
	all = await startNodes(2);
	[node] = all.nodes as [TestNode];
	exercise = await TestExercise.create(node);
	team = await exercise.team('GR CSIRT');
	controller = await exercise.member('Controller', { role: 'controller' });
	await exercise.approved({ title: 'Before', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(() => all?.close());

const sql = <Row>(text: string, ...values: unknown[]) =>
	node.services.database.pool.query(text, values).then(({ rows }) => rows as Row[]);

const startsAt = Date.UTC(2026, 5, 10, 7);
const minute = 60_000;

/** Injects that are due one after the other, a minute of exercise time apart, from so many minutes after STARTEX. */
async function due(count: number, from: number): Promise<InjectId[]> {
	const made = await exercise.approved(
		...Array.from({ length: count }, (_, i) => ({
			title: `Due ${from + i}`,
			reference: `D-${from + i}`,
			to: toAll,
			schedule: { mode: 'at' as const, at: startsAt + (from + i) * minute }
		}))
	);
	return made.map((one) => one.id);
}

async function released(ids: readonly InjectId[]) {
	const rows = await sql<{
		id: string;
		due_at: string;
		state: string;
		wall: string | null;
		at: string | null;
	}>(
		`select id, due_at, state, extract(epoch from released_wall) * 1000 as wall, released_at as at
		from inject where id = any($1) order by due_at`,
		ids
	);
	return rows.map((row) => ({
		id: row.id,
		state: row.state,
		dueAt: Number(row.due_at),
		wall: row.wall === null ? null : Number(row.wall),
		at: row.at === null ? null : Number(row.at)
	}));
}
const countOf = async (ids: readonly InjectId[], state: string) =>
	(await released(ids)).filter((one) => one.state === state).length;

async function queue(): Promise<QueueView> {
	const { exercise: of, actor } = await node.services.exercises.open(exercise.id, controller);
	return node.services.views.conduct.queue(node.services.database, of, actor);
}

test('[P4] [P5] fifty that became due in a pause go in order, once, none early, never above the rate', async () => {
	const ids = await due(50, 60);
	await exercise.must(controller, 'catchUp.setRate', { perMinute: 300 });
	await exercise.must(controller, 'clock.pause', {});
	await exercise.must(controller, 'clock.jump', { to: startsAt + 115 * minute, reason: 'lunch' });
	await wait(2500);
	expect(await countOf(ids, 'ready')).toBe(50);
	expect((await queue()).progress).toMatchObject({ waiting: 50, done: 0, nextAt: null });

	await exercise.must(controller, 'clock.resume', {});
	const [row] = await sql<{ clock: { wallStart: number }[] }>(
		'select clock from exercise where id = $1',
		exercise.id
	);
	const resumedAt = row!.clock.at(-1)!.wallStart;
	await eventually(async () => (await countOf(ids, 'released')) >= 10, 'the first ten');
	const midway = (await queue()).progress!;
	expect(midway.waiting + midway.done).toBe(50);
	expect(midway.endsAt! - Date.now()).toBeLessThan(50 * spacingOf(300) + 1000);
	await eventually(async () => (await countOf(ids, 'released')) === 50, 'all fifty', 60_000);

	const rows = await released(ids);
	for (const [i, one] of rows.entries()) {
		expect(one.at).toBeGreaterThanOrEqual(one.dueAt);
		expect(one.wall).toBeGreaterThanOrEqual(resumedAt);
		const before = rows[i - 1];
		if (before) expect(one.wall! - before.wall!).toBeGreaterThanOrEqual(spacingOf(300));
	}
	const [{ deliveries } = { deliveries: '' }] = await sql<{ deliveries: string }>(
		'select count(*) as deliveries from delivery where inject_id = any($1) and team_id = $2',
		ids,
		team.id
	);
	expect(Number(deliveries)).toBe(50);
	const facts = await sql<{ inject: string }>(
		`select fact ->> 'inject' as inject from fact
		where exercise_id = $1 and kind = 'inject-released' and fact ? 'paced' order by sequence`,
		exercise.id
	);
	expect(facts.map((one) => one.inject)).toEqual(rows.map((one) => one.id));
	expect((await queue()).progress).toMatchObject({ waiting: 0, done: 50 });
}, 120_000);

test('[P5] the line can be held and goes on; what is due at its own time does not wait for it', async () => {
	const ids = await due(8, 130);
	await exercise.must(controller, 'catchUp.setRate', { perMinute: 120 });
	// a jump passes over them while the clock runs: they wait in line as well
	await exercise.must(controller, 'clock.jump', { to: startsAt + 140 * minute, reason: 'night' });
	await eventually(async () => (await countOf(ids, 'released')) >= 2, 'the first two');
	await exercise.must(controller, 'catchUp.hold', {});
	const before = await countOf(ids, 'released');
	const [row] = await sql<{ clock: { wallStart: number; exerciseStart: number }[] }>(
		'select clock from exercise where id = $1',
		exercise.id
	);
	const { wallStart, exerciseStart } = row!.clock.at(-1)!;
	const [own] = await exercise.approved({
		title: 'At its own time',
		to: toAll,
		schedule: { mode: 'at', at: exerciseStart + (Date.now() - wallStart) + 800 }
	});
	await eventually(async () => (await countOf([own!.id], 'released')) === 1, 'the one behind the line');
	await wait(1500);
	expect(await countOf(ids, 'released')).toBe(before);
	expect(await queue()).toMatchObject({ held: true, progress: { waiting: 8 - before, nextAt: null } });

	await exercise.must(controller, 'catchUp.resume', {});
	await eventually(async () => (await countOf(ids, 'released')) === 8, 'the rest', 30_000);
	expect((await released(ids)).map((one) => one.state)).not.toContain('held');
}, 60_000);

test('[P5] a pause longer than a minute does not make anything late', async () => {
	const ids = await due(2, 200);
	await exercise.must(controller, 'clock.pause', {});
	await exercise.must(controller, 'clock.jump', { to: startsAt + 205 * minute, reason: 'night' });
	// the pause began two hours ago, by the database's rows: nobody waits two hours for a test
	await sql(
		`update exercise set clock = (
			select jsonb_agg(jsonb_set(s, '{wallStart}', to_jsonb((s ->> 'wallStart')::bigint - 7200000)) order by n)
			from jsonb_array_elements(clock) with ordinality as t(s, n)), paced_at = paced_at - interval '2 hours'
		where id = $1`,
		exercise.id
	);
	await exercise.must(controller, 'clock.resume', {});
	await eventually(async () => (await countOf(ids, 'released')) === 2, 'both', 10_000);
}, 30_000);
