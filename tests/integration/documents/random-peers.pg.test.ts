import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { documentName, type WorksheetPage } from '#lib/exercise/documents.ts';
import { document, documentUpdate } from '#server/database/schema.ts';
import { newDocument } from '#server/documents/create.ts';
import { merge } from '#server/documents/merging.ts';
import { and, asc, eq } from 'drizzle-orm';
import { closeCode } from '#lib/protocol/wire.ts';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { RawClient } from '../../support/raw-client.ts';
import type { TestServer } from '../../support/server.ts';
import { twoNodes } from './two-nodes.ts';

/*
 * Random people over two nodes: they write, leave, come back, load anew, go to the other node, are restored to an earlier
 * state. Then all is quiet, and every copy must be the same: the browsers', a cold reading, and the log merged anew.
 *
 * SEEDS=5000 runs so many, SEED=123 that one alone and tells its steps; a failing seed is printed, and gets a place
 * in tests/corpus/seeds.json, from where it is always run first.
 */
import corpus from '../../corpus/seeds.json' with { type: 'json' };

const only = process.env['SEED'];
const count = Number(process.env['SEEDS'] ?? 200);
const seeds = only ? [Number(only)] : [...corpus.peers, ...Array.from({ length: count }, (_, i) => i + 1)];
const atOnce = 10;

let nodes: TestServer[];
let exercise: TestExercise;
let team: Team;
let people: Person[];

beforeAll(async () => {
	nodes = await twoNodes();
	exercise = await TestExercise.create(nodes[0]!);
	team = await exercise.team('GR CSIRT');
	people = await Promise.all(
		Array.from({ length: 6 }, (_, i) => exercise.member(`Player ${i}`, { role: 'player', teamId: team.id }))
	);
}, 60_000);
afterAll(async () => {
	for (const node of [...nodes].reverse()) await node.close();
});

/** Mulberry32: the same numbers for the same seed, everywhere. */
function random(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
	};
}

interface Peer {
	person: Person;
	node: number;
	doc: Y.Doc;
	client: RawClient | null;
	/** changes sent in this connection */
	sent: number;
}

const shown = (doc: Y.Doc) => ({
	text: doc.getText('t').toString(),
	map: Object.fromEntries(
		Object.entries(doc.getMap('m').toJSON() as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1))
	)
});

