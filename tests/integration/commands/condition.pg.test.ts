import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import type { DeliveryId, InjectId } from '#lib/exercise/ids.ts';
import type { Clause, Inject } from '#lib/exercise/inject/schema.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { eachBatch, openRecord } from '#server/exchange/record/read.ts';
import type { BoardAnswer } from '#server/views/board.ts';
import { eventually } from '../../support/eventually.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { RawClient } from '../../support/raw-client.ts';
import { startNodes, type TestNode, type TestNodes } from '../../support/nodes.ts';

/** Injects that come to each team when a condition holds for that team, on two nodes that both look for what is due. */

let cluster: TestNodes;
let server: TestNode;
let exercise: TestExercise;
let greek: Team;
let italian: Team;
let greekPlayer: Person;
let italianPlayer: Person;

beforeAll(async () => {
	cluster = await startNodes(2);
	server = cluster.nodes[0]!;
	exercise = await TestExercise.create(server);
	greek = await exercise.team('GR CSIRT');
	italian = await exercise.team('IT CSIRT', 'IT');
	greekPlayer = await exercise.member('Greek', { role: 'player', teamId: greek.id });
	italianPlayer = await exercise.member('Italian', { role: 'player', teamId: italian.id });
	await exercise.approved({ title: 'First', reference: 'X-1', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(() => cluster.close());

const stopSchedules = () => Promise.all(cluster.nodes.map((node) => node.services.schedule.stop()));
const startSchedules = () => cluster.nodes.forEach((node) => node.services.schedule.start());

const query = async <T extends object>(sql: string, values: unknown[] = []) =>
	(await server.services.database.pool.query(sql, values)).rows as T[];
const clause = (inject: string, values: Partial<Clause> = {}): Clause => ({
	inject: inject as InjectId,
	act: 'acknowledged',
	action: null,
	not: false,
	withinSeconds: null,
	...values
});
const when = (...clauses: Clause[]) => ({
	mode: 'condition' as const,
	when: { match: 'all' as const, clauses },
	seconds: 0
});
const deliveries = async (inject: Inject) =>
	(
		await query<{ team_id: string }>(
			'select team_id from delivery where inject_id = $1 order by released_at, team_id',
			[inject.id]
		)
	).map((row) => row.team_id);
const deliveryAt = async (inject: Inject, team: Team) =>
	(
		await query<{ id: DeliveryId }>('select id from delivery where inject_id = $1 and team_id = $2', [
			inject.id,
			team.id
		])
	)[0]!.id;
const rowOf = async (inject: Inject) =>
	(
		await query<{ state: string; released_at: string | null; due_at: string | null }>(
			'select state, released_at, due_at from inject where id = $1',
			[inject.id]
		)
	)[0]!;
const dues = async (inject: Inject) =>
	query<{ team_id: string; due_at: string }>(
		'select team_id, due_at from team_due where inject_id = $1 order by due_at',
		[inject.id]
	);
const acknowledge = async (player: Person, inject: Inject, team: Team) =>
	exercise.must(player, 'delivery.acknowledge', { delivery: await deliveryAt(inject, team) });
/** Exercise time runs with the wall's; so much more of it has passed since STARTEX. */
const letPass = (ms: number) =>
	query(
		`update exercise set clock = jsonb_set(clock, array[(jsonb_array_length(clock) - 1)::text, 'exerciseStart'],
			to_jsonb((clock -> -1 ->> 'exerciseStart')::bigint + $2::bigint)) where id = $1`,
		[exercise.id, ms]
	);

async function pair(
	values: Partial<Omit<Inject, 'id'>> = {},
	of: (first: string) => Clause[] = (id) => [clause(id)]
) {
	const [first] = await exercise.approved({
		title: 'Asked',
		reference: 'Q',
		to: toAll,
		acknowledgementRequired: true
	});
	const [second] = await exercise.approved({
		title: 'Follows',
		reference: 'F',
		to: toAll,
		schedule: when(...of(first!.id)),
		...values
	});
	return [first!, second!] as const;
}

test('[P4] two teams go at their own pace, each gets it once, and it is out when both have it', async () => {
	const [first, second] = await pair();
	const [after] = await exercise.approved({
		title: 'After the first',
		to: toAll,
		schedule: { mode: 'after', inject: second.id, seconds: 86_400 }
	});
	await exercise.must(exercise.director, 'inject.release', { inject: first.id });
	expect(await dues(second)).toEqual([]);
	await acknowledge(greekPlayer, first, greek);
	await eventually(async () => (await deliveries(second)).length === 1, 'the Greek delivery');
	expect(await deliveries(second)).toEqual([greek.id]);
	const between = await rowOf(second);
	expect(between).toMatchObject({ state: 'ready' });
	const due = Number(between.released_at) + 86_400_000;
	expect(Number((await rowOf(after!)).due_at)).toBe(due);
	await acknowledge(italianPlayer, first, italian);
	await eventually(async () => (await rowOf(second)).state === 'released', 'the whole release');
	expect(await deliveries(second)).toEqual([greek.id, italian.id]);
	expect(await rowOf(second)).toMatchObject({ released_at: between.released_at });
	// what follows it counts from its first release
	expect(Number((await rowOf(after!)).due_at)).toBe(due);
	expect(await dues(second)).toEqual([]);
	expect(await exercise.send(exercise.director, 'inject.release', { inject: second.id })).toMatchObject({
		ok: false,
		error: { code: 'stale' }
	});
});

test('[P5] `not within` comes to the team that let the limit pass, not before, and not to the one in time', async () => {
	const [first, second] = await pair({}, (id) => [clause(id, { not: true, withinSeconds: 1800 })]);
	await exercise.must(exercise.director, 'inject.release', { inject: first.id });
	expect((await dues(second)).map((row) => Number(row.due_at))).toEqual([
		Number((await rowOf(first)).released_at) + 1_800_000,
		Number((await rowOf(first)).released_at) + 1_800_000
	]);
	await acknowledge(greekPlayer, first, greek);
	expect((await dues(second)).map((row) => row.team_id)).toEqual([italian.id]);
	server.services.schedule.look();
	expect(await deliveries(second)).toEqual([]);
	await letPass(1_790_000);
	await exercise.must(exercise.director, 'clock.jump', {
		to: Number((await rowOf(first)).released_at) + 1_800_500,
		reason: 'Half an hour later'
	});
	await eventually(async () => (await deliveries(second)).length === 1, 'the Italian delivery');
	expect(await deliveries(second)).toEqual([italian.id]);
	// the Greek team will never get it by itself: a controller may end it, or release it to the remaining team
	expect((await rowOf(second)).state).toBe('ready');
	expect(await exercise.must(exercise.director, 'inject.release', { inject: second.id })).toEqual({
		teams: 1
	});
	expect((await rowOf(second)).state).toBe('released');
});

test('[P4] [R10] two services and a controller at one moment: each team has it once', async () => {
	const pairs = [];
	for (let i = 0; i < 6; i++) pairs.push(await pair());
	await stopSchedules();
	for (const [first] of pairs) {
		await exercise.must(exercise.director, 'inject.release', { inject: first.id });
		await acknowledge(greekPlayer, first, greek);
		await acknowledge(italianPlayer, first, italian);
	}
	const another = cluster.nodes[1]!.services.commands;
	await Promise.all(
		pairs.flatMap(([, second]) => [
			server.services.commands.releaseDue(exercise.id, second.id),
			another.releaseDue(exercise.id, second.id),
			exercise.send(exercise.director, 'inject.release', {
				inject: second.id,
				to: { ...toAll, all: false, teams: [greek.id] }
			}),
			another.releaseDue(exercise.id, second.id)
		])
	);
	startSchedules();
	for (const [, second] of pairs) {
		await eventually(async () => (await rowOf(second)).state === 'released', 'the release');
		expect([...(await deliveries(second))].sort()).toEqual([greek.id, italian.id].sort());
		const facts = await query<{ n: string }>(
			`select fact -> 'deliveries' as n from fact where kind = 'inject-released' and fact ->> 'inject' = $1`,
			[second.id]
		);
		expect(facts.flatMap((row) => row.n as unknown as object[])).toHaveLength(2);
	}
});

test('while the clock is paused nothing comes; an answer counts, and it comes when the clock runs', async () => {
	const [first, second] = await pair();
	await exercise.must(exercise.director, 'inject.release', { inject: first.id });
	await exercise.must(exercise.director, 'clock.pause', {});
	await acknowledge(greekPlayer, first, greek);
	expect(await dues(second)).toHaveLength(1);
	expect(await server.services.commands.releaseDue(exercise.id, second.id)).toBe('nothing');
	expect(await deliveries(second)).toEqual([]);
	await exercise.must(exercise.director, 'clock.resume', {});
	await eventually(async () => (await deliveries(second)).length === 1, 'the delivery');
});

test('held and skipped ones stay; let go on, what came due meanwhile comes at once', async () => {
	const [first, second] = await pair();
	await exercise.must(exercise.director, 'inject.release', { inject: first.id });
	await exercise.must(exercise.director, 'inject.hold', { inject: second.id });
	await acknowledge(greekPlayer, first, greek);
	await letPass(600_000);
	expect(await server.services.commands.releaseDue(exercise.id, second.id)).toBe('nothing');
	expect(await deliveries(second)).toEqual([]);
	await exercise.must(exercise.director, 'inject.liftHold', { inject: second.id });
	await eventually(async () => (await deliveries(second)).length === 1, 'the delivery');
	await exercise.must(exercise.director, 'inject.skip', { inject: second.id, reason: 'Enough' });
	await acknowledge(italianPlayer, first, italian);
	expect(await server.services.commands.releaseDue(exercise.id, second.id)).toBe('nothing');
	expect(await deliveries(second)).toEqual([greek.id]);
});

test('[P5] more than a minute late at one team: the whole inject waits for a controller', async () => {
	const [first, second] = await pair();
	await exercise.must(exercise.director, 'inject.release', { inject: first.id });
	await stopSchedules();
	await acknowledge(greekPlayer, first, greek);
	// no server was there for seventy seconds: the same clock and line, begun so much earlier
	await query(
		`update exercise set paced_at = paced_at - interval '70 seconds', clock = (
			select jsonb_agg(jsonb_set(one, '{wallStart}', to_jsonb((one ->> 'wallStart')::bigint - 70000)))
			from jsonb_array_elements(clock) one) where id = $1`,
		[exercise.id]
	);
	startSchedules();
	await eventually(async () => (await rowOf(second)).state === 'held', 'the hold');
	expect(await deliveries(second)).toEqual([]);
	// another act of the team does not make it due anew
	await exercise.must(greekPlayer, 'delivery.respond', {
		delivery: await deliveryAt(first, greek),
		text: 'Done'
	});
	await exercise.must(exercise.director, 'inject.liftHold', { inject: second.id });
	await eventually(async () => (await deliveries(second)).length === 1, 'the delivery');
	await acknowledge(italianPlayer, first, italian);
	await eventually(async () => (await rowOf(second)).state === 'released', 'the other delivery');
});

test('approval during play judges all teams: what held for long waits, and what one team has is not rewritten', async () => {
	const [first, second] = await pair();
	await exercise.must(exercise.director, 'inject.release', { inject: first.id });
	await acknowledge(greekPlayer, first, greek);
	const [later] = await exercise.approved({
		title: 'Approved at once',
		to: toAll,
		schedule: { ...when(clause(first.id)), seconds: 3600 }
	});
	expect((await dues(later!)).map((row) => row.team_id)).toEqual([greek.id]);
	await eventually(async () => (await deliveries(second)).length === 1, 'the delivery');
	const again = await exercise.send(exercise.director, 'inject.submit', {
		cell: 'central',
		injects: [{ inject: second.id, fingerprint: '0'.repeat(64) }]
	});
	expect(again).toMatchObject({ ok: false, error: { code: 'not-now' } });
});

test('[P1] an action that is marked sets off an inject; no byte of it reaches a player', async () => {
	const canary = 'KANARIE9924';
	const clients = await Promise.all(
		[exercise.timeline(greek.id), exercise.timeline('everyone')].map((name) =>
			RawClient.synced({ url: server.url, name, cookie: greekPlayer.cookie })
		)
	);
	const evaluator = await exercise.member('Evaluator', { role: 'evaluator', teamId: greek.id });
	const moderator = await exercise.member('Moderator', { role: 'moderator', country: 'IT' });
	const [first] = await exercise.approved({
		title: 'Odd logins',
		reference: `${canary}-q`,
		to: toAll,
		expectedActions: [
			{ id: `${canary}-1`, text: `${canary} isolates`, withinSeconds: 60, critical: true },
			{ id: `${canary}-2`, text: `${canary} calls`, withinSeconds: null, critical: false }
		]
	});
	const [second] = await exercise.approved({
		title: 'The attacker is gone',
		reference: `${canary}-f`,
		to: toAll,
		schedule: when(clause(first!.id, { act: 'did', action: `${canary}-1` }))
	});
	const mark = { inject: first!.id, team: greek.id, action: `${canary}-1` };
	// it has not come to the team: nobody but exercise control knows that it exists
	for (const person of [evaluator, moderator, greekPlayer])
		expect(await exercise.send(person, 'inject.markAction', mark)).toMatchObject({
			ok: false,
			error: { code: 'not-found' }
		});
	expect(await exercise.send(exercise.director, 'inject.markAction', mark)).toMatchObject({
		ok: false,
		error: { code: 'not-now' }
	});
	await exercise.must(exercise.director, 'inject.release', { inject: first!.id });
	for (const person of [moderator, greekPlayer, italianPlayer])
		expect(await exercise.send(person, 'inject.markAction', mark)).toMatchObject({
			ok: false,
			error: { code: 'not-found' }
		});
	// what was met in part, or not, sets off nothing, and may still become better
	const seen = () =>
		query<{ seen: string; by_name: string }>(
			'select seen, by_name from action_mark where inject_id = $1 and team_id = $2',
			[first!.id, greek.id]
		);
	for (const answer of ['no', 'partly'] as const) {
		await exercise.must(evaluator, 'inject.markAction', { ...mark, seen: answer });
		expect(await seen()).toEqual([{ seen: answer, by_name: 'Evaluator' }]);
		expect(await dues(second!)).toEqual([]);
	}
	await exercise.must(evaluator, 'inject.markAction', mark);
	expect(await seen()).toEqual([{ seen: 'yes', by_name: 'Evaluator' }]);
	expect(await exercise.send(exercise.director, 'inject.markAction', mark)).toMatchObject({
		ok: false,
		error: { code: 'stale' }
	});
	await clients[0]!.until(() => clients[0]!.bytes().includes('The attacker is gone'), 'the inject');
	expect(await deliveries(second!)).toEqual([greek.id]);
	for (const client of clients) {
		expect(client.bytes().includes(canary)).toBe(false);
		expect(client.bytes().includes(second!.id)).toBe(false);
		client.close();
	}
	const control = timelineEntries(await server.services.documents.read(exercise.timeline('control')));
	expect([...control.values()].map((entry) => entry.body)).toContainEqual({
		kind: 'action-marked',
		inject: first!.id,
		reference: `${canary}-q`,
		title: 'Odd logins',
		text: `${canary} isolates`,
		team: { id: greek.id, name: greek.name }
	});
	// neither does the record, which the file exports read too
	const opened = await server.services.exercises.open(exercise.id, greekPlayer);
	const record = await openRecord(server.services.database, opened.exercise, opened.actor);
	for await (const batch of eachBatch(record, { filters: noFilters })) {
		expect(JSON.stringify(batch)).not.toContain(canary);
		for (const one of batch) expect(JSON.stringify(one)).not.toContain('action-marked');
	}
});

test('what the console shows: what it waits for, each team’s own time, and when it comes as things stand', async () => {
	const moderator = await exercise.member('Greek moderator', { role: 'moderator', country: 'GR' });
	const [first, second] = await pair({ acknowledgeWithin: 600 });
	expect(second.schedule).toMatchObject({ mode: 'condition' });
	await exercise.must(exercise.director, 'inject.release', { inject: first.id });
	const cell = async (person: Person, team: Team) => {
		const opened = await server.services.exercises.open(exercise.id, person);
		const { views, database } = server.services;
		return views.injects.cellDetail(database, opened.exercise, opened.actor, second.id, team.id);
	};
	expect(await cell(exercise.director, greek)).toEqual({
		releasedWall: null,
		dueAt: null,
		actions: [],
		steps: []
	});
	await stopSchedules();
	await acknowledge(greekPlayer, first, greek);
	expect((await cell(moderator, greek)).dueAt).toBe(Number((await dues(second))[0]!.due_at));
	// not the moderator's country
	await expect(cell(moderator, italian)).rejects.toMatchObject({ code: 'not-found' });
	startSchedules();
	await eventually(async () => (await deliveries(second)).length === 1, 'the delivery');
	const { exercise: found, actor } = await server.services.exercises.open(exercise.id, exercise.director);
	const { views, database } = server.services;
	const board = JSON.parse(await views.board.boardJson(database, found, actor, null)) as BoardAnswer;
	expect(board.injects.find(({ id }) => id === second.id)).toMatchObject({
		state: 'ready',
		schedule: 'condition',
		waits: { seconds: 0 },
		to: 'all'
	});
	const detail = await views.injects.injectDetail(database, found, actor, second.id);
	expect(detail).toMatchObject({ state: 'ready', teams: [greek.id, italian.id] });
});

test('[P4] teams answer while what waits for them is released, held and approved: nobody waits in a circle', async () => {
	const deadlocks = async () =>
		Number(
			(
				await query<{ n: string }>(
					'select deadlocks as n from pg_stat_database where datname = current_database()'
				)
			)[0]!.n
		);
	const before = await deadlocks();
	const pairs = [];
	for (let i = 0; i < 10; i++) pairs.push(await pair());
	for (const [first] of pairs) await exercise.must(exercise.director, 'inject.release', { inject: first.id });
	const ids = await Promise.all(
		pairs.map(async ([first]) => [await deliveryAt(first, greek), await deliveryAt(first, italian)] as const)
	);
	const answers = await Promise.all(
		pairs.flatMap(([, second], i) => [
			exercise.send(greekPlayer, 'delivery.acknowledge', { delivery: ids[i]![0] }),
			exercise.send(exercise.director, 'inject.hold', { inject: second.id }),
			exercise.send(italianPlayer, 'delivery.respond', { delivery: ids[i]![1], text: 'Done' }),
			exercise.send(exercise.director, 'inject.release', { inject: second.id })
		])
	);
	const codes = answers.flatMap((answer) => (answer.ok ? [] : [answer.error.code]));
	// a hold may come after the release, or a release by hand after the schedule's; nothing fails by itself
	expect(codes.filter((code) => code !== 'stale')).toEqual([]);
	for (const [, second] of pairs) {
		const state = await rowOf(second);
		expect(['released', 'held', 'ready']).toContain(state.state);
		expect(new Set(await deliveries(second)).size).toBe((await deliveries(second)).length);
	}
	expect((await deadlocks()) - before).toBe(0);
});

test('[R13] the audit chain is whole', async () => {
	expect((await verifyAudit(server.services.database, exercise.id)).broken).toBeNull();
});
