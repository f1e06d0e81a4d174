/**
 * Which row is drawn by which of a few components. A row that scrolls into view takes over the component of one that
 * left, which changes some words instead of building a row anew; a row that stays keeps its own, and so the focus.
 */
export class Slots {
	#byRow = new Map<string, number>();
	#free: number[] = [];
	#made = 0;

	/** The slot of each row, for all that are drawn now. */
	assign(rows: readonly string[]): ReadonlyMap<string, number> {
		const next = new Map<string, number>();
		for (const row of rows) {
			const slot = this.#byRow.get(row);
			if (slot === undefined) continue;
			next.set(row, slot);
			this.#byRow.delete(row);
		}
		this.#free.push(...this.#byRow.values());
		for (const row of rows) {
			if (next.has(row)) continue;
			next.set(row, this.#free.pop() ?? this.#made++);
		}
		this.#byRow = new Map(next);
		return next;
	}
}
