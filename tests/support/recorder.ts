import type { BrowserContext, Page } from '@playwright/test';

/**
 * Keeps every byte that a browser receives: bodies of all answers and all frames of all sockets. What is not in here, the
 * person cannot have seen, whatever the page shows.
 */
export class ByteRecorder {
	readonly #chunks: Buffer[] = [];
	readonly #pending: Promise<unknown>[] = [];

	constructor(context: BrowserContext) {
		for (const page of context.pages()) this.#watch(page);
		context.on('page', (page) => this.#watch(page));
	}

	#watch(page: Page): void {
		page.on('response', (response) => {
			// redirects have no body, and a page that is left takes its bodies along
			this.#pending.push(
				response.body().then(
					(body) => this.#chunks.push(body),
					() => undefined
				)
			);
		});
		page.on('websocket', (socket) => {
			socket.on('framereceived', ({ payload }) => this.#chunks.push(Buffer.from(payload)));
		});
	}

	async holds(text: string): Promise<boolean> {
		await Promise.allSettled(this.#pending.splice(0));
		return this.#chunks.some((chunk) => chunk.includes(text));
	}

	get bytes(): number {
		return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
	}
}
