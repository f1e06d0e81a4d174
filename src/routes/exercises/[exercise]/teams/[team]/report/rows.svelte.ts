import type * as Y from 'yjs';
import { addRow, readRows, removeRow, reportRows, setCells } from '#lib/exercise/report/page.ts';
import type { Kept, ReportTable, RowOf } from '#lib/exercise/report/schema.ts';
import type { LiveDocument } from '#lib/live/document.svelte.ts';
import { observed } from '#lib/live/reactive.ts';

/** One table of a report page, live: rows to show, and the ways to change them. */
export class Rows<T extends ReportTable> {
	readonly #document: () => LiveDocument;
	readonly #table: T;
	readonly #view: { track: () => unknown };
	readonly list: Kept<T>[] = $derived.by(() => {
		this.#view.track();
		return readRows(this.#document().doc, this.#table);
	});

	constructor(document: () => LiveDocument, table: T) {
		this.#document = document;
		this.#table = table;
		this.#view = observed(reportRows(document().doc, table) as unknown as Y.Map<never>);
	}

	add(values: Partial<RowOf[T]> = {}): string {
		const id = mintRow();
		addRow(this.#document().doc, this.#table, id, values);
		return id;
	}
	set(id: string, values: Partial<RowOf[T]>): void {
		setCells(this.#document().doc, this.#table, id, values);
	}
	remove(id: string): void {
		removeRow(this.#document().doc, this.#table, id);
	}
}

/** Known on this page alone; `randomUUID` is missing on pages without TLS. */
export function mintRow(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) =>
		byte.toString(16).padStart(2, '0')
	).join('');
}
