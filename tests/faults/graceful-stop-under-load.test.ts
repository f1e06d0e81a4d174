import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { closeCode } from '#lib/protocol/wire.ts';
import { chance } from '../support/chance.ts';
import { Cluster, type ClusterNode } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { toAll, type Person } from '../support/exercise.ts';

let cluster: Cluster;
let team: Team;
let players: Person[];

beforeEach(async () => {
	cluster = await Cluster.start({ nodes: 2 });
	team = await cluster.exercise.team('GR CSIRT');
	players = await Promise.all(
		['Anna', 'Bert', 'Cleo'].map((name) => cluster.exercise.member(name, { role: 'player', teamId: team.id }))
	);
});
afterEach(() => cluster.stop());

test('[P3] [P4] a node is stopped in order (SIGTERM) while all write and injects fall due: it finishes what it began, and the other goes on', async () => {
	const { below } = chance();
	const { exercise } = cluster;
	const injects = await exercise.approved(
		...Array.from({ length: 30 }, (_, i) => ({
			title: `Inject ${i}`,
			reference: `R-${i}`,
			to: toAll,
			schedule: { mode: 'offset' as const, seconds: 1 + Math.floor(i / 5) }
		}))
	);
	const [leaving, staying] = cluster.nodes as [ClusterNode, ClusterNode];
	// a load balancer sends whom the leaving node told to move to the other one
	let home = leaving;
	const writers = players.map((person) =>
		cluster.peer(person, exercise.notes(team.id), () => home.process.url)
	);
	const timeline = cluster.peer(players[0]!, exercise.timeline(team.id), () => home.process.url);
	await cluster.settled();
	await exercise.must(exercise.director, 'exercise.start', {});

	let isWorking = true;
	let written = 0;
	const typing = writers.map(async (writer) => {
		while (isWorking) {
			writer.write(`mark ${written++}`, below(2) ? 0 : undefined);
			await new Promise((resolve) => setTimeout(resolve, 40 + below(40)));
		}
	});
	const logging = Array.from({ length: 4 }, async (_, worker) => {
		for (let i = 0; isWorking; i++) {
			const text = `entry ${worker}-${i}`;
			await cluster.send(home, players[1]!, 'log.add', { team: team.id, text }, { mark: text });
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	});
	await eventually(() => written > 40 && timeline.seenEntries.size > 10, 'work under way');
	const begun = performance.now();
	const ending = leaving.process.signal('SIGTERM');
	home = staying;
	await ending;
	console.log(`stopped after ${Math.round(performance.now() - begun)} ms`);
	expect(performance.now() - begun).toBeLessThan(10_000);
	expect(await leaving.process.ended).toEqual({ code: 0, signal: null });
	for (const writer of writers) expect(writer.closes[0]).toBe(closeCode.restart);
	const before = written;
	await eventually(() => written > before + 30, 'work to go on');
	isWorking = false;
	await Promise.all([...typing, ...logging]);
	await eventually(
		async () =>
			(await cluster.query(`select 1 from inject where state = 'released'`)).length === injects.length,
		'all releases'
	);
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
	// nothing was refused as broken: whoever got no answer was cut off by the stop, and nothing else
	expect(leaving.process.output).not.toMatch(/"level":"(error|fatal)"/);
	expect(staying.process.output).not.toMatch(/"level":"(error|fatal)"/);
});
