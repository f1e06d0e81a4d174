import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { chance } from '../support/chance.ts';
import { Cluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { toAll, type Person } from '../support/exercise.ts';

const burst = 40;
let cluster: Cluster;
let teams: Team[];
let players: Person[];

beforeEach(async () => {
	cluster = await Cluster.start({ nodes: 2 });
	teams = [await cluster.exercise.team('GR CSIRT'), await cluster.exercise.team('IT CSIRT', 'IT')];
	players = await Promise.all(
		teams.map((team) => cluster.exercise.member(`Player ${team.name}`, { role: 'player', teamId: team.id }))
	);
});
afterEach(() => cluster.stop());

const released = async () =>
	(await cluster.query<{ n: number }>(`select count(*)::int as n from inject where state = 'released'`))[0]!
		.n;

test('[P3] [P4] [P5] both nodes are killed in turn while injects are released by schedule and by hand', async () => {
	const { below } = chance();
	const scheduled = await cluster.exercise.approved(
		...Array.from({ length: burst }, (_, i) => ({
			title: `Scheduled ${i}`,
			reference: `S-${i}`,
			to: toAll,
			schedule: { mode: 'offset' as const, seconds: 2 }
		}))
	);
	const byHand = await cluster.exercise.approved(
		...Array.from({ length: 12 }, (_, i) => ({ title: `By hand ${i}`, reference: `H-${i}`, to: toAll }))
	);
	const [first, second] = cluster.nodes as [(typeof cluster.nodes)[0], (typeof cluster.nodes)[0]];
	// a browser whose node is gone finds the other one
	let turn = 0;
	const anywhere = () => cluster.nodes[turn++ % 2]!.process.url;
	for (const [i, player] of players.entries())
		for (const at of [first, second, anywhere])
			cluster.peer(player, cluster.exercise.timeline(teams[i]!.id), at);
	await cluster.settled();
	await cluster.exercise.must(cluster.exercise.director, 'exercise.start', {});

	const pressed = byHand.map(async ({ id }, i) => {
		await eventually(async () => (await released()) > i, 'the burst to begin', 60_000);
		// pressed again, with the same key, until somebody answers
		const key = `by-hand-key-${i}`;
		await eventually(
			async () => {
				const node = cluster.nodes[(i + turn++) % 2]!;
				const act = { inject: id };
				const answer = await cluster.send(node, cluster.exercise.director, 'inject.release', act, { key });
				return answer?.ok === true;
			},
			'an answer',
			60_000
		);
		cluster.acts.push({ mark: id, ok: true });
	});
	for (const victim of [first, second]) {
		const after = (await released()) + 1 + below(10);
		await eventually(async () => (await released()) >= Math.min(after, burst), 'the burst', 30_000);
		await victim.process.kill();
		console.log(`killed ${victim === first ? 'the first' : 'the second'} node after ${await released()}`);
		await cluster.startNode(victim);
	}
	await Promise.all(pressed);
	await eventually(async () => (await released()) === burst + byHand.length, 'all to be released', 30_000);
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
	expect(
		await cluster.query(`select id from inject where state = 'released' and id = any($1)`, [
			scheduled.map((one) => one.id)
		])
	).toHaveLength(burst);
});
