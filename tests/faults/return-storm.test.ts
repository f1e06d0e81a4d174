import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { Cluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { toAll, type Person } from '../support/exercise.ts';

const people = 100;
const windows = 5;
let cluster: Cluster;
let teams: Team[];
let players: { person: Person; team: Team }[];

beforeEach(async () => {
	cluster = await Cluster.start();
	const { exercise } = cluster;
	teams = [];
	for (const i of Array.from({ length: 10 }).keys()) teams.push(await exercise.team(`Team ${i}`));
	players = [];
	for (let i = 0; i < people; i++) {
		const team = teams[i % teams.length]!;
		const person = await exercise.member(`Player ${i}`, { role: 'player', teamId: team.id });
		players.push({ person, team });
	}
});
afterEach(() => cluster.stop());

test('[P3] [R5] 500 sockets lose their node in one moment and come back at once: all are served within 15 s, nothing is lost', async () => {
	const { exercise } = cluster;
	const node = cluster.nodes[0]!;
	const [inject] = await exercise.approved({ title: 'One', reference: 'R-1', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
	for (const { person, team } of players) {
		cluster.peer(person, exercise.timeline(team.id));
		cluster.peer(person, exercise.timeline('everyone'));
		for (let i = 2; i < windows; i++) cluster.peer(person, exercise.notes(team.id));
	}
	const all = cluster.peers;
	expect(all).toHaveLength(people * windows);
	await eventually(() => all.every((peer) => peer.synced), 'all sockets', 30_000);
	const writers = all.filter((peer, i) => peer.name.endsWith('/notes') && i % windows === 2);
	for (const [i, writer] of writers.entries()) writer.write(`before ${i}`);
	await eventually(() => writers.every((writer) => writer.unsaved === 0), 'all saved', 15_000);

	await node.process.kill();
	for (const [i, writer] of writers.entries()) writer.write(`while it was gone ${i}`);
	await cluster.startNode(node);
	const begun = performance.now();
	await eventually(
		() => all.every((peer) => peer.synced),
		() => `all to be back: ${all.filter((peer) => !peer.synced).length} are missing`,
		15_000
	);
	await eventually(() => writers.every((writer) => writer.unsaved === 0), 'all saved', 15_000);
	console.log(`${all.length} sockets back after ${Math.round(performance.now() - begun)} ms`);
	const command = { inject: inject!.id };
	const answer = await cluster.send(node, exercise.director, 'inject.release', command, { mark: inject!.id });
	expect(answer?.ok).toBe(true);
	await cluster.settled();
	// nobody was turned away for coming at the wrong moment
	expect(new Set(all.flatMap((peer) => peer.refusedUpgrades))).toEqual(new Set());
	expect(await cluster.verdict()).toEqual([]);
});
