import * as decoding from 'lib0/decoding';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { askMessage, presenceMessage, updateMessage } from '#server/documents/frames.ts';
import { documentMessage } from '#lib/protocol/wire.ts';

export interface RawOptions {
	/** `http://localhost:1234` */
	url: string;
	name: string;
	cookie?: string;
	origin?: string;
}

/**
 * A document client that speaks raw frames, keeps every byte it receives, and does what the test says, also what no
 * browser would do.
 */
export class RawClient {
	readonly socket: WebSocket;
	/** the own copy: of this connection alone, or one that outlives it */
	readonly doc: Y.Doc;
	readonly received: Buffer[] = [];
	saved = 0;
	refused: { code: string; sentence: string }[] = [];
	closed: { code: number; reason: string } | null = null;
	presence = new Map<number, string>();
	#waiting: (() => void)[] = [];

	/** what the server said that it has, when it asked */
	serverVector: Uint8Array = Uint8Array.of(0);

	private constructor(options: RawOptions, doc: Y.Doc) {
		this.doc = doc;
		this.socket = new WebSocket(`${options.url.replace('http', 'ws')}/documents/${options.name}`, {
			headers: {
				origin: options.origin ?? options.url,
				...(options.cookie && { cookie: options.cookie })
			}
		});
		this.socket.binaryType = 'nodebuffer';
		this.socket.on('message', (data: Buffer) => {
			this.received.push(data);
			this.#read(data);
			this.#wake();
		});
		this.socket.on('close', (code, reason) => {
			this.closed = { code, reason: reason.toString() };
			this.#wake();
		});
		this.socket.on('error', () => this.#wake());
	}

	/** Opens the socket; rejects with the HTTP status when the gate refuses. */
	static open(options: RawOptions, doc = new Y.Doc()): Promise<RawClient> {
		const client = new RawClient(options, doc);
		return new Promise((resolve, reject) => {
			client.socket.on('open', () => resolve(client));
			client.socket.on('unexpected-response', (_request, response) => {
				reject(
					Object.assign(new Error(`refused with ${response.statusCode}`), { status: response.statusCode })
				);
				response.destroy();
			});
			client.socket.on('error', reject);
		});
	}

	/** Opens and asks for everything; resolves when it is here. */
	static async synced(options: RawOptions): Promise<RawClient> {
		const client = await RawClient.open(options);
		client.ask();
		await client.until(() => client.answered, 'an answer to the question');
		return client;
	}

	answered = false;

	ask(): void {
		this.send(askMessage(Y.encodeStateVector(this.doc)));
	}

	send(bytes: Uint8Array): void {
		this.socket.send(bytes);
	}

	sendUpdate(update: Uint8Array): void {
		this.send(updateMessage(update));
	}

	/** Changes the own copy and sends the change. */
	edit(change: (doc: Y.Doc) => void): Uint8Array {
		let update: Uint8Array = new Uint8Array();
		const keep = (bytes: Uint8Array) => (update = bytes);
		this.doc.on('update', keep);
		this.doc.transact(() => change(this.doc), 'own');
		this.doc.off('update', keep);
		this.sendUpdate(update);
		return update;
	}

	sendPresence(client: number, clock: number, state: unknown): void {
		this.send(presenceMessage([{ client, clock, state: JSON.stringify(state) }]));
	}

	/** Every expected message has a deadline. */
	async until(done: () => boolean, what: string, milliseconds = 5000): Promise<void> {
		const end = Date.now() + milliseconds;
		while (!done()) {
			const left = end - Date.now();
			if (left <= 0) throw new Error(`waited ${milliseconds} ms for ${what}`);
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, Math.min(left, 50));
				this.#waiting.push(() => {
					clearTimeout(timer);
					resolve();
				});
			});
		}
	}

	close(): void {
		this.socket.close();
	}

	/** All bytes received so far, for canaries. */
	bytes(): Buffer {
		return Buffer.concat(this.received);
	}

	#wake(): void {
		for (const wake of this.#waiting.splice(0)) wake();
	}

	#read(data: Buffer): void {
		const decoder = decoding.createDecoder(data);
		switch (decoding.readVarUint(decoder)) {
			case documentMessage.sync: {
				const step = decoding.readVarUint(decoder);
				const body = decoding.readVarUint8Array(decoder);
				if (step === 0) {
					this.serverVector = body;
					return;
				}
				Y.applyUpdate(this.doc, body, 'server');
				if (step === 1) this.answered = true;
				return;
			}
			case documentMessage.awareness: {
				const inner = decoding.createDecoder(decoding.readVarUint8Array(decoder));
				for (let left = decoding.readVarUint(inner); left > 0; left--) {
					const client = decoding.readVarUint(inner);
					decoding.readVarUint(inner);
					this.presence.set(client, decoding.readVarString(inner));
				}
				return;
			}
			case documentMessage.saved:
				this.saved = decoding.readVarUint(decoder);
				return;
			case documentMessage.refused:
				this.refused.push({
					code: decoding.readVarString(decoder),
					sentence: decoding.readVarString(decoder)
				});
				return;
		}
	}
}
