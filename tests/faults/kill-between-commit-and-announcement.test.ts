import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { Cluster, type ClusterNode } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { holdCommitOf } from '../support/fault-proxy.ts';
import { toAll, type Person } from '../support/exercise.ts';

let cluster: Cluster;
let dying: ClusterNode;
let living: ClusterNode;
let team: Team;
let anna: Person;
let bert: Person;

beforeEach(async () => {
	cluster = await Cluster.start({ nodes: 2 });
	[dying, living] = cluster.nodes as [ClusterNode, ClusterNode];
	team = await cluster.exercise.team('GR CSIRT');
	anna = await cluster.exercise.member('Anna', { role: 'player', teamId: team.id });
	bert = await cluster.exercise.member('Bert', { role: 'player', teamId: team.id });
});
afterEach(() => cluster.stop());

const isHeld = () => eventually(() => dying.proxy.held > 0, 'the answer to COMMIT to be held');

test('[P4] [R11] a release whose node dies before it rings reaches the readers of the other node', async () => {
	const [inject] = await cluster.exercise.approved({ title: 'One', reference: 'R-1', to: toAll });
	await cluster.exercise.must(cluster.exercise.director, 'exercise.start', {});
	const reader = cluster.peer(bert, cluster.exercise.timeline(team.id), living);
	await cluster.settled();

	dying.proxy.rule = holdCommitOf(/insert into "?delivery/i);
	const lost = cluster.send(dying, cluster.exercise.director, 'inject.release', { inject: inject!.id });
	await isHeld();
	await dying.process.kill();
	expect(await lost).toBeNull();
	// no further act wakes it: nobody writes, and nobody connects
	await reader.until(
		() => [...reader.seenEntries.values()].some((one) => one.entry.body.kind === 'inject'),
		'the inject on the other node',
		10_000
	);
	expect(await cluster.verdict()).toEqual([]);
});

test('[P3] [R11] a page that was changed by a node that dies before it rings is whole on the other node', async () => {
	const name = cluster.exercise.notes(team.id);
	let home = dying;
	const a = cluster.peer(anna, name, () => home.process.url);
	const b = cluster.peer(bert, name, living);
	a.write('before');
	await cluster.settled();
	dying.proxy.rule = holdCommitOf(/insert into "?document_update/i);
	a.write('committed');
	await isHeld();
	home = living;
	await dying.process.kill();
	await cluster.settled();
	expect(b.seenMarks.has('committed')).toBe(true);
	expect(await cluster.verdict()).toEqual([]);
});
