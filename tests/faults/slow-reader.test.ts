import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { Cluster, type ClusterNode } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import type { Person } from '../support/exercise.ts';

const token = 'only-for-this-test';
let cluster: Cluster;
let node: ClusterNode;
let line: FaultProxy;
let team: Team;
let players: Person[];

beforeEach(async () => {
	cluster = await Cluster.start({ environment: { METRICS_TOKEN: token } });
	node = cluster.nodes[0]!;
	line = await FaultProxy.start(node.port);
	team = await cluster.exercise.team('GR CSIRT');
	players = await Promise.all(
		['Slow', 'Anna', 'Bert'].map((name) => cluster.exercise.member(name, { role: 'player', teamId: team.id }))
	);
});
afterEach(async () => {
	await line.stop();
	await cluster.stop();
});

/** Resident memory of the node, bytes. */
const memory = () =>
	Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${node.process.child.pid}/status`, 'utf8'))![1]) * 1024;

/** Open document sockets, as the node itself counts them. */
async function sockets(): Promise<number> {
	const answer = await fetch(`${node.process.url}/metrics`, {
		headers: { authorization: `Bearer ${token}` }
	});
	return Number(/^muster_document_sockets (\d+)/m.exec(await answer.text())![1]);
}

test('[P9] [R9] a reader stops reading: it is let go and told to come back, memory stays bounded, others notice nothing', async () => {
	const name = cluster.exercise.notes(team.id);
	const slow = cluster.peer(players[0]!, name, () => `http://127.0.0.1:${line.port}`);
	const writer = cluster.peer(players[1]!, name);
	const reader = cluster.peer(players[2]!, name);
	slow.write('before');
	await cluster.settled();
	expect(await sockets()).toBe(3);

	// a window that shows nothing any more, on a line that nobody closed
	line.stall({ toClient: true });
	const before = memory();
	let slowest = 0;
	const megabyte = 'x'.repeat(600_000);
	for (let i = 0; i < 24; i++) {
		const mark = `${i} ${megabyte}`;
		const begun = performance.now();
		writer.write(mark);
		await reader.until(() => reader.seenMarks.has(mark), `change ${i} at the reader who reads`, 5000);
		slowest = Math.max(slowest, performance.now() - begun);
	}
	const grown = memory() - before;
	console.log(`slowest change ${Math.round(slowest)} ms, the node grew by ${Math.round(grown / 2 ** 20)} MB`);
	expect(slowest).toBeLessThan(2000);
	expect(reader.closes).toEqual([]);
	// 14 MB were written; several copies of them would be more than this
	expect(grown).toBeLessThan(300 * 2 ** 20);
	await eventually(async () => (await sockets()) === 2, 'the node to let the slow reader go', 20_000);
	// it did not notice yet: its line is silent
	expect(slow.closes).toEqual([]);

	line.flow();
	await slow.until(() => slow.connections > 1 && slow.synced, 'the slow reader to be back');
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
});
