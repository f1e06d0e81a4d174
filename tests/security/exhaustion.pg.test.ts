import type net from 'node:net';
import * as encoding from 'lib0/encoding';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askMessage, updateMessage } from '#server/documents/frames.ts';
import { documentLimits } from '#server/documents/limits.ts';
import { Scene, costsAtMostMs } from './bystanders.ts';

/* Frames that keep every rule of their form and are made to cost much: others wait at most five seconds (P9). */
let scene: Scene;
beforeAll(async () => {
	scene = await Scene.create();
}, 60_000);
afterAll(() => scene.close());

/** n clients with one letter each, every one standing on the next. */
function chain(n: number): Uint8Array {
	return encoding.encode((encoder) => {
		encoding.writeVarUint(encoder, n);
		for (let i = 0; i < n; i++) {
			for (const value of [1, 100_000 + i, 0]) encoding.writeVarUint(encoder, value);
			encoding.writeUint8(encoder, i === n - 1 ? 4 : 4 | 0x80);
			if (i === n - 1) {
				encoding.writeVarUint(encoder, 1);
				encoding.writeVarString(encoder, 't');
			} else for (const value of [100_001 + i, 0]) encoding.writeVarUint(encoder, value);
			encoding.writeVarString(encoder, 'x');
		}
		encoding.writeVarUint(encoder, 0);
	});
}

test('[P9] [R8] an update of twenty thousand clients that stand on each other', async () => {
	const client = await scene.attack();
	client.send(updateMessage(chain(20_000)));
	expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	client.close();
}, 60_000);

test('[P9] [L6] questions of four megabytes, as many as may be sent at once', async () => {
	const client = await scene.attack();
	const entries = 800_000;
	const vector = encoding.encode((encoder) => {
		encoding.writeVarUint(encoder, entries);
		for (let i = 0; i < entries; i++) for (const value of [i, 1]) encoding.writeVarUint(encoder, value);
	});
	const question = askMessage(vector);
	for (let i = 0; i < 30; i++) client.send(question);
	expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	await client.until(() => client.closed !== null, 'the end of the socket', 10_000);
}, 60_000);

test('[P9] [R9] [L12] who asks for everything again and again, and reads nothing, does not fill our memory', async () => {
	const busy = await scene.attack();
	for (let i = 0; i < 4; i++) {
		busy.edit((doc) => doc.getArray('big').push(['x'.repeat(900_000)]));
		await busy.until(() => busy.saved === i + 1, 'the word that it is saved');
	}
	const client = await scene.attack();
	(client.socket as unknown as { _socket: net.Socket })._socket.pause();
	const memory = () => process.memoryUsage().arrayBuffers;
	const before = memory();
	// as of a browser that has something of its own, so that each answer is made anew
	const has = encoding.encode((encoder) => {
		for (const value of [1, 77, 5]) encoding.writeVarUint(encoder, value);
	});
	for (let i = 0; i < 100; i++) client.send(askMessage(has));
	let most = 0;
	for (let i = 0; i < 10; i++) {
		expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
		most = Math.max(most, memory() - before);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	// a hundred answers of 3.6 MB; a few are in hand
	expect(most).toBeLessThan(120 << 20);
	client.socket.terminate();
	busy.close();
}, 60_000);

test('[L8] [P9] a page that is full takes no more, and stays readable; its neighbours notice nothing', async () => {
	const client = await scene.attack();
	const chunk = 'x'.repeat(900_000);
	const chunks = Math.ceil(documentLimits.stateBytes / chunk.length) + 1;
	for (let i = 1; i <= chunks && client.refused.length === 0; i++) {
		client.edit((doc) => doc.getText('full').insert(0, chunk));
		await client.until(() => client.saved === i || client.refused.length > 0, 'an answer', 20_000);
	}
	expect(client.refused.map(({ code }) => code)).toEqual(['too-large']);
	// what the attacks before left in it counts too
	expect(client.saved).toBeGreaterThan(chunks / 2);
	expect(await scene.goesOn()).toBeLessThan(costsAtMostMs);
	client.close();
}, 120_000);
