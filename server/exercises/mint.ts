import { randomBytes, randomUUID } from 'node:crypto';

/** An unguessable id that fits `idPattern`. */
export const mintId = <T extends string>(): T => randomUUID().replaceAll('-', '') as T;

/** The Yjs client id under which the server writes into a document: random, never 0. */
export function mintServerClient(): number {
	for (;;) {
		const client = randomBytes(4).readUInt32BE();
		if (client !== 0) return client;
	}
}