async function run(seed: number, name: string, steps: string[]): Promise<void> {
	const pick = random(seed);
	const peers: Peer[] = Array.from({ length: 4 + pick(3) }, (_, i) => ({
		person: people[i]!,
		node: pick(2),
		doc: new Y.Doc(),
		client: null,
		sent: 0
	}));
	let restored = 0;

	/** Opens with what the peer has; a peer of an older epoch begins anew. */
	async function connect(peer: Peer): Promise<void> {
		for (let attempt = 0; ; attempt++) {
			const node = nodes[peer.node]!;
			// the epoch comes from the same place as in a browser: asked before the socket opens
			const client = await RawClient.open({ url: node.url, name, cookie: peer.person.cookie }, peer.doc);
			peer.client = client;
			peer.sent = 0;
			client.ask();
			await client.until(() => client.answered || client.closed !== null, 'an answer', 20_000);
			if (client.answered && client.closed === null) {
				// what it has that the server lacks: the answer to the server's question
				const missing = Y.encodeStateAsUpdate(peer.doc, client.serverVector);
				client.sendUpdate(missing);
				peer.sent++;
				return;
			}
			if (attempt === 20) throw new Error(`never in: ${JSON.stringify(client.closed)}`);
			if (client.closed?.code === closeCode.otherEpoch) peer.doc = new Y.Doc();
		}
	}

	function write(peer: Peer): void {
		const { doc } = peer;
		const text = doc.getText('t');
		doc.transact(() => {
			for (let i = 1 + pick(3); i > 0; i--)
				switch (pick(5)) {
					case 0:
						doc.getMap('m').set(`k${pick(5)}`, pick(1000));
						break;
					case 1:
						doc.getMap('m').delete(`k${pick(5)}`);
						break;
					case 2: {
						if (text.length === 0) break;
						const at = pick(text.length);
						text.delete(at, Math.min(1 + pick(8), text.length - at));
						break;
					}
					default:
						text.insert(pick(text.length + 1), `${'abcdefgh'[pick(8)]}${pick(100)} `);
				}
		}, 'own');
	}

	/** Changes go out as they are made, as from an editor. */
	function editing(peer: Peer): void {
		const send = (update: Uint8Array, origin: unknown) => {
			if (origin !== 'own' || !peer.client || peer.client.closed) return;
			peer.client.sendUpdate(update);
			peer.sent++;
		};
		peer.doc.on('update', send);
		write(peer);
		peer.doc.off('update', send);
	}

	await Promise.all(peers.map(connect));
	for (let i = 12 + pick(20); i > 0; i--) {
		const peer = peers[pick(peers.length)]!;
		const who = peers.indexOf(peer);
		const act = pick(20);
		// closed by the server: it comes again
		if (peer.client?.closed) {
			const { code } = peer.client.closed;
			steps.push(`${who} was closed with ${code}`);
			if (code === closeCode.otherEpoch) peer.doc = new Y.Doc();
			await connect(peer);
		}
		if (act < 11) {
			steps.push(`${who} writes${peer.client ? '' : ' offline'}`);
			editing(peer);
		} else if (act < 13) {
			steps.push(`${who} leaves`);
			peer.client?.close();
			peer.client = null;
		} else if (act < 15) {
			steps.push(`${who} comes back`);
			peer.client?.close();
			await connect(peer);
		} else if (act === 15) {
			steps.push(`${who} loads anew`);
			peer.client?.close();
			peer.doc = new Y.Doc();
			await connect(peer);
		} else if (act === 16) {
			steps.push(`${who} goes to the other node`);
			peer.client?.close();
			peer.node = 1 - peer.node;
			await connect(peer);
		} else if (act === 17) {
			peer.client?.sendPresence(peer.doc.clientID, i, { cursor: pick(100) });
		} else if (act === 18) {
			steps.push('all are waited for');
			await settled(peers);
		} else if (restored < 1 && pick(3) === 0) {
			restored++;
			await settled(peers);
			const { sequence } = await head(name);
			const to = pick(sequence + 1);
			steps.push(`restored from ${sequence} to ${to}`);
			const open = peers.flatMap(({ client }) => (client && !client.closed ? [client] : []));
			await nodes[pick(2)]!.services.documents.restore(name, to, people[0]!.id);
			await leftBehind(name, (await head(name)).epoch);
			// whoever holds the old epoch is told so, and begins anew
			for (const one of peers) {
				if (one.client && open.includes(one.client)) {
					await one.client.until(() => one.client!.closed !== null, 'the end of the epoch', 20_000);
					expect(one.client.closed!.code).toBe(closeCode.otherEpoch);
				}
				one.doc = new Y.Doc();
				await connect(one);
			}
		}
	}
	// whoever was told to connect anew does so, until nobody is
	for (let round = 0; round === 0 || peers.some(({ client }) => client!.closed); round++) {
		if (round === 20) throw new Error('somebody is told to connect anew for ever');
		for (const peer of peers) if (!peer.client || peer.client.closed) await connect(peer);
		await settled(peers);
	}
	await compare(name, peers);
	for (const peer of peers) peer.client?.close();
}

/** Until everything that was sent is saved, or its socket is gone. */
async function settled(peers: Peer[]): Promise<void> {
	for (const { client, sent } of peers)
		await client?.until(() => client.saved >= sent || client.closed !== null, 'that all is saved', 20_000);
}

