import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { Cluster, type ClusterNode } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { toAll, type Person } from '../support/exercise.ts';

let cluster: Cluster;
let team: Team;
let player: Person;

async function prepare(nodes: number): Promise<ClusterNode[]> {
	cluster = await Cluster.start({ nodes });
	team = await cluster.exercise.team('GR CSIRT');
	player = await cluster.exercise.member('Player', { role: 'player', teamId: team.id });
	return cluster.nodes;
}
let paused: ClusterNode[] = [];
beforeEach(() => (paused = []));
afterEach(async () => {
	for (const node of paused) await node.process.signal('SIGCONT');
	await cluster.stop();
});
const pause = async (node: ClusterNode) => {
	paused.push(node);
	await node.process.signal('SIGSTOP');
};
const stateOf = async (id: string) =>
	(await cluster.query<{ state: string }>('select state from inject where id = $1', [id]))[0]!.state;

test('[P4] [P5] one of two nodes stands still when an inject is due: the other releases it in time, and once', async () => {
	const [first, second] = (await prepare(2)) as [ClusterNode, ClusterNode];
	const [inject] = await cluster.exercise.approved({
		title: 'Due',
		reference: 'D-1',
		to: toAll,
		schedule: { mode: 'offset', seconds: 3 }
	});
	const name = cluster.exercise.timeline(team.id);
	const here = cluster.peer(player, name, first);
	const there = cluster.peer(player, name, second);
	await cluster.settled();
	await cluster.exercise.must(cluster.exercise.director, 'exercise.start', {});
	await pause(first);
	const sees = (peer: typeof here) => () =>
		[...peer.seenEntries.values()].some((one) => one.entry.body.kind === 'inject');
	await there.until(sees(there), 'the inject on the node that lives');
	const [late] = await cluster.query<{ ms: string }>(
		`select extract(epoch from released_wall) * 1000 - ((clock -> 0 ->> 'wallStart')::bigint + due_at - starts_at) as ms
		 from inject join exercise on exercise.id = exercise_id where inject.id = $1`,
		[inject!.id]
	);
	expect(Number(late!.ms)).toBeLessThan(2000);
	await first.process.signal('SIGCONT');
	await here.until(sees(here), 'the inject on the node that stood still');
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
});

test('[P5] the only node stands still for more than a minute: what was due meanwhile waits for a controller', async () => {
	const [node] = (await prepare(1)) as [ClusterNode];
	const [inject, later] = await cluster.exercise.approved(
		{ title: 'Due', reference: 'D-1', to: toAll, schedule: { mode: 'offset', seconds: 5 } },
		{ title: 'Later', reference: 'D-2', to: toAll, schedule: { mode: 'offset', seconds: 72 } }
	);
	const reader = cluster.peer(player, cluster.exercise.timeline(team.id));
	await cluster.settled();
	await cluster.exercise.must(cluster.exercise.director, 'exercise.start', {});
	await pause(node);
	// the 68 seconds are not waited for: everything that the clock says happened 68 seconds earlier
	await cluster.query(
		`update exercise set clock = jsonb_set(clock, '{0,wallStart}', to_jsonb((clock -> 0 ->> 'wallStart')::bigint - 68000))`
	);
	await node.process.signal('SIGCONT');
	await eventually(async () => (await stateOf(inject!.id)) === 'held', 'the inject to be held');
	expect(reader.seenEntries.size).toBeLessThan(3);
	// the next one, in time, is released all the same
	await eventually(async () => (await stateOf(later!.id)) === 'released', 'the next inject', 15_000);
	const released = await cluster.send(node, cluster.exercise.director, 'inject.release', {
		inject: inject!.id
	});
	expect(released?.ok).toBe(true);
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
});
