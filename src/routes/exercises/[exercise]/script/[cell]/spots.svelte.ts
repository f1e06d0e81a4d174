import type { LiveDocument } from '#lib/live/document.svelte.ts';

/** Where somebody is: an inject, and the cell or field of it. */
export interface Spot {
	inject: string;
	column: string;
}
export interface Somebody extends Spot {
	clientId: number;
	name: string;
	colour: string;
}

/** The server takes ten a second; holding an arrow key makes thirty. */
const tellEveryMs = 150;

/** Who is in which cell or field of the script: told to others, and heard of them. */
export class Spots {
	readonly #document: LiveDocument;
	#own: Spot | null = null;
	#timer: ReturnType<typeof setTimeout> | null = null;

	constructor(document: LiveDocument) {
		this.#document = document;
	}

	readonly all: readonly Somebody[] = $derived.by(() =>
		this.#document.others.flatMap(({ clientId, name, colour, state }) => {
			const spot = readSpot(state['cell']);
			return [{ clientId, name, colour, inject: spot?.inject ?? '', column: spot?.column ?? '' }];
		})
	);
	readonly #byPlace: ReadonlyMap<string, readonly Somebody[]> = $derived.by(() => {
		const places = new Map<string, Somebody[]>();
		for (const one of this.all) {
			if (one.inject === '') continue;
			for (const key of [`${one.inject} ${one.column}`, one.inject]) {
				const list = places.get(key);
				if (list) list.push(one);
				else places.set(key, [one]);
			}
		}
		return places;
	});

	at(inject: string, column: string): readonly Somebody[] {
		return this.#byPlace.get(`${inject} ${column}`) ?? nobody;
	}

	on(inject: string): readonly Somebody[] {
		return this.#byPlace.get(inject) ?? nobody;
	}

	tell(spot: Spot | null): void {
		if (spot?.inject === this.#own?.inject && spot?.column === this.#own?.column) return;
		this.#own = spot;
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			this.#document.setPresence('cell', this.#own);
		}, tellEveryMs);
	}

	close(): void {
		if (this.#timer) clearTimeout(this.#timer);
	}
}

const nobody: readonly Somebody[] = [];

/** What others put there is theirs to choose, so only what has the right shape counts. */
function readSpot(value: unknown): Spot | null {
	if (typeof value !== 'object' || value === null) return null;
	const { inject, column } = value as Record<string, unknown>;
	if (typeof inject !== 'string' || typeof column !== 'string') return null;
	return inject.length <= 64 && column.length <= 40 ? { inject, column } : null;
}
