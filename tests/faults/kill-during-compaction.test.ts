import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { Cluster, type ClusterNode } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { Verdict } from '../support/fault-proxy.ts';
import type { Person } from '../support/exercise.ts';

let cluster: Cluster;
let node: ClusterNode;
let team: Team;
let players: Person[];

beforeEach(async () => {
	cluster = await Cluster.start();
	node = cluster.nodes[0]!;
	team = await cluster.exercise.team('GR CSIRT');
	players = await Promise.all(
		Array.from({ length: 7 }, (_, i) =>
			cluster.exercise.member(`Player ${i}`, { role: 'player', teamId: team.id })
		)
	);
});
afterEach(() => cluster.stop());

test.each<[string, Verdict, number]>([
	['before its snapshot reaches PostgreSQL', 'hold', 0],
	['when its snapshot is stored, and it was not told', 'hold-answer', 1]
])('[P3] the node is killed in the middle of a compaction: %s', async (_when, verdict, stored) => {
	const name = cluster.exercise.notes(team.id);
	const peers = players.map((player) => cluster.peer(player, name));
	await cluster.settled();
	node.proxy.rule = (text) => (/insert into "?document_snapshot/i.test(text) ? verdict : 'pass');
	// as many changes as make a room worth merging: a hundred from each, which is a burst that a browser may send
	for (const [p, peer] of peers.entries())
		for (let i = 0; i < 100; i++) peer.write(`p${p}-${i}`, i % 3 ? 0 : undefined);
	await eventually(() => node.proxy.held > 0, 'a compaction to begin', 30_000);
	expect(await cluster.query('select 1 from document_snapshot')).toHaveLength(stored);
	await node.process.kill();
	peers[0]!.write('while it was gone');
	await cluster.startNode(node);
	await cluster.settled();
	for (const peer of peers) peer.write(`after ${peer.person.name}`);
	await cluster.settled();
	// and the next one comes to its end: the checker compares every snapshot and what follows it with the whole log
	for (const [p, peer] of peers.entries()) for (let i = 0; i < 90; i++) peer.write(`q${p}-${i}`);
	await eventually(
		async () => (await cluster.query('select 1 from document_snapshot')).length > stored,
		'a compaction that nobody interrupts',
		30_000
	);
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
});
