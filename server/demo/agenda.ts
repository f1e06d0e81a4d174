/** How often what is due is looked at; at the fastest rate of the demonstration that is four seconds of exercise time. */
const lookEveryMs = 100;
/** Simulated people share the server with the visitor. */
const atOnce = 8;

/**
 * What simulated people mean to do, in exercise time: it waits through a pause and an emergency stop, and a faster clock
 * makes them faster.
 */
export class Agenda {
	readonly #now: () => number;
	readonly #mayAct: () => boolean;
	readonly #failed: (error: unknown) => void;
	readonly #waiting: { due: number; act: () => Promise<unknown> }[] = [];
	readonly #underWay = new Set<Promise<unknown>>();
	readonly #timer: NodeJS.Timeout;
	#stopped = false;

	/** `now` is the exercise time, ms */
	constructor(now: () => number, mayAct: () => boolean, failed: (error: unknown) => void) {
		this.#now = now;
		this.#mayAct = mayAct;
		this.#failed = failed;
		this.#timer = setInterval(() => this.#look(), lookEveryMs);
		this.#timer.unref();
	}

	at(due: number, act: () => Promise<unknown>): void {
		if (this.#stopped) return;
		let place = this.#waiting.length;
		while (place > 0 && this.#waiting[place - 1]!.due > due) place--;
		this.#waiting.splice(place, 0, { due, act });
	}

	/** So many seconds of exercise time from now. */
	in(seconds: number, act: () => Promise<unknown>): void {
		this.at(this.#now() + seconds * 1000, act);
	}

	/** Nothing more begins; resolves when what is under way has ended. */
	async stop(): Promise<void> {
		this.#stopped = true;
		clearInterval(this.#timer);
		this.#waiting.length = 0;
		await Promise.allSettled([...this.#underWay]);
	}

	#look(): void {
		if (!this.#mayAct()) return;
		const now = this.#now();
		while (this.#underWay.size < atOnce && this.#waiting[0] && this.#waiting[0].due <= now) {
			const { act } = this.#waiting.shift()!;
			const running = act()
				.catch(this.#failed)
				.finally(() => this.#underWay.delete(running));
			this.#underWay.add(running);
		}
	}
}
