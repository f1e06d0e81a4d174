import { frame, presenceMessage, readPresence, type PresenceEntry } from './frames.ts';
import { documentLimits } from './limits.ts';
import type { Reader } from './room.ts';

/** Who is in a document, as stamped by the server. */
export interface Stamp {
	account: string;
	name: string;
	colour: string;
}

/** Somebody who is here, as nodes tell each other: the state is stamped. */
export interface Elsewhere extends PresenceEntry {
	account: string;
}

interface Present extends PresenceEntry {
	/** null: connected to another node */
	reader: Reader | null;
	/** the other node */
	node: string | null;
	account: string;
	/** when it was last heard of */
	at: number;
}

/**
 * Who is here and where. One state a socket; name and colour are written by the server, never by the browser (DESIGN,
 * idea 4). Changes leave together, newest state only: presence is last-writer-wins.
 */
export class Presence {
	readonly #present = new Map<number, Present>();
	/** the one client id under which a socket may show itself */
	readonly #clientOf = new Map<Reader, number>();
	readonly #changed = new Map<number, PresenceEntry>();
	readonly #relay: (frames: Buffer, except: Reader | null) => void;
	#all: Buffer | null = null;
	/** who is connected here changed since other nodes were told */
	#news = false;
	#timer: NodeJS.Timeout | null = null;

	constructor(relay: (frames: Buffer, except: Reader | null) => void) {
		this.#relay = relay;
	}

	/** Takes a browser's frame; what it says of others is passed over (y-websocket echoes what it hears). Throws on garbage. */
	receive(reader: Reader, update: Uint8Array, stamp: Stamp): void {
		const own = this.#clientOf.get(reader);
		for (const entry of readPresence(update, documentLimits.presenceEntries)) {
			if (own !== undefined ? entry.client !== own : !this.#mayClaim(entry, stamp.account)) continue;
			this.#take(reader, entry, stamp);
			return;
		}
	}

	#take(reader: Reader, entry: PresenceEntry, stamp: Stamp): void {
		const known = this.#present.get(entry.client);
		if (known?.reader === reader && entry.clock < known.clock) return;
		const state = stampState(entry.state, stamp);
		if (state === undefined) return;
		if (state === 'null') return this.#remove(entry.client, entry.clock);
		// a clock that jumps to its end could never be answered
		const clock = Math.min(entry.clock, 2 ** 31);
		if (known?.reader && known.reader !== reader) this.#clientOf.delete(known.reader);
		this.#clientOf.set(reader, entry.client);
		this.#present.set(entry.client, {
			client: entry.client,
			clock,
			state,
			reader,
			node: null,
			account: stamp.account,
			at: Date.now()
		});
		this.#news = true;
		this.#note({ client: entry.client, clock, state });
	}

	/** For somebody who joins; null: nobody is here. */
	all(): Buffer | null {
		if (this.#present.size === 0) return null;
		return (this.#all ??= frame(presenceMessage([...this.#present.values()])));
	}

	leave(reader: Reader): void {
		const own = this.#clientOf.get(reader);
		if (own !== undefined) this.#remove(own, this.#present.get(own)!.clock + 1);
	}

	/** For other nodes: who is connected here; null: as when it was taken last. */
	takeNews(evenIfOld: boolean): Elsewhere[] | null {
		if (!this.#news && !evenIfOld) return null;
		this.#news = false;
		return [...this.#present.values()]
			.filter(({ reader }) => reader !== null)
			.map(({ client, clock, state, account }) => ({ client, clock, state, account }));
	}

	/** What another node says of those who are connected there: all of them, stamped by it. */
	hear(node: string, entries: readonly Elsewhere[]): void {
		const named = new Set(entries.map(({ client }) => client));
		for (const { client, clock, node: from } of [...this.#present.values()])
			if (from === node && !named.has(client)) this.#remove(client, clock + 1);
		for (const { client, clock, state, account } of entries) {
			const known = this.#present.get(client);
			if (known?.reader) continue;
			const isNew = !known || known.clock !== clock || known.state !== state;
			this.#present.set(client, { client, clock, state, reader: null, node, account, at: Date.now() });
			if (isNew) this.#note({ client, clock, state });
		}
	}

	stop(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
	}

	/** Takes away whoever has said nothing for too long, although the socket is open. */
	expire(now: number): void {
		for (const { client, clock, at } of [...this.#present.values()])
			if (now - at > documentLimits.presenceExpiresMs) this.#remove(client, clock + 1);
	}

	/** Free, or left behind by an older socket of the same person, here or at another node. */
	#mayClaim(entry: PresenceEntry, account: string): boolean {
		if (entry.state === 'null') return false;
		const owner = this.#present.get(entry.client);
		return !owner || owner.account === account;
	}

	#remove(client: number, clock: number): void {
		const present = this.#present.get(client);
		if (!present) return;
		this.#present.delete(client);
		if (present.reader) {
			this.#clientOf.delete(present.reader);
			this.#news = true;
		}
		this.#note({ client, clock, state: 'null' });
	}

	#note(entry: PresenceEntry): void {
		this.#all = null;
		this.#changed.set(entry.client, entry);
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			const entries = [...this.#changed.values()];
			this.#changed.clear();
			const only = entries.length === 1 ? this.#present.get(entries[0]!.client)?.reader : null;
			this.#relay(frame(presenceMessage(entries)), only ?? null);
		}, documentLimits.presenceTickMs);
	}
}

/** The state with the server's name on it; undefined when it is too large or no object. */
function stampState(json: string, stamp: Stamp): string | undefined {
	if (json.length > documentLimits.presenceBytes) return undefined;
	const state = JSON.parse(json) as unknown;
	if (state === null) return 'null';
	if (typeof state !== 'object' || Array.isArray(state)) return undefined;
	return JSON.stringify({ ...state, user: { name: stamp.name, colour: stamp.colour, color: stamp.colour } });
}
