import type { ScriptRow } from '#lib/exercise/inject/view.ts';
import type { ScriptRoom } from './script-room.svelte.ts';

/** Choosing rows: one by one, and from the row where it began to another. */
export class RowSelection {
	readonly #room: ScriptRoom;
	readonly #rows: () => readonly ScriptRow[];
	#anchor: string | null = null;

	constructor(room: ScriptRoom, rows: () => readonly ScriptRow[]) {
		this.#room = room;
		this.#rows = rows;
	}

	toggle(id: string): void {
		this.#anchor = id;
		const next = new Set(this.#room.selected);
		if (!next.delete(id)) next.add(id);
		this.#room.selected = next;
	}

	/** Shift: everything between where it began and here. */
	extendTo(id: string, from: string = id): void {
		this.#anchor ??= from;
		const rows = this.#rows();
		const begin = rows.findIndex(({ row }) => row.id === this.#anchor);
		const end = rows.findIndex(({ row }) => row.id === id);
		if (begin === -1 || end === -1) return;
		const between = rows.slice(Math.min(begin, end), Math.max(begin, end) + 1);
		this.#room.selected = new Set(between.map(({ row }) => row.id));
	}

	get isAll(): boolean {
		const rows = this.#rows();
		return rows.length > 0 && rows.every(({ row }) => this.#room.selected.has(row.id));
	}

	all(on: boolean): void {
		this.#room.selected = new Set(on ? this.#rows().map(({ row }) => row.id) : []);
	}
}
