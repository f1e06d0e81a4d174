import type { UpdateLog, Written } from '#server/documents/group-commit.ts';
import type { Stored } from '#server/documents/log.ts';

/** The log without its disk: numbers changes and forgets them. What is left of the cost is everything but durability. */
export class MemoryLog implements UpdateLog {
	readonly #last = new Map<string, number>();

	append({ document, epoch, bytes }: Written): Promise<Stored> {
		const sequence = (this.#last.get(document) ?? 0) + 1;
		this.#last.set(document, sequence);
		return Promise.resolve({ document, epoch, bytes, sequence });
	}

	async close(): Promise<void> {}
}
