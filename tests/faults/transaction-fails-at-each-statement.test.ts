import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { Cluster, type ClusterNode } from '../support/cluster.ts';
import type { Rule } from '../support/fault-proxy.ts';
import { toAll, type Person } from '../support/exercise.ts';

let cluster: Cluster;
let node: ClusterNode;
let team: Team;
let player: Person;

beforeEach(async () => {
	cluster = await Cluster.start();
	node = cluster.nodes[0]!;
	team = await cluster.exercise.team('GR CSIRT');
	player = await cluster.exercise.member('Player', { role: 'player', teamId: team.id });
});
afterEach(() => cluster.stop());

/** Everything that a release leaves behind, in one row. */
const traces = async (inject: string) =>
	(
		await cluster.query<Record<string, number | string>>(
			`select (select state from inject where id = $1) as state,
				(select count(*)::int from delivery where inject_id = $1) as deliveries,
				(select count(*)::int from fact) as facts, (select count(*)::int from audit) as audit,
				(select sum(sequence)::int from document) as changes, (select count(*)::int from document_update) as rows,
				(select sum(server_clock)::int from document) as clocks,
				(select sum(sequence)::int from exercise) as sequence, (select count(*)::int from command_result) as results`,
			[inject]
		)
	)[0]!;

test('[P4] [P7] [R12] a release fails at each of its statements in turn: nothing is half done, and a second try does it once', async () => {
	const injects = await cluster.exercise.approved(
		...Array.from({ length: 80 }, (_, i) => ({ title: `Inject ${i}`, reference: `R-${i}`, to: toAll }))
	);
	await cluster.exercise.must(cluster.exercise.director, 'exercise.start', {});
	const timeline = cluster.peer(player, cluster.exercise.timeline(team.id));
	await cluster.settled();

	/** Counts the statements of the command's transaction, and breaks the line at one of them. */
	let seen: string[] = [];
	const breakAt =
		(place: number, how: 'cut' | 'cut-answer'): Rule =>
		(text, line) => {
			if (!line.inTransaction) return 'pass';
			seen.push(text);
			return seen.length === place ? how : 'pass';
		};
	const release = (i: number) =>
		cluster.send(
			node,
			cluster.exercise.director,
			'inject.release',
			{ inject: injects[i]!.id },
			{ key: `release-key-${i}`, mark: injects[i]!.id }
		);

	node.proxy.rule = breakAt(0, 'cut');
	expect((await release(0))?.ok).toBe(true);
	const statements = [...seen];
	expect(statements[0]).toMatch(/^begin/i);
	expect(statements.at(-1)).toMatch(/^commit/i);
	expect(statements.length).toBeGreaterThan(10);

	let next = 1;
	for (const how of ['cut', 'cut-answer'] as const)
		for (let place = 1; place <= statements.length; place++, next++) {
			const { id } = injects[next]!;
			const before = await traces(id);
			seen = [];
			node.proxy.rule = breakAt(place, how);
			const answer = await release(next);
			node.proxy.rule = null;
			expect(seen.length, 'the line was broken').toBeGreaterThanOrEqual(place);
			expect(answer?.ok, `after ${how} at ${statements[place - 1]}`).not.toBe(true);
			const after = await traces(id);
			// only when COMMIT arrived and its answer was lost is it done; nobody was told so
			if (how === 'cut-answer' && place === statements.length)
				expect(after).toMatchObject({ state: 'released', deliveries: 1 });
			else expect(after, `after ${how} at ${statements[place - 1]}`).toEqual(before);
			expect((await release(next))?.ok, `again after ${how} at ${statements[place - 1]}`).toBe(true);
			expect(await traces(id)).toMatchObject({ state: 'released', deliveries: 1 });
		}
	console.log(`${statements.length} statements, ${next - 1} broken releases`);
	await cluster.settled([timeline]);
	expect(await cluster.verdict()).toEqual([]);
});
