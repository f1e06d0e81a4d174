import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { Cluster, type ClusterNode } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { holdCommitOf } from '../support/fault-proxy.ts';
import { toAll, type Person } from '../support/exercise.ts';

let cluster: Cluster;
let node: ClusterNode;
let team: Team;
let anna: Person;
let bert: Person;

beforeEach(async () => {
	cluster = await Cluster.start();
	node = cluster.nodes[0]!;
	team = await cluster.exercise.team('GR CSIRT');
	anna = await cluster.exercise.member('Anna', { role: 'player', teamId: team.id });
	bert = await cluster.exercise.member('Bert', { role: 'player', teamId: team.id });
});
afterEach(() => cluster.stop());

/*
 * The node hands PostgreSQL its COMMIT, PostgreSQL carries it out, and its answer stays in the network: at this moment
 * the change is durable and nobody was told.
 */
const isHeld = () => eventually(() => node.proxy.held > 0, 'the answer to COMMIT to be held');

test('[P3] [R2] a change that was committed and not acknowledged is there once after the browser brings it again', async () => {
	const name = cluster.exercise.notes(team.id);
	const [a, b] = [cluster.peer(anna, name), cluster.peer(bert, name)];
	a.write('before');
	await cluster.settled();

	node.proxy.rule = holdCommitOf(/insert into "?document_update/i);
	a.write('committed');
	await isHeld();
	expect(await cluster.query(`select 1 from document_update where document = $1`, [name])).toHaveLength(2);
	// nobody was told: R2 says first durable, then seen, then "saved"
	expect(a.own.get('committed')).toBe(false);
	expect(b.seenMarks.has('committed')).toBe(false);
	await node.process.kill();
	a.write('while it was gone');
	await cluster.startNode(node);
	await cluster.settled();
	expect(a.own.get('committed')).toBe(true);
	expect(b.seenMarks.has('committed')).toBe(true);
	expect(await cluster.verdict()).toEqual([]);
});

test('[P4] [R12] a release that was committed and not answered is answered, and not done again, when it is sent again', async () => {
	const [inject] = await cluster.exercise.approved({ title: 'One', reference: 'R-1', to: toAll });
	await cluster.exercise.must(cluster.exercise.director, 'exercise.start', {});
	const timeline = cluster.peer(anna, cluster.exercise.timeline(team.id));
	await cluster.settled();

	node.proxy.rule = holdCommitOf(/insert into "?delivery/i);
	const command = { inject: inject!.id };
	const options = { key: 'the-same-key', mark: inject!.id };
	const lost = cluster.send(node, cluster.exercise.director, 'inject.release', command, options);
	await isHeld();
	expect(await cluster.query('select 1 from delivery')).toHaveLength(1);
	expect([...timeline.seenEntries.values()].some((one) => one.entry.body.kind === 'inject')).toBe(false);
	await node.process.kill();
	expect(await lost).toBeNull();

	await cluster.startNode(node);
	const answer = await cluster.send(node, cluster.exercise.director, 'inject.release', command, options);
	expect(answer).toMatchObject({ ok: true, result: { teams: 1 } });
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
});
