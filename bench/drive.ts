import { randomBytes } from 'node:crypto';
import * as Y from 'yjs';
import { LightClient } from './clients.ts';
import type { MeasuredServer } from './servers.ts';

/** What a whole exercise is driven with. */

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A command in somebody's name, sent again with the same key until it is answered. Throws when it is refused. */
export async function command(
	server: MeasuredServer,
	exercise: string,
	cookie: string,
	name: string,
	input: unknown
): Promise<unknown> {
	const key = randomBytes(12).toString('hex');
	// a server that is behind is waited for: what comes late is a figure, not an end of the measurement
	const until = Date.now() + 300_000;
	for (;;) {
		try {
			const reply = await fetch(`${server.origin}/api/commands/${name}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', origin: server.origin, cookie },
				body: JSON.stringify({ exercise, key, input }),
				signal: AbortSignal.timeout(60_000)
			});
			if (reply.ok) return ((await reply.json()) as { result?: unknown }).result;
			if (reply.status < 500 && reply.status !== 429)
				throw new Refused(`${name}: ${reply.status} ${await reply.text()}`);
		} catch (error) {
			if (error instanceof Refused || Date.now() > until) throw error;
		}
		await pause(100);
	}
}
class Refused extends Error {}

/** Opens a document anew and reads all of it. */
export async function readWhole(server: MeasuredServer, name: string, cookie: string): Promise<Y.Doc> {
	const doc = new Y.Doc();
	const client = await new LightClient(server, name, 0, cookie, {
		message: (message) => {
			const update = server.dialect.update!(message);
			if (update) Y.applyUpdate(doc, update.bytes);
		}
	}).joined();
	client.end();
	return doc;
}

/** In parts, so that not everything is under way at once. */
export async function each<T>(
	list: readonly T[],
	atOnce: number,
	act: (one: T, n: number) => Promise<void>
): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < list.length) {
			const n = next++;
			await act(list[n]!, n);
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, worker));
}
