import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { Cluster } from '../support/cluster.ts';
import { toAll, type Person } from '../support/exercise.ts';

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

/** Each team reads its timeline on both nodes. */
function readers() {
	for (const node of cluster.nodes)
		for (const [i, player] of players.entries())
			cluster.peer(player, cluster.exercise.timeline(teams[i]!.id), node);
	return cluster.settled();
}

test('[P4] [P5] [R10] what is due is released by one of two nodes, once, and every reader of both has it in time', async () => {
	const injects = await cluster.exercise.approved(
		...Array.from({ length: 12 }, (_, i) => ({
			title: `Inject ${i}`,
			reference: `R-${i}`,
			to: toAll,
			schedule: { mode: 'offset' as const, seconds: 2 + Math.floor(i / 4) }
		}))
	);
	await readers();
	await cluster.exercise.must(cluster.exercise.director, 'exercise.start', {});
	for (const peer of cluster.peers)
		await peer.until(
			() => [...peer.seenEntries.values()].filter((one) => one.entry.body.kind === 'inject').length === 12,
			'all injects'
		);
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
	const late = await cluster.query<{ ms: number }>(
		`select extract(epoch from released_wall) * 1000 - ((clock -> 0 ->> 'wallStart')::bigint + due_at - starts_at) as ms
		 from inject join exercise on exercise.id = exercise_id where inject.id = any($1)`,
		[injects.map((one) => one.id)]
	);
	expect(late).toHaveLength(12);
	for (const { ms } of late) expect(Number(ms)).toBeLessThan(2000);
});

test('[P4] [R10] two controllers press the button on two nodes in one moment: one of them releases', async () => {
	const injects = await cluster.exercise.approved(
		...Array.from({ length: 8 }, (_, i) => ({ title: `Inject ${i}`, reference: `R-${i}`, to: toAll }))
	);
	await cluster.exercise.must(cluster.exercise.director, 'exercise.start', {});
	await readers();
	const second = await cluster.exercise.member('Controller', { role: 'controller' });
	for (const { id } of injects) {
		const answers = await Promise.all([
			cluster.send(cluster.nodes[0]!, cluster.exercise.director, 'inject.release', { inject: id }),
			cluster.send(cluster.nodes[1]!, second, 'inject.release', { inject: id })
		]);
		expect(answers.filter((answer) => answer?.ok)).toHaveLength(1);
		expect(answers.flatMap((answer) => (answer && !answer.ok ? [answer.error.code] : []))).toEqual(['stale']);
		cluster.acts.push({ mark: id, ok: true });
	}
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
});
