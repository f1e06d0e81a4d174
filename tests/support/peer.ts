import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import WebSocket from 'ws';
import * as Y from 'yjs';
import type { TimelineEntry } from '#lib/exercise/timeline.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { documentMessage } from '#lib/protocol/wire.ts';
import { askMessage, updateMessage } from '#server/documents/frames.ts';
import { eventually } from './eventually.ts';
import type { Person } from './people.ts';

export interface PeerOptions {
	/** where it connects: asked again at each attempt, so that it may go to another node */
	url: () => string;
	origin: string;
	name: string;
	person: Person;
}

/** A mark is one element of the page's list: what it counts can be neither torn nor merged. */
export const marksOf = (doc: Y.Doc): Y.Array<string> => doc.getArray<string>('marks');

/**
 * A browser as the fault tests need it: keeps its copy, connects again whatever happens, brings what the server lacks,
 * and remembers what it was told is saved and what it saw of others.
 */
export class Peer {
	readonly doc = new Y.Doc();
	readonly name: string;
	readonly person: Person;
	/** own marks: whether the server said that they are saved */
	readonly own = new Map<string, boolean>();
	/** marks of others that were on this screen */
	readonly seenMarks = new Set<string>();
	/** entries of a timeline that were on this screen, and since when */
	readonly seenEntries = new Map<string, { at: number; entry: TimelineEntry }>();
	readonly closes: number[] = [];
	readonly refusals: string[] = [];
	/** HTTP statuses of refused upgrades */
	readonly refusedUpgrades: number[] = [];
	synced = false;
	connections = 0;
	readonly #options: PeerOptions;
	#socket: WebSocket | null = null;
	#sent = 0;
	/** of this connection: after how many saved messages a mark is saved */
	#awaiting: { count: number; marks: string[] }[] = [];
	#answeredServer = false;
	#stopped = false;
	#timer: NodeJS.Timeout | null = null;

	constructor(options: PeerOptions) {
		this.#options = options;
		this.name = options.name;
		this.person = options.person;
		this.doc.on('update', (update: Uint8Array, origin: unknown) => {
			if (origin !== 'server') this.#sendChange(update);
			else this.#notice();
		});
		this.connect();
	}

	/** Adds a mark at a place of the page. */
	write(mark: string, at?: number): void {
		this.own.set(mark, false);
		const list = marksOf(this.doc);
		this.doc.transact(() => list.insert(at ?? list.length, [mark]), 'own');
	}

	get unsaved(): number {
		let count = 0;
		for (const saved of this.own.values()) if (!saved) count++;
		return count;
	}

	get isOpen(): boolean {
		return this.#socket?.readyState === WebSocket.OPEN;
	}

	connect(): void {
		this.#stopped = false;
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		if (this.#socket) return;
		const socket = new WebSocket(`${this.#options.url().replace('http', 'ws')}/documents/${this.name}`, {
			headers: { origin: this.#options.origin, cookie: this.person.cookie },
			handshakeTimeout: 5000
		});
		this.#socket = socket;
		socket.binaryType = 'nodebuffer';
		socket.on('open', () => {
			this.connections++;
			this.#sent = 0;
			this.#awaiting = [];
			this.#answeredServer = false;
			socket.send(askMessage(Y.encodeStateVector(this.doc)));
		});
		socket.on('unexpected-response', (_request, response) => {
			this.refusedUpgrades.push(response.statusCode ?? 0);
			response.destroy();
			socket.terminate();
		});
		socket.on('message', (data: Buffer) => this.#read(data));
		socket.on('error', () => undefined);
		socket.on('close', (code) => {
			if (this.#socket !== socket) return;
			this.#socket = null;
			this.synced = false;
			this.closes.push(code);
			if (!this.#stopped) this.#timer = setTimeout(() => this.connect(), 150);
		});
	}

	/** The line breaks and stays broken, or the lid is closed: the copy is kept. */
	goOffline(): void {
		this.#stopped = true;
		if (this.#timer) clearTimeout(this.#timer);
		const socket = this.#socket;
		this.#socket = null;
		this.synced = false;
		socket?.removeAllListeners('message');
		socket?.terminate();
	}

	until(holds: () => boolean, what: string, milliseconds?: number): Promise<void> {
		return eventually(
			holds,
			() =>
				`${what} (${this.person.name}: ${this.unsaved} unsaved, closed with ${this.closes.slice(-5).join(' ')}, refused ${this.refusals.join(' ')} ${this.refusedUpgrades.join(' ')})`,
			milliseconds
		);
	}

	#sendChange(update: Uint8Array): void {
		// before the server said what it has, nothing goes out: its question is answered with everything it lacks
		if (!this.#answeredServer || !this.isOpen) return;
		this.#send(updateMessage(update));
	}

	#send(message: Uint8Array): void {
		this.#sent++;
		const marks = [...this.own].filter(([, saved]) => !saved).map(([mark]) => mark);
		this.#awaiting.push({ count: this.#sent, marks });
		this.#socket!.send(message);
	}

	#notice(): void {
		for (const mark of marksOf(this.doc).toArray()) if (!this.own.has(mark)) this.seenMarks.add(mark);
		for (const [id, entry] of timelineEntries(this.doc))
			if (!this.seenEntries.has(id)) this.seenEntries.set(id, { at: Date.now(), entry });
	}

	#read(data: Buffer): void {
		const decoder = decoding.createDecoder(data);
		switch (decoding.readVarUint(decoder)) {
			case documentMessage.sync: {
				const step = decoding.readVarUint(decoder);
				const body = decoding.readVarUint8Array(decoder);
				if (step === 0) {
					this.#answeredServer = true;
					this.#send(
						encoding.encode((encoder) => {
							encoding.writeVarUint(encoder, documentMessage.sync);
							encoding.writeVarUint(encoder, 1);
							encoding.writeVarUint8Array(encoder, Y.encodeStateAsUpdate(this.doc, body));
						})
					);
					return;
				}
				Y.applyUpdate(this.doc, body, 'server');
				if (step === 1) this.synced = true;
				return;
			}
			case documentMessage.saved: {
				const count = decoding.readVarUint(decoder);
				while (this.#awaiting[0] && this.#awaiting[0].count <= count)
					for (const mark of this.#awaiting.shift()!.marks) this.own.set(mark, true);
				return;
			}
			case documentMessage.refused:
				this.refusals.push(decoding.readVarString(decoder));
				return;
		}
	}
}
