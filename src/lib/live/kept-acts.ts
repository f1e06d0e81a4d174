import { AppError } from '#lib/errors.ts';
import type { CommandInput, CommandName } from '#lib/exercise/commands.ts';

/**
 * Acts that wait on this device until the network is back (PROMISES R12: what a person writes down may, what uses authority
 * never). Each has its idempotency key from the beginning, so that it acts once however often it is sent, and they go in
 * the order in which they were made. They belong to one account, are forgotten after a day and at sign-out (R14).
 */
export interface KeptAct<Name extends CommandName = CommandName> {
	key: string;
	/** by this device's clock, ms */
	at: number;
	name: Name;
	input: CommandInput<Name>;
	/** it may have arrived already: it is not changed any more, only followed by another */
	tried: boolean;
	/** waits for what an earlier one comes to: that result's field of this name is put into the input */
	after?: { key: string; field: string };
	/** why the server did not take it: nothing is sent again, and nobody's words vanish */
	refused?: string;
}

/** As much of `Storage` as is needed: in a test it is a map. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const prefix = 'muster.kept/';
const keepMs = 24 * 3_600_000;

export interface KeptActsOptions {
	/** `<account>/<exercise>` */
	owner: string;
	shelf: Shelf;
	/** sends with that key; throws `AppError` */
	send: (key: string, name: CommandName, input: unknown) => Promise<unknown>;
	/** false: there is certainly no network, so that nothing is tried and all may still be changed */
	mayTry: () => boolean;
	now: () => number;
	mint: () => string;
	/** after every change of what is kept or of how it stands */
	onchange: () => void;
}

/** `waiting`: the next attempt comes with the network; `signed-out`: with the next session; `full`: the last act was not kept. */
export type KeptStanding = 'idle' | 'sending' | 'waiting' | 'signed-out';

export class KeptActs {
	standing: KeptStanding = 'idle';
	readonly #options: KeptActsOptions;
	readonly #results = new Map<string, unknown>();
	#count = 0;
	#again = false;
	#running: Promise<void> | null = null;

	constructor(options: KeptActsOptions) {
		this.#options = options;
		for (const { place, act } of this.#places())
			if (options.now() - act.at > keepMs) options.shelf.removeItem(place);
	}

	/** What is kept, in the order in which it was made. */
	get acts(): KeptAct[] {
		return this.#places().map(({ act }) => act);
	}

	/** Keeps an act, and sends it when its turn comes; its key. Throws when the device has no room. */
	add<Name extends CommandName>(name: Name, input: CommandInput<Name>, after?: KeptAct['after']): string {
		const { mint, now } = this.#options;
		const act: KeptAct = { key: mint(), at: now(), name, input, tried: false, ...(after && { after }) };
		// two acts of one millisecond keep their order too
		const place = `${this.#prefix}${String(act.at).padStart(14, '0')}-${String(this.#count++).padStart(6, '0')}-${act.key}`;
		this.#put(place, act);
		this.#options.onchange();
		void this.flush();
		return act.key;
	}

	/** Changes what certainly has not arrived; false: it may have, so another act has to follow it. */
	change(key: string, input: unknown): boolean {
		const found = this.#places().find(({ act }) => act.key === key);
		if (!found || found.act.tried) return false;
		this.#put(found.place, { ...found.act, input: input as never });
		this.#options.onchange();
		return true;
	}

	/** Forgets one that the server did not take, or that certainly has not arrived. */
	discard(key: string): boolean {
		const found = this.#places().find(({ act }) => act.key === key);
		if (!found || (found.act.tried && found.act.refused === undefined)) return false;
		this.#options.shelf.removeItem(found.place);
		this.#options.onchange();
		return true;
	}

	/** What an act that was sent from here came to. */
	resultOf(key: string): unknown {
		return this.#results.get(key);
	}

	/**
	 * Sends what waits, one after the other, until one finds no way. Safe to call at any time: whoever calls while it is
	 * under way waits for the same end.
	 */
	flush(): Promise<void> {
		this.#again = true;
		this.#running ??= this.#sendAll().finally(() => (this.#running = null));
		return this.#running;
	}

	async #sendAll(): Promise<void> {
		let standing: KeptStanding = 'idle';
		while (this.#again && standing === 'idle') {
			this.#again = false;
			for (;;) {
				const next = this.#places().find(({ act }) => act.refused === undefined);
				if (!next) break;
				if (!this.#options.mayTry()) {
					standing = 'waiting';
					break;
				}
				this.#stand('sending');
				const outcome = await this.#attempt(next.place, next.act);
				if (outcome === 'done') continue;
				standing = outcome;
				break;
			}
		}
		this.#stand(standing);
	}

	async #attempt(place: string, act: KeptAct): Promise<'done' | 'waiting' | 'signed-out'> {
		const { shelf, send, onchange } = this.#options;
		const input = this.#inputOf(act);
		if (input === null) {
			this.#put(place, { ...act, refused: 'The note that this belongs to was not taken.' });
			onchange();
			return 'done';
		}
		// before it leaves: if the page ends now, the same key goes out again
		if (!act.tried) this.#put(place, { ...act, tried: true });
		try {
			const result = await send(act.key, act.name, input);
			this.#results.set(act.key, result);
			// what follows it may be sent by another page of this device, which does not know the result
			for (const { place: later, act: other } of this.#places())
				if (other.after?.key === act.key) this.#put(later, withResult(other, result));
			shelf.removeItem(place);
			onchange();
			return 'done';
		} catch (error) {
			if (!(error instanceof AppError)) return 'waiting';
			if (error.code === 'unauthenticated') return 'signed-out';
			if (error.code === 'unavailable' || error.code === 'slow-down') return 'waiting';
			this.#put(place, { ...act, tried: true, refused: error.message });
			onchange();
			return 'done';
		}
	}

	/** Null: the act that it follows came to nothing. */
	#inputOf(act: KeptAct): unknown {
		if (!act.after) return act.input;
		const result = this.#results.get(act.after.key);
		return result === undefined ? null : withResult(act, result).input;
	}

	#stand(standing: KeptStanding): void {
		if (this.standing === standing) return;
		this.standing = standing;
		this.#options.onchange();
	}

	get #prefix(): string {
		return `${prefix}${this.#options.owner}/`;
	}

	#put(place: string, act: KeptAct): void {
		this.#options.shelf.setItem(place, JSON.stringify(act));
	}

	#places(): { place: string; act: KeptAct }[] {
		return placesOf(this.#options.shelf, this.#prefix)
			.sort()
			.flatMap((place) => {
				const act = read(this.#options.shelf.getItem(place));
				return act ? [{ place, act }] : [];
			});
	}
}

function withResult(act: KeptAct, result: unknown): KeptAct {
	const { after, ...rest } = act;
	if (!after) return act;
	const value = (result as Record<string, unknown> | null)?.[after.field];
	return { ...rest, input: { ...(act.input as object), [after.field]: value } as never };
}

function placesOf(shelf: Shelf, start: string): string[] {
	return Array.from({ length: shelf.length }, (_, i) => shelf.key(i)).filter(
		(place): place is string => place?.startsWith(start) ?? false
	);
}

function read(stored: string | null): KeptAct | null {
	try {
		const act = JSON.parse(stored ?? 'null') as KeptAct | null;
		return act && typeof act.key === 'string' && typeof act.at === 'number' ? act : null;
	} catch {
		return null;
	}
}

/** Call at sign-out; with an exercise, when it is over. */
export function wipeKeptActs(shelf: Shelf, of = ''): void {
	for (const place of placesOf(shelf, prefix)) if (place.includes(of)) shelf.removeItem(place);
}