/** Until no node has the document open in an older epoch: the other one hears of the new epoch a moment later. */
async function leftBehind(name: string, epoch: number): Promise<void> {
	const isOld = () =>
		nodes.some((node) =>
			node.services.documents.positions().some((at) => at.name === name && at.epoch !== epoch)
		);
	for (const until = Date.now() + 20_000; isOld(); await new Promise((resolve) => setTimeout(resolve, 5)))
		if (Date.now() > until) throw new Error('a node stays in the old epoch');
}

async function head(name: string): Promise<{ epoch: number; sequence: number }> {
	const { db } = nodes[0]!.services.database;
	const [row] = await db.select().from(document).where(eq(document.name, name));
	return row!;
}

async function compare(name: string, peers: Peer[]): Promise<void> {
	const cold = await nodes[0]!.services.documents.read(name);
	const vector = Y.encodeStateVector(cold);
	for (const { client, doc } of peers) {
		await client!.until(
			() => Buffer.compare(Y.encodeStateVector(doc), vector) === 0 && same(doc, cold),
			`the copy of ${client!.socket.url} to be like the cold one: ${JSON.stringify([shown(doc), shown(cold)])}`,
			20_000
		);
		expect(doc.store.pendingStructs).toBeNull();
		expect(doc.store.pendingDs).toBeNull();
		expect(client!.refused).toEqual([]);
	}
	// the log, merged anew: its rows are without a hole, and each builds on those before it. What a browser brings to both
	// nodes at once may stand in it twice, word for word.
	const { epoch, sequence } = await head(name);
	const rows = await nodes[0]!.services.database.db
		.select()
		.from(documentUpdate)
		.where(and(eq(documentUpdate.document, name), eq(documentUpdate.epoch, epoch)))
		.orderBy(asc(documentUpdate.sequence));
	expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: sequence }, (_, i) => i + 1));
	const seen = new Map<number, number>();
	for (const { bytes } of rows)
		for (const { id, length } of Y.decodeUpdate(bytes).structs) {
			expect(id.clock, 'no change stands before its forerunner').toBeLessThanOrEqual(
				seen.get(id.client) ?? 0
			);
			seen.set(id.client, Math.max(id.clock + length, seen.get(id.client) ?? 0));
		}
	const again = new Y.Doc();
	if (rows.length > 0) Y.applyUpdate(again, (await merge(rows.map((row) => row.bytes))).state);
	expect(shown(again)).toEqual(shown(cold));
	// a browser that comes to the other node with nothing
	const fresh = await RawClient.synced({ url: nodes[1]!.url, name, cookie: people[0]!.cookie });
	await fresh.until(() => same(fresh.doc, cold), 'a newcomer to have all', 20_000);
	fresh.close();
}

const same = (a: Y.Doc, b: Y.Doc) => JSON.stringify(shown(a)) === JSON.stringify(shown(b));

test(
	`[P3] [R2] [R14] ${seeds.length} random runs end with one document for all`,
	async () => {
		const { db } = nodes[0]!.services.database;
		const waiting = [...seeds.entries()];
		const failures: string[] = [];
		const workers = Array.from({ length: Math.min(atOnce, seeds.length) }, async () => {
			for (let next = waiting.shift(); next && failures.length < 5; next = waiting.shift()) {
				const [i, seed] = next;
				const page: WorksheetPage = `report-${(i % 9999) + 1}`;
				const name = documentName({ exercise: exercise.id, kind: 'worksheet', team: team.id, page });
				await db.insert(document).values(newDocument(exercise.id, name));
				const steps: string[] = [];
				try {
					await run(seed, name, steps);
					if (only) console.log(steps.join('\n'));
				} catch (error) {
					failures.push(`SEED=${seed}: ${String(error)}\n${steps.join('\n')}`);
				}
			}
		});
		await Promise.all(workers);
		expect(failures).toEqual([]);
	},
	Math.max(60_000, seeds.length * 600)
);
