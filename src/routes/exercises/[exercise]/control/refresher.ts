/**
 * Reads again when told that something changed: one request at a time, at most one in `interval` milliseconds. A burst of
 * three hundred deliveries costs a console two requests and not three hundred; what changes while a request is under way
 * is read by the next.
 */
export class Refresher {
	readonly #read: () => Promise<void>;
	readonly #interval: number;
	#running = false;
	#wanted = false;
	#closed = false;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#last = Number.NEGATIVE_INFINITY;

	/** `read` reports its own failure; when it throws, it is tried again after `retry`. */
	constructor(read: () => Promise<void>, interval = 500, retry = 3000) {
		this.#interval = interval;
		this.#read = async () => {
			try {
				await read();
			} catch {
				if (!this.#closed) setTimeout(() => this.request(), retry);
			}
		};
	}

	request(): void {
		this.#wanted = true;
		if (this.#running || this.#timer !== undefined || this.#closed) return;
		const wait = Math.max(this.#last + this.#interval - Date.now(), 0);
		this.#timer = setTimeout(() => void this.#run(), wait);
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	async #run(): Promise<void> {
		this.#timer = undefined;
		this.#wanted = false;
		this.#running = true;
		this.#last = Date.now();
		await this.#read();
		this.#running = false;
		if (this.#wanted) this.request();
	}
}
