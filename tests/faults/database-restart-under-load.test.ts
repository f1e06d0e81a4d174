import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { chance } from '../support/chance.ts';
import { Cluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { Person } from '../support/exercise.ts';

let cluster: Cluster;
let team: Team;
let players: Person[];

beforeEach(async () => {
	cluster = await Cluster.start({ nodes: 2 });
	team = await cluster.exercise.team('GR CSIRT');
	players = await Promise.all(
		['Anna', 'Bert', 'Cleo', 'Dora'].map((name) =>
			cluster.exercise.member(name, { role: 'player', teamId: team.id })
		)
	);
	await cluster.exercise.approved({
		title: 'First',
		reference: 'X-1',
		to: { all: true, countries: [], levels: [], teams: [] }
	});
	await cluster.exercise.must(cluster.exercise.director, 'exercise.start', {});
});
afterEach(() => cluster.stop());

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test.each<[string, (below: (limit: number) => number) => Promise<void>]>([
	[
		'PostgreSQL is stopped at once (-m immediate) and started',
		async () => {
			await cluster.postgres.stop('immediate');
			await cluster.postgres.resume();
		}
	],
	[
		'the postmaster is killed (-9) and started',
		async () => {
			await cluster.postgres.kill();
			await cluster.postgres.resume();
		}
	],
	[
		'the lines to PostgreSQL fall silent for three seconds, then break',
		async () => {
			for (const { proxy } of cluster.nodes) proxy.stall();
			await wait(3000);
			for (const { proxy } of cluster.nodes) {
				proxy.cut();
				proxy.flow();
			}
		}
	],
	[
		'for four seconds lines are slow, and each breaks in the middle of some answer',
		async (below) => {
			const end = Date.now() + 4000;
			for (const { proxy } of cluster.nodes) proxy.delay = 10;
			while (Date.now() < end) {
				for (const { proxy } of cluster.nodes) proxy.dropAfter = 2000 + below(20_000);
				await wait(100);
			}
			for (const { proxy } of cluster.nodes) {
				proxy.dropAfter = Infinity;
				proxy.delay = 0;
			}
		}
	]
])('[P3] %s while everybody writes', async (_how, disturb) => {
	const { next, below } = chance();
	const name = cluster.exercise.notes(team.id);
	const writers = players.map((player, i) => cluster.peer(player, name, cluster.nodes[i % 2]!));
	const reader = cluster.peer(players[0]!, cluster.exercise.timeline(team.id), cluster.nodes[1]!);
	await cluster.settled();

	let written = 0;
	let isWriting = true;
	const typing = writers.map(async (writer, w) => {
		while (isWriting) {
			writer.write(`${'abcd'[w]}${written++}`, next() < 0.5 ? 0 : undefined);
			await new Promise((resolve) => setTimeout(resolve, 40 + below(60)));
		}
	});
	const logging = (async () => {
		for (let i = 0; isWriting; i++) {
			const text = `entry ${i}`;
			const input = { team: team.id, text };
			await cluster.send(cluster.nodes[i % 2]!, players[1]!, 'log.add', input, { mark: text });
		}
	})();
	const saved = () => writers.reduce((sum, writer) => sum + writer.own.size - writer.unsaved, 0);
	await eventually(() => saved() > 30, 'work under way');
	const before = saved();
	await disturb(below);
	await eventually(() => saved() > before + 40, 'work to go on after the restart', 30_000);
	isWriting = false;
	await Promise.all([...typing, logging]);
	await cluster.settled([...writers, reader], 30_000);
	expect(cluster.acts.some((act) => act.ok)).toBe(true);
	expect(await cluster.verdict()).toEqual([]);
	for (const node of cluster.nodes) expect(node.process.isAlive).toBe(true);
});
