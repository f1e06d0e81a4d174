import * as encoding from 'lib0/encoding';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { presenceMessage, updateMessage } from '#server/documents/frames.ts';
import { chance } from '../support/chance.ts';
import { Cluster, type ClusterNode } from '../support/cluster.ts';
import type { Person } from '../support/exercise.ts';
import { marksOf, type Peer } from '../support/peer.ts';
import { RawClient } from '../support/raw-client.ts';

let cluster: Cluster;
let node: ClusterNode;
let team: Team;
let hostile: Person;
let mates: Peer[];
let others: Peer[];

beforeEach(async () => {
	cluster = await Cluster.start();
	node = cluster.nodes[0]!;
	const { exercise } = cluster;
	team = await exercise.team('GR CSIRT');
	const other = await exercise.team('IT CSIRT', 'IT');
	hostile = await exercise.member('Hostile', { role: 'player', teamId: team.id });
	const member = (name: string, of: Team) => exercise.member(name, { role: 'player', teamId: of.id });
	mates = [cluster.peer(await member('Mate 1', team), exercise.notes(team.id))];
	mates.push(cluster.peer(await member('Mate 2', team), exercise.notes(team.id)));
	others = [cluster.peer(await member('Other 1', other), exercise.notes(other.id))];
	others.push(cluster.peer(await member('Other 2', other), exercise.notes(other.id)));
	for (const [i, peer] of cluster.peers.entries()) peer.write(`first ${i}`);
	await cluster.settled();
});
afterEach(() => cluster.stop());

const attacker = () =>
	RawClient.synced({
		url: node.process.url,
		origin: cluster.origin,
		name: cluster.exercise.notes(team.id),
		cookie: hostile.cookie
	});

/** Small honest changes, each a message of its own. */
function honestUpdates(count: number): Uint8Array[] {
	const doc = new Y.Doc();
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	for (let i = 0; i < count; i++) doc.getText('attack').insert(0, `${i} `);
	return updates;
}

/** Something that breaks a client id's order: structs that begin far beyond what anybody has. */
function farAway(): Uint8Array {
	const doc = new Y.Doc();
	doc.store.clients.set(doc.clientID, [new Y.GC(Y.createID(doc.clientID, 0), 2 ** 31)]);
	let bytes: Uint8Array = new Uint8Array();
	doc.on('update', (update: Uint8Array) => (bytes = update));
	doc.getText('attack').insert(0, 'x');
	return bytes;
}

const poisons: [string, (send: (bytes: Uint8Array) => void, below: (limit: number) => number) => void][] = [
	['garbage', (send) => send(updateMessage(new Uint8Array([255, 254, 253, 1, 2, 3])))],
	[
		'thousands of changes behind a gap',
		(send) => {
			for (const update of honestUpdates(4000).slice(1)) send(updateMessage(update));
		}
	],
	['a change from the end of the world', (send) => send(updateMessage(farAway()))],
	[
		'a frame that claims a hundred million structs',
		(send) =>
			send(
				updateMessage(
					encoding.encode((encoder) => {
						encoding.writeVarUint(encoder, 1);
						encoding.writeVarUint(encoder, 100_000_000);
						encoding.writeVarUint(encoder, 7);
						encoding.writeVarUint(encoder, 0);
					})
				)
			)
	],
	[
		'a frame with a hundred thousand presences',
		(send) =>
			send(
				presenceMessage(Array.from({ length: 100_000 }, (_, client) => ({ client, clock: 1, state: '{}' })))
			)
	],
	[
		'changes with flipped bits',
		(send, below) => {
			for (const update of honestUpdates(40)) {
				const bent = Uint8Array.from(update);
				const bit = below(bent.length * 8);
				bent[bit >> 3]! ^= 1 << (bit & 7);
				send(updateMessage(bent));
			}
		}
	],
	['a change of four megabytes', (send) => send(updateMessage(new Uint8Array(4 << 20)))],
	[
		'everything of the page deleted, in the name of its authors',
		(send) => {
			const doc = new Y.Doc();
			Y.applyUpdate(doc, Y.encodeStateAsUpdate(mates[0]!.doc));
			const forged = new Y.Doc();
			forged.clientID = mates[0]!.doc.clientID;
			forged.getArray('marks').insert(0, ['forged']);
			send(updateMessage(Y.encodeStateAsUpdate(forged)));
		}
	]
];

test('[P9] [R8] one player sends poison of every kind: the team goes on writing within 5 s, other teams notice nothing', async () => {
	const { below } = chance();
	let round = 0;
	/** How long a change of one takes to the other. */
	async function passes(peers: Peer[]): Promise<number> {
		const [from, to] = peers as [Peer, Peer];
		const mark = `round ${round++} of ${from.person.name}`;
		const begun = performance.now();
		from.write(mark);
		await to.until(() => to.seenMarks.has(mark), mark, 6000);
		return performance.now() - begun;
	}
	for (const [what, poison] of poisons) {
		const client = await attacker();
		poison((bytes) => client.socket.readyState === client.socket.OPEN && client.send(bytes), below);
		const [mine, theirs] = await Promise.all([passes(mates), passes(others)]);
		console.log(`${what}: team ${Math.round(mine)} ms, others ${Math.round(theirs)} ms`);
		expect(mine, what).toBeLessThan(5000);
		expect(theirs, what).toBeLessThan(2000);
		client.socket.terminate();
	}
	expect(node.process.isAlive).toBe(true);
	for (const peer of cluster.peers) expect(peer.closes, peer.person.name).toEqual([]);
	await cluster.settled();
	expect(marksOf(mates[0]!.doc).toArray()).not.toContain('forged');
	expect(await cluster.verdict()).toEqual([]);
	// and nothing lies in the log that a later start stumbles over
	await node.process.kill();
	await cluster.startNode(node);
	await cluster.settled();
	expect(await cluster.verdict()).toEqual([]);
});
