import { presenceMessage, readPresence, type PresenceEntry } from './frames.ts';
import { documentLimits } from './limits.ts';
import type { Reader } from './room.ts';

/** Who is in a document, as stamped by the server. */
export interface Stamp {
	account: string;
	name: string;
	colour: string;
}

interface Present extends PresenceEntry {
	reader: Reader;
	account: string;
}

/**
 * Who is here and where. One state a socket; name and colour are written by the server, never by the browser (DESIGN,
 * idea 4). Changes leave together, newest state only: presence is last-writer-wins.
 */
export class Presence {
	readonly #present = new Map<number, Present>();
	readonly #changed = new Map<number, PresenceEntry>();
	readonly #relay: (message: Uint8Array, except: Reader | null) => void;
	#timer: NodeJS.Timeout | null = null;

	constructor(relay: (message: Uint8Array, except: Reader | null) => void) {
		this.#relay = relay;
	}

	/** Takes a browser's frame; what it says of others is passed over (y-websocket echoes what it hears). Throws on garbage. */
	receive(reader: Reader, update: Uint8Array, stamp: Stamp): void {
		const entries = readPresence(update, documentLimits.presenceEntries);
		const own = this.#ownClient(reader);
		for (const entry of entries) {
			if (own !== undefined ? entry.client !== own : !this.#mayClaim(entry, stamp.account)) continue;
			const state = stampState(entry.state, stamp);
			if (state === undefined) return;
			const known = this.#present.get(entry.client);
			if (known && known.reader === reader && entry.clock < known.clock) return;
			if (state === 'null') this.#remove(entry.client, entry.clock);
			else {
				// a clock that jumps to its end could never be answered
				const clock = Math.min(entry.clock, 2 ** 31);
				this.#present.set(entry.client, {
					client: entry.client,
					clock,
					state,
					reader,
					account: stamp.account
				});
				this.#note({ client: entry.client, clock, state });
			}
			return;
		}
	}

	/** For somebody who joins. */
	all(): Uint8Array | null {
		return this.#present.size === 0 ? null : presenceMessage([...this.#present.values()]);
	}

	leave(reader: Reader): void {
		const own = this.#ownClient(reader);
		if (own !== undefined) this.#remove(own, this.#present.get(own)!.clock + 1);
	}

	stop(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#ownClient(reader: Reader): number | undefined {
		for (const present of this.#present.values()) if (present.reader === reader) return present.client;
		return undefined;
	}

	/** Free, or left behind by an older socket of the same person. */
	#mayClaim(entry: PresenceEntry, account: string): boolean {
		if (entry.state === 'null') return false;
		const owner = this.#present.get(entry.client);
		return !owner || owner.account === account;
	}

	#remove(client: number, clock: number): void {
		if (this.#present.delete(client)) this.#note({ client, clock, state: 'null' });
	}

	#note(entry: PresenceEntry): void {
		this.#changed.set(entry.client, entry);
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			const entries = [...this.#changed.values()];
			this.#changed.clear();
			const only = entries.length === 1 ? this.#present.get(entries[0]!.client)?.reader : undefined;
			this.#relay(presenceMessage(entries), only ?? null);
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
