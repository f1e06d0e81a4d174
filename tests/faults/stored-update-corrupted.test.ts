import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { chance } from '../support/chance.ts';
import { Cluster, type ClusterNode } from '../support/cluster.ts';
import type { Person } from '../support/exercise.ts';
import { marksOf } from '../support/peer.ts';

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

test('[R4] a bit flips in a stored change: the page opens read-only from the one before, others notice nothing, operators are told', async () => {
	const { below } = chance();
	const { exercise, services } = cluster;
	const name = exercise.notes(team.id);
	const other = await exercise.team('IT CSIRT', 'IT');
	const chiara = await exercise.member('Chiara', { role: 'player', teamId: other.id });
	const writer = cluster.peer(anna, name);
	const elsewhere = cluster.peer(chiara, exercise.notes(other.id));
	for (let i = 1; i <= 10; i++) {
		writer.write(`m${i}`);
		// each a change of its own
		await cluster.settled([writer]);
	}
	elsewhere.write('before');
	await cluster.settled();
	await node.process.kill();
	writer.goOffline();

	const [row] = await cluster.query<{ length: number }>(
		'select length(bytes) as length from document_update where document = $1 and sequence = 6',
		[name]
	);
	const bit = below(row!.length * 8);
	console.log(`bit ${bit} of ${row!.length * 8}`);
	await cluster.query(
		'update document_update set bytes = set_bit(bytes, $2, 1 - get_bit(bytes, $2)) where document = $1 and sequence = 6',
		[name, bit]
	);
	await cluster.startNode(node);

	const reader = cluster.peer(bert, name);
	await reader.until(() => reader.synced, 'the page up to the last sound change');
	expect(marksOf(reader.doc).toArray()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
	reader.write('must not be taken');
	await reader.until(() => reader.refusals.length > 0, 'the refusal');
	expect(reader.refusals).toContain('read-only');
	expect(reader.unsaved).toBe(1);
	elsewhere.write('after');
	await cluster.settled([elsewhere]);
	const told = node.process.output.split('\n').filter((line) => line.includes('"level":"error"'));
	expect(told.join('\n')).toContain(name);
	expect(told).toHaveLength(1);
	const [head] = await cluster.query<{ at: string }>(
		'select quarantined_sequence as at from document where name = $1',
		[name]
	);
	expect(Number(head!.at)).toBe(6);

	// an operator goes back to the last sound change: the page is written again, in a new epoch
	await services.documents.restore(name, 5, null);
	await reader.until(() => reader.closes.includes(4410), 'to be told that this page is over');
	reader.goOffline();
	const again = cluster.peer(bert, name);
	await again.until(() => again.synced, 'the restored page');
	again.write('written again');
	await cluster.settled([again, elsewhere]);
	expect(marksOf(again.doc).toArray()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'written again']);
	// what was lost with the row is known and told; everything else is whole
	const verdict = await cluster.verdict();
	expect(verdict.filter((one) => !/: m([6-9]|10) was/.test(one))).toEqual([]);
	expect(verdict).toHaveLength(5);
});

test('[R4] a bit flips in a timeline: it goes on in its next segment, and releases reach everybody', async () => {
	const { exercise } = cluster;
	const reader = cluster.peer(anna, exercise.timeline(team.id));
	const injects = await exercise.approved(
		...[1, 2, 3].map((i) => ({
			title: `Inject ${i}`,
			reference: `R-${i}`,
			to: { all: true, countries: [], levels: [], teams: [] }
		}))
	);
	await exercise.must(exercise.director, 'exercise.start', {});
	const release = (i: number) =>
		cluster.send(node, exercise.director, 'inject.release', { inject: injects[i]!.id });
	expect((await release(0))?.ok).toBe(true);
	expect((await release(1))?.ok).toBe(true);
	await cluster.settled();
	await node.process.kill();
	reader.goOffline();
	await cluster.query(
		'update document_update set bytes = set_bit(bytes, 77, 1 - get_bit(bytes, 77)) where document = $1 and sequence = 2',
		[reader.name]
	);
	await cluster.startNode(node);
	const again = cluster.peer(bert, exercise.timeline(team.id));
	await again.until(() => again.synced, 'what is sound of the timeline');
	expect(again.seenEntries.size).toBe(1);
	expect((await release(2))?.ok).toBe(true);
	const next = cluster.peer(bert, exercise.timeline(team.id, 1));
	await next.until(
		() =>
			[...next.seenEntries.values()].some(
				({ entry }) => entry.body.kind === 'inject' && entry.body.inject.title === 'Inject 3'
			),
		'the release in the next segment'
	);
});
