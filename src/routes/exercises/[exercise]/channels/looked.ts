/**
 * When this person last looked into each channel, kept on this device: what came later is new. One small class, so that a
 * common "what changed since I last looked" can take its place.
 */
export class Looked {
	readonly #key: string;

	constructor(account: string, exercise: string) {
		this.#key = `muster:looked:${account}:${exercise}`;
	}

	/** wall clock, ms; 0: never */
	at(room: string): number {
		return this.all().get(room) ?? 0;
	}

	set(room: string, at: number): void {
		const all = this.all();
		all.set(room, Math.max(at, all.get(room) ?? 0));
		try {
			localStorage.setItem(this.#key, JSON.stringify(Object.fromEntries(all)));
		} catch {
			// a full or forbidden store costs only the marks of the next visit
		}
	}

	all(): Map<string, number> {
		try {
			const stored = JSON.parse(localStorage.getItem(this.#key) ?? '{}') as Record<string, unknown>;
			return new Map(
				Object.entries(stored).flatMap(([room, at]) => (typeof at === 'number' ? [[room, at] as const] : []))
			);
		} catch {
			return new Map();
		}
	}
}
