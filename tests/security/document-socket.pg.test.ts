import net from 'node:net';
import * as encoding from 'lib0/encoding';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { closeCode } from '#lib/protocol/wire.ts';
import { askMessage, presenceMessage, updateMessage } from '#server/documents/frames.ts';
import { documentLimits } from '#server/documents/limits.ts';
import { attemptLimits } from '#server/events/attempts.ts';
import type { RawClient } from '../support/raw-client.ts';
import type { Person } from '../support/exercise.ts';
import { Scene, costsAtMostMs, upgrade } from './bystanders.ts';

/*
 * Raw frames at the document socket. Each attack ends its own socket at most: after it, a neighbour in the same room and
 * people in another room still reach each other.
 */
let scene: Scene;
beforeAll(async () => {
	scene = await Scene.create();
}, 60_000);
afterAll(() => scene.close());

const message = (...values: (number | Uint8Array)[]) =>
	encoding.encode((encoder) => {
		for (const value of values)
			if (typeof value === 'number') encoding.writeVarUint(encoder, value);
			else encoding.writeVarUint8Array(encoder, value);
	});
/** The update of a change that is not sent. */
function unsent(client: RawClient, change: (doc: Y.Doc) => void): Uint8Array {
	const doc = new Y.Doc();
	Y.applyUpdate(doc, Y.encodeStateAsUpdate(client.doc));
	const before = Y.encodeStateVector(doc);
	doc.transact(() => change(doc));
	return Y.encodeStateAsUpdate(doc, before);
}
const text = (words: string) => (doc: Y.Doc) => doc.getText('t').insert(0, words);
const closed = (client: RawClient) => client.until(() => client.closed !== null, 'the end of the socket');

describe('before the upgrade', () => {
	test('[R5] wrong, missing and doubled origins', async () => {
		const { cookie } = await scene.attacker();
		const path = `/documents/${scene.room}`;
		const { url } = scene.server;
		for (const origin of [
			'https://evil.example',
			'null',
			`${url}.evil.example`,
			`${url}/`,
			url.replace('http', 'https'),
			url.toUpperCase(),
			`${url}, https://evil.example`
		])
			expect(await upgrade(url, path, { cookie, origin }), origin).toBe(403);
		expect(await upgrade(url, path, { cookie, origin: '' })).toBe(403);
		expect(await upgrade(url, path, { cookie })).toBe(101);
	});

	test('[R5] no session, an expired one, one of a disabled account, and cookies that are none', async () => {
		const { pool } = scene.server.services.database;
		const { url } = scene.server;
		const path = `/documents/${scene.room}`;
		const [expired, ended, disabled] = await Promise.all([
			scene.attacker(),
			scene.attacker(),
			scene.attacker()
		]);
		await pool.query(`update session set expires_at = now() - interval '1 s' where user_id = $1`, [
			expired.id
		]);
		await pool.query(`update session set ends_at = now() - interval '1 s' where user_id = $1`, [ended.id]);
		await pool.query('update account set disabled_at = now() where id = $1', [disabled.id]);
		for (const { cookie } of [expired, ended, disabled])
			expect(await upgrade(url, path, { cookie })).toBe(401);
		const name = expired.cookie.split('=')[0]!;
		for (const cookie of [
			'',
			`${name}=`,
			`${name}=%`,
			`${name}=${'a'.repeat(4000)}`,
			'=;=;=',
			`${name}=a\tb`
		])
			expect(await upgrade(url, path, { cookie }), cookie.slice(0, 40)).toBe(401);
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	});

	test('[L2] [P9] attempts without a session are told to slow down; who is signed in at that address is not', async () => {
		const { cookie } = await scene.attacker();
		const path = `/documents/${scene.room}`;
		const { url } = scene.server;
		const answers: number[] = [];
		for (let i = 0; i < attemptLimits.attempts + 5; i++) answers.push(await upgrade(url, path));
		expect(new Set(answers)).toEqual(new Set([401, 429]));
		expect(answers.slice(-5)).toEqual([429, 429, 429, 429, 429]);
		expect(answers.indexOf(429)).toBeGreaterThan(answers.lastIndexOf(401) - 1);
		expect(await upgrade(url, path, { cookie })).toBe(101);
	});

	test('[R5] [L27] hostile names are no documents, whatever they are made of', async () => {
		const { cookie } = await scene.attacker();
		const { url } = scene.server;
		const own = scene.room;
		for (const name of [
			'%',
			'%00',
			`${own}%00`,
			`${own}%00/..`,
			`${own}/`,
			`${own}/../notes/x`,
			`/${own}`,
			own.replace('/worksheet', '//worksheet'),
			own.toUpperCase(),
			own.replace('notes', 'n%D0%BEtes'),
			own.replace('notes', 'report-1'),
			own.replace('notes', 'report-0001'),
			own.replace('notes', 'notes%0d%0aX:%20y'),
			own.replace('notes', '__proto__'),
			`exercise/${'a'.repeat(4000)}/scenario`,
			'exercise/nobodys-exercise/scenario',
			"exercise/'%20or%201=1%20--/scenario",
			'%c0%ae%c0%ae',
			'%f0%9f%92%a9',
			'__proto__',
			''
		])
			expect(await upgrade(url, `/documents/${name}`, { cookie }), name.slice(0, 80)).toBe(404);
		for (const path of ['/documents', '/documents%2f' + own, `//documents/${own}`, '/socket.io', '*'])
			expect(await upgrade(url, path, { cookie }), path).toBe(404);
		for (const epoch of ['1', '-1', '0x0', '', '0,0', 'NaN', '9'.repeat(400)])
			expect(await upgrade(url, `/documents/${own}?epoch=${epoch}`, { cookie }), epoch).toBe(409);
		// a name as long as no request line may be
		expect([400, 431]).toContain(await upgrade(url, `/documents/${'a'.repeat(20_000)}`, { cookie }));
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	});

	test('[L3] one account cannot take all sockets', async () => {
		const person = await scene.attacker();
		const clients = await Promise.all(
			Array.from({ length: documentLimits.socketsPerAccount }, () => scene.open(person))
		);
		await expect(scene.open(person)).rejects.toMatchObject({ status: 429 });
		await scene.attack().then((other) => other.close());
		clients[0]!.close();
		await closed(clients[0]!);
		const again = await scene.open(person);
		for (const one of [...clients, again]) one.close();
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	});

	test('[L1] [P9] three hundred connections that never finish their request hold nobody up', async () => {
		const { hostname, port } = new URL(scene.server.url);
		const half = Array.from({ length: 300 }, () => {
			const socket = net.connect(Number(port), hostname);
			socket.on('error', () => undefined);
			socket.write(`GET /documents/${scene.room} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConn`);
			return socket;
		});
		await Promise.all(half.map((one) => new Promise((resolve) => one.once('connect', resolve))));
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
		await scene.attack().then((other) => other.close());
		for (const one of half) one.destroy();
	});
});

