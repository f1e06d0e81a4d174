import { EventWriter, MarkerReader } from './events.ts';
import { clientFrame, type LightClient } from './clients.ts';

/** What one writer may send: below the server's limit of 30 a second, so that nobody is told to slow down. */
const writesPerSecond = 28;
const writesAtOnce = 100;
const capacity = 4_000_000;
/** delays are counted in steps of 50 µs */
const stepsPerMs = 20;

interface Writer {
	client: LightClient;
	events: EventWriter;
	tokens: number;
	at: number;
}

interface Group {
	writers: Writer[];
	next: number;
}

/** Clients of several documents that write events, and know of each event how many have it and since when. */
export class Load {
	readonly groups: Group[];
	readonly clients: LightClient[];
	delivered = 0;
	sent = 0;
	/** deliveries of an event that somebody had already */
	surplus = 0;
	closed: number[] = [];
	/** called when everybody but the author has an event */
	whole: (document: number) => void = () => undefined;
	#first: number;
	#next: number;
	readonly #audience: number;
	readonly #missing = new Int32Array(capacity);
	readonly #author = new Int32Array(capacity);
	readonly #document = new Int32Array(capacity);
	readonly #sentAt = new Float64Array(capacity);
	#delays: Uint32Array | null = null;
	/** one a document: its clients are sent the same bytes */
	readonly #readers: MarkerReader[];
	readonly #documentOf = new Map<string, number>();

	/** The first few of each document write, as in a room full of people; the others read. */
	constructor(clients: LightClient[][], writersPerDocument: number) {
		this.clients = clients.flat();
		this.#audience = clients[0]!.length;
		this.#first = this.#next = 1;
		const now = performance.now();
		this.groups = clients.map((some) => ({
			writers: some
				.slice(0, writersPerDocument)
				.map((client) => ({ client, events: new EventWriter(), tokens: writesAtOnce, at: now })),
			next: 0
		}));
		this.#readers = clients.map(() => new MarkerReader());
		for (const [n, some] of clients.entries()) this.#documentOf.set(some[0]!.document, n);
		for (const client of this.clients)
			client.hears = {
				bytes: (bytes, from) => this.#hear(bytes, from),
				closed: (_, code) => this.closed.push(code)
			};
	}

	get missing(): number {
		let sum = 0;
		for (let id = this.#first; id < this.#next; id++) sum += this.#missing[id]!;
		return sum;
	}

	/** Counts delays from now on. */
	timeDeliveries(): void {
		this.#delays = new Uint32Array(stepsPerMs * 60_000);
	}

	/** The delay below which a share of the deliveries was, ms. */
	delay(share: number): number {
		const delays = this.#delays!;
		const total = delays.reduce((sum, count) => sum + count, 0);
		let seen = 0;
		for (let step = 0; step < delays.length; step++) {
			seen += delays[step]!;
			if (seen >= total * share) return (step + 0.5) / stepsPerMs;
		}
		return Number.NaN;
	}

	/** One event by whoever is next; false when nobody may write just now. */
	write(document: number): boolean {
		const writer = this.#writer(document);
		if (!writer) return false;
		writer.client.socket.write(this.#event(document, writer));
		return true;
	}

	/** Several events at once by one writer, as one write. */
	writeBurst(document: number, count: number): void {
		const group = this.groups[document]!;
		const writer = group.writers[group.next++ % group.writers.length]!;
		writer.client.socket.write(
			Buffer.concat(Array.from({ length: count }, () => this.#event(document, writer)))
		);
	}

	#writer(document: number): Writer | null {
		const group = this.groups[document]!;
		const now = performance.now();
		for (let tries = 0; tries < group.writers.length; tries++) {
			const writer = group.writers[group.next++ % group.writers.length]!;
			writer.tokens = Math.min(writesAtOnce, writer.tokens + ((now - writer.at) / 1000) * writesPerSecond);
			writer.at = now;
			if (writer.tokens < 1) continue;
			writer.tokens--;
			return writer;
		}
		return null;
	}

	#event(document: number, writer: Writer): Buffer {
		const id = this.#next++;
		if (id >= capacity) throw new Error('more events than a run counts');
		this.#missing[id] = this.#audience - 1;
		this.#author[id] = writer.client.index;
		this.#document[id] = document;
		this.#sentAt[id] = performance.now();
		this.sent++;
		const { dialect } = writer.client.server;
		return clientFrame(dialect.event(writer.client.document, writer.events, id));
	}

	#hear(bytes: Buffer, client: LightClient): void {
		const ids = this.#readers[this.#documentOf.get(client.document)!]!.read(bytes);
		const now = performance.now();
		for (let n = 0; n < ids.length; n++) {
			const id = ids[n]!;
			if (id < this.#first || id >= this.#next || this.#author[id] === client.index) continue;
			this.delivered++;
			if (this.#delays) {
				const step = Math.floor((now - this.#sentAt[id]!) * stepsPerMs);
				this.#delays[Math.min(step, this.#delays.length - 1)]!++;
			}
			const missing = --this.#missing[id]!;
			if (missing === 0) this.whole(this.#document[id]!);
			else if (missing < 0) this.surplus++;
		}
	}

	/** Until everybody has everything; false when that takes longer than it may. */
	async settled(withinMs: number): Promise<boolean> {
		const until = performance.now() + withinMs;
		while (this.missing > 0) {
			if (performance.now() > until || this.closed.length > 0) return false;
			await new Promise((resolve) => setTimeout(resolve, 2));
		}
		// what is whole need not be counted again
		this.#first = this.#next;
		return true;
	}
}