describe('one frame that ends its socket', () => {
	const attacks: [string, number, (client: RawClient) => void][] = [
		['text', closeCode.invalid, (c) => c.socket.send('hello')],
		['nothing', closeCode.invalid, (c) => c.send(new Uint8Array())],
		['an unknown type', closeCode.invalid, (c) => c.send(message(3, new Uint8Array()))],
		['our own "saved"', closeCode.invalid, (c) => c.send(message(100, 5))],
		['an unknown sync step', closeCode.invalid, (c) => c.send(message(0, 3, new Uint8Array()))],
		['a length beyond its end', closeCode.invalid, (c) => c.send(Uint8Array.of(0, 2, 200, 1, 0))],
		[
			'a byte behind a question',
			closeCode.invalid,
			(c) => c.send(Uint8Array.of(...askMessage(Uint8Array.of(0)), 1))
		],
		['a question that is none', closeCode.invalid, (c) => c.send(askMessage(Uint8Array.of(9, 255, 255)))],
		[
			'an update that is none',
			closeCode.invalid,
			(c) => c.send(updateMessage(Uint8Array.of(255, 254, 253, 1, 2)))
		],
		['presence that is none', closeCode.invalid, (c) => c.send(message(1, Uint8Array.of(5, 1)))],
		[
			'presence whose state is no JSON',
			closeCode.invalid,
			(c) => c.send(presenceMessage([{ client: 9, clock: 1, state: '{' }]))
		],
		[
			'5,001 presence states',
			closeCode.invalid,
			(c) =>
				c.send(
					presenceMessage(
						Array.from({ length: documentLimits.presenceEntries + 1 }, (_, i) => ({
							client: i,
							clock: 1,
							state: '{}'
						}))
					)
				)
		]
	];
	const tooLarge: typeof attacks = [
		['a frame of 5 MB', 1009, (c) => c.send(new Uint8Array(5 << 20))],
		[
			'a first change over 4 MB',
			closeCode.tooLarge,
			(c) => c.send(updateMessage(new Uint8Array(documentLimits.answerBytes + 1)))
		],
		[
			'a later change over 1 MB',
			closeCode.tooLarge,
			(c) => {
				c.edit(text('small'));
				c.send(updateMessage(unsent(c, text('x'.repeat(documentLimits.updateBytes)))));
			}
		]
	];
	const endsItself = async (_what: string, code: number, act: (client: RawClient) => void) => {
		const client = await scene.attack();
		const before = scene.watcher.doc.getText('t').toString();
		act(client);
		await closed(client);
		expect(client.closed!.code).toBe(code);
		expect(client.saved).toBeLessThanOrEqual(1);
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
		expect(scene.watcher.doc.getText('t').toString().replace('small', '')).toBe(before.replace('small', ''));
	};
	test.each(attacks)('[R6] [P9] %s', endsItself);
	test.each(tooLarge)('[L4] [L5] [P9] %s', endsItself);

	test.each([
		['a reserved bit', Buffer.from([0xc2, 0x80, 0, 0, 0, 0])],
		['an unknown opcode', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
		['a frame without mask', Buffer.from([0x82, 0x01, 0])],
		['a control frame in pieces', Buffer.from([0x09, 0x80, 0, 0, 0, 0])],
		['a length of 2^62', Buffer.from([0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])]
	])('[R6] [P9] bytes that are no WebSocket: %s', async (_what, bytes) => {
		const client = await scene.attack();
		(client.socket as unknown as { _socket: net.Socket })._socket.write(bytes);
		await closed(client);
		expect([1002, 1006, 1009]).toContain(client.closed!.code);
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	});
});

describe('changes that stand on nothing', () => {
	test('[R8] [L7] a gap: told to connect anew, the second time no more', async () => {
		const person = await scene.attacker();
		const lonely = new Y.Doc();
		const updates: Uint8Array[] = [];
		lonely.on('update', (update: Uint8Array) => updates.push(update));
		text('one')(lonely);
		text('two')(lonely);
		for (const code of [closeCode.resync, closeCode.invalid]) {
			const client = await scene.open(person);
			client.send(updateMessage(updates[1]!));
			await closed(client);
			expect(client.closed!.code).toBe(code);
			expect(client.refused[0]!.code).toBe('gap');
			expect(client.saved).toBe(0);
		}
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	});

	test.each([
		['an origin that nobody wrote', 0x84, [987_654, 3]],
		['a right neighbour that nobody wrote', 0x44, [987_654, 3]],
		['a parent that nobody wrote', 0x04, [0, 987_654, 3]]
	])('[R8] [L7] %s', async (_what, info, place) => {
		const client = await scene.attack();
		const update = encoding.encode((encoder) => {
			for (const value of [1, 1, 4_000_001, 0]) encoding.writeVarUint(encoder, value);
			encoding.writeUint8(encoder, info);
			for (const value of place) encoding.writeVarUint(encoder, value);
			encoding.writeVarString(encoder, 'x');
			encoding.writeVarUint(encoder, 0);
		});
		client.send(updateMessage(update));
		await closed(client);
		expect(client.closed!.code).toBe(closeCode.resync);
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
		expect(scene.watcher.doc.store.pendingStructs).toBeNull();
	});

	test('[R8] [P9] deletions of what is not there, also by the million', async () => {
		const client = await scene.attack();
		const update = encoding.encode((encoder) => {
			for (const value of [0, 1, 77, 1, 0, 2 ** 40]) encoding.writeVarUint(encoder, value);
		});
		client.send(updateMessage(update));
		await closed(client);
		expect(client.saved).toBe(0);
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	});
});

describe('in the name of somebody else', () => {
	test('[R8] a change under the client id of a neighbour', async () => {
		const [victim, client] = await Promise.all([scene.attack(), scene.attack()]);
		victim.edit(text('mine '));
		await client.until(() => client.doc.getText('t').toString().includes('mine '), 'the change');
		const forged = new Y.Doc();
		Y.applyUpdate(forged, Y.encodeStateAsUpdate(client.doc));
		forged.clientID = victim.doc.clientID;
		const before = Y.encodeStateVector(forged);
		text('forged')(forged);
		client.send(updateMessage(Y.encodeStateAsUpdate(forged, before)));
		await closed(client);
		expect(client.closed!.code).toBe(closeCode.invalid);
		expect(client.saved).toBe(0);
		// the victim writes on under its own
		victim.edit(text('still mine '));
		await victim.until(() => victim.saved === 2, 'the word that it is saved');
		await scene.goesOn();
		expect(scene.watcher.doc.getText('t').toString()).not.toContain('forged');
		expect(scene.watcher.doc.getText('t').toString()).toContain('still mine ');
		victim.close();
	});

	test('[R8] a reader cannot take a client id, nor a writer one of a closed tab of somebody else', async () => {
		const reader = await scene.open(scene.exercise.director);
		reader.edit(text('planted'));
		await reader.until(() => reader.refused.length > 0, 'a refusal');
		expect(reader.refused[0]!.code).toBe('read-only');
		const gone = await scene.attack();
		gone.edit(text('gone '));
		await gone.until(() => gone.saved === 1, 'the word that it is saved');
		gone.close();
		await closed(gone);
		const client = await scene.attack();
		client.doc.clientID = gone.doc.clientID;
		client.edit(text('forged'));
		await closed(client);
		expect(client.closed!.code).toBe(closeCode.invalid);
		reader.close();
		await scene.goesOn();
		expect(scene.watcher.doc.getText('t').toString()).not.toMatch(/planted|forged/);
	});

	test('[R8] what is built at once on a forged change is not stored either: the log has no gap', async () => {
		const [victim, forger, builder] = await Promise.all([scene.attack(), scene.attack(), scene.attack()]);
		const { services } = scene.server;
		// taken on another node: this one finds out when it stores the change
		const taken = 4_000_000_001;
		await services.database.pool.query(
			'insert into document_client (document, epoch, client, account, session) values ($1, 0, $2, $3, null)',
			[scene.room, taken, scene.exercise.director.id]
		);
		const doc = new Y.Doc();
		Y.applyUpdate(doc, Y.encodeStateAsUpdate(victim.doc));
		const made: Uint8Array[] = [];
		doc.on('update', (update: Uint8Array) => made.push(update));
		doc.clientID = taken;
		text('forged')(doc);
		doc.clientID = builder.doc.clientID;
		doc.getText('t').insert(3, 'built on it');
		forger.send(updateMessage(made[0]!));
		builder.send(updateMessage(made[1]!));
		await Promise.all([closed(forger), closed(builder)]);
		expect(forger.closed!.code).toBe(closeCode.invalid);
		expect(forger.saved + builder.saved).toBe(0);
		await scene.goesOn();
		const cold = await services.documents.read(scene.room);
		expect(cold.store.pendingStructs).toBeNull();
		expect(scene.watcher.doc.store.pendingStructs).toBeNull();
		expect(cold.getText('t').toString()).toBe(scene.watcher.doc.getText('t').toString());
		expect(cold.getText('t').toString()).not.toMatch(/forged|built/);
		victim.close();
	});

	test('[P2] [L9] presence: other ids, other names, endings and thousands at once', async () => {
		const [victim, attacker] = await Promise.all([scene.attack(), scene.attack()]);
		const { watcher } = scene;
		victim.sendPresence(victim.doc.clientID, 1, { cursor: 1 });
		await watcher.until(() => watcher.presence.has(victim.doc.clientID), 'the victim');
		const before = watcher.presence.get(victim.doc.clientID);
		const frames = [
			[{ client: victim.doc.clientID, clock: 99, state: '{"cursor":"stolen"}' }],
			[{ client: victim.doc.clientID, clock: 100, state: 'null' }],
			[
				{ client: 70_001, clock: 1, state: JSON.stringify({ big: 'x'.repeat(documentLimits.presenceBytes) }) }
			],
			Array.from({ length: documentLimits.presenceEntries }, (_, i) => ({
				client: 80_000 + i,
				clock: 2 ** 40,
				state: '{"user":{"name":"Exercise Director","role":"director"},"name":"Exercise Director"}'
			}))
		];
		for (const entries of frames) attacker.send(presenceMessage(entries));
		await watcher.until(() => watcher.presence.has(80_000), 'the attacker');
		expect(watcher.presence.get(victim.doc.clientID)).toBe(before);
		expect(
			[...watcher.presence.keys()].filter((id) => id === 70_001 || (id > 80_000 && id < 90_000))
		).toEqual([]);
		expect(JSON.parse(watcher.presence.get(80_000)!)).toMatchObject({ user: { name: 'Player' } });
		expect(watcher.presence.get(80_000)).not.toContain('director');
		victim.close();
		attacker.close();
		await watcher.until(
			() => [victim.doc.clientID, 80_000].every((id) => watcher.presence.get(id) === 'null'),
			'that both have left'
		);
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	});
});

describe('too much', () => {
	test('[L6] [P9] a flood of messages ends the socket of who sends it', async () => {
		const client = await scene.attack();
		for (let i = 0; i < documentLimits.messageBurst * 3; i++) client.send(askMessage(Uint8Array.of(0)));
		const others = await scene.goesOn();
		await closed(client);
		expect(client.closed!.code).toBe(closeCode.slowDown);
		expect(others).toBeLessThan(costsAtMostMs);
	});

	test('[L6] [L9] [P9] a flood of presence reaches others at most ten times a second', async () => {
		const client = await scene.attack();
		const begun = performance.now();
		const before = scene.watcher.received.length;
		for (let i = 0; i < documentLimits.messageBurst - 10; i++)
			client.sendPresence(client.doc.clientID, i + 1, { cursor: i });
		await scene.watcher.until(() => scene.watcher.presence.has(client.doc.clientID), 'the attacker');
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
		const seconds = (performance.now() - begun) / 1000;
		expect(scene.watcher.received.length - before).toBeLessThan(10 + seconds * 12);
		client.close();
	});

	test('[L12] [R9] [P9] who does not read is let go, and holds nobody up', async () => {
		const slow = await scene.attack();
		const busy = await scene.attack();
		(slow.socket as unknown as { _socket: net.Socket })._socket.pause();
		// more than the kernel takes for both sides, and the 4 MB that we keep
		const open = scene.server.services.documents.sockets();
		for (let i = 0; i < 17 && scene.server.services.documents.sockets() === open; i++) {
			busy.edit((doc) => doc.getMap('big').set('last', 'x'.repeat(1_000_000)));
			await busy.until(() => busy.saved === i + 1, 'the word that it is saved');
			expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
		}
		await busy.until(() => scene.server.services.documents.sockets() < open, 'the end of the slow socket');
		(slow.socket as unknown as { _socket: net.Socket })._socket.resume();
		await closed(slow);
		expect([closeCode.resync, 1006]).toContain(slow.closed!.code);
		busy.close();
	}, 60_000);
});

/** All roots, each read as text and as a map: whatever a broken update has made of them. */
function everything(doc: Y.Doc, names: string[]): unknown[] {
	const [asText, asMap] = [new Y.Doc(), new Y.Doc()];
	for (const copy of [asText, asMap]) Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
	return names.map((name) => [name, asText.getText(name).toDelta(), asMap.getMap(name).toJSON()]);
}

describe('real updates, broken', () => {
	/** Sends one; `saved`, or the code with which it was refused. The socket is gone after a refusal. */
	async function offer(person: Person, update: (client: RawClient) => Uint8Array): Promise<string> {
		const client = await scene.open(person);
		client.send(updateMessage(update(client)));
		await client.until(() => client.saved > 0 || client.closed !== null, 'an answer');
		client.close();
		return client.saved > 0 ? 'saved' : client.refused[0]!.code;
	}
	const change = (doc: Y.Doc) => {
		doc.getText('broken').insert(0, 'ab');
		doc.getMap('m').set('k', 1);
	};

	test('[R8] cut off at every byte: refused', async () => {
		const { length } = unsent(scene.watcher, change);
		const person = await scene.attacker();
		const answers: string[] = [];
		for (let cut = 0; cut < length; cut++)
			answers.push(await offer(person, (client) => unsent(client, change).subarray(0, cut)));
		// a client id in fewer bytes makes other updates shorter by one or two
		expect(answers.slice(0, length - 3).filter((one) => one !== 'invalid' && one !== 'gap')).toEqual([]);
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	}, 60_000);

	test('[R8] [P9] with every bit flipped: refused, or the same for everybody', async () => {
		const { length } = unsent(scene.watcher, change);
		const person = await scene.attacker();
		const count: Record<string, number> = {};
		for (let bit = 0; bit < length * 8; bit++) {
			const answer = await offer(person, (client) => {
				const update = unsent(client, change);
				if (bit >> 3 < update.length) update[bit >> 3]! ^= 1 << (bit & 7);
				return update;
			});
			count[answer] = (count[answer] ?? 0) + 1;
		}
		expect(count['saved']! + (count['gap'] ?? 0) + (count['invalid'] ?? 0)).toBe(length * 8);
		expect((count['gap'] ?? 0) + (count['invalid'] ?? 0)).toBeGreaterThan(length);
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
		const cold = await scene.server.services.documents.read(scene.room);
		const fresh = await scene.attack();
		const { watcher } = scene;
		const names = [...cold.share.keys()];
		expect(names.length).toBeGreaterThan(2);
		for (const doc of [cold, fresh.doc, watcher.doc]) {
			expect(doc.store.pendingStructs).toBeNull();
			expect(doc.store.pendingDs).toBeNull();
			expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(cold));
			expect(everything(doc, names)).toEqual(everything(cold, names));
		}
		fresh.close();
	}, 120_000);
});
