import * as Y from 'yjs';
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import type { InjectId } from '../ids.ts';
import {
	addInject,
	bodyOf,
	injectFingerprint,
	newInject,
	orderOf,
	readInject,
	scriptInjects,
	setFields,
	type Inject,
	type InjectRecord
} from './schema.ts';

/** One row of a script page. The object changes when the inject does, so whoever keeps something by row is right. */
export interface PageRow {
	id: InjectId;
	order: string;
	inject: Inject;
	/** what approval compares; worked out when first asked for */
	readonly fingerprint: string;
	readonly hasFingerprint: boolean;
}

class Row implements PageRow {
	readonly id: InjectId;
	readonly order: string;
	readonly inject: Inject;
	#fingerprint: string | null = null;

	constructor(id: string, record: InjectRecord) {
		this.id = id as InjectId;
		this.order = orderOf(record);
		this.inject = readInject(id, record);
	}

	get fingerprint(): string {
		return (this.#fingerprint ??= injectFingerprint(this.inject));
	}

	get hasFingerprint(): boolean {
		return this.#fingerprint !== null;
	}
}

/**
 * A script page as plain rows, kept while the page is open: reading 1,500 injects anew takes a tenth of a second, a
 * key stroke changes one of them.
 */
export class ScriptPage {
	readonly #injects: Y.Map<InjectRecord>;
	readonly #rows = new Map<string, Row>();
	#sorted: readonly PageRow[] | null = null;
	readonly #listeners = new Set<() => void>();
	readonly #observe = (events: Y.YEvent<Y.AbstractType<unknown>>[]) => {
		for (const event of events) {
			if (event.path.length > 0) this.#rows.delete(String(event.path[0]));
			else for (const id of event.changes.keys.keys()) this.#rows.delete(id);
		}
		this.#sorted = null;
		for (const listener of this.#listeners) listener();
	};

	constructor(doc: Y.Doc) {
		this.#injects = scriptInjects(doc);
		this.#injects.observeDeep(this.#observe as never);
	}

	/** In script order. */
	rows(): readonly PageRow[] {
		if (this.#sorted) return this.#sorted;
		const rows: Row[] = [];
		for (const [id, record] of this.#injects.entries()) {
			if (!(record instanceof Y.Map)) continue;
			let row = this.#rows.get(id);
			if (!row) this.#rows.set(id, (row = new Row(id, record)));
			rows.push(row);
		}
		return (this.#sorted = rows.sort((a, b) => compareText(a.order, b.order) || compareText(a.id, b.id)));
	}

	/** After every change; returns the function that ends it. */
	onChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	close(): void {
		this.#injects.unobserveDeep(this.#observe as never);
		this.#listeners.clear();
	}
}

export const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

// --- editing. Each is one transaction of the caller's origin, so that one Undo takes back one act ---------------------

/** Where a new or moved inject stands: after another, or first. */
export interface Place {
	after: InjectId | null;
}

/** An empty inject after another; the reference continues the numbering of the script. */
export function insertInject(
	doc: Y.Doc,
	rows: readonly PageRow[],
	id: InjectId,
	place: Place,
	values: Partial<Omit<Inject, 'id'>> = {},
	origin?: unknown
): void {
	const inject = newInject(id, { reference: nextReference(rows), ...values });
	doc.transact(() => addInject(doc, inject, orderAfter(doc, rows, place.after)), origin);
}

/** Several that are made elsewhere, one after the other, in one act. */
export function insertInjects(
	doc: Y.Doc,
	rows: readonly PageRow[],
	injects: readonly Inject[],
	place: Place,
	origin?: unknown
): void {
	doc.transact(() => {
		const known: Ordered[] = rows.map(({ id, order }) => ({ id, order }));
		let { after } = place;
		for (const inject of injects) {
			const order = orderAfter(doc, known, after);
			addInject(doc, inject, order);
			const found = known.findIndex((row) => row.id === after);
			const index = after !== null && found === -1 ? known.length : found + 1;
			known.splice(index, 0, { id: inject.id, order });
			after = inject.id;
		}
	}, origin);
}

/** A copy right after the original, with a reference of its own. Of a variant it is an inject of its own: one is enough. */
export function duplicateInject(
	doc: Y.Doc,
	rows: readonly PageRow[],
	original: InjectId,
	id: InjectId,
	origin?: unknown
): void {
	const row = rows.find((candidate) => candidate.id === original);
	if (!row) return;
	const { id: _, ...values } = structuredClone(row.inject);
	insertInject(
		doc,
		rows,
		id,
		{ after: original },
		{ ...values, origin: null, reference: nextReference(rows) },
		origin
	);
}

/** Moves one inject; nothing but its order key changes, so edits that others make to it at the same moment stay. */
export function moveInject(
	doc: Y.Doc,
	rows: readonly PageRow[],
	id: InjectId,
	place: Place,
	origin?: unknown
): void {
	const record = scriptInjects(doc).get(id);
	if (!record || place.after === id) return;
	const others = rows.filter((row) => row.id !== id);
	doc.transact(() => record.set('order', orderAfter(doc, others, place.after)), origin);
}

export function removeInjects(doc: Y.Doc, ids: readonly InjectId[], origin?: unknown): void {
	doc.transact(() => {
		for (const id of ids) scriptInjects(doc).delete(id);
	}, origin);
}

/** Sets plain fields of one or several injects in one act. */
export function editInjects(
	doc: Y.Doc,
	ids: readonly InjectId[],
	values: Partial<Inject> | ((inject: Inject) => Partial<Inject>),
	origin?: unknown
): void {
	doc.transact(() => {
		for (const id of ids) {
			const record = scriptInjects(doc).get(id);
			if (!(record instanceof Y.Map)) continue;
			setFields(record, typeof values === 'function' ? values(readInject(id, record)) : values);
		}
	}, origin);
}

export function bodyFragment(doc: Y.Doc, id: InjectId): Y.XmlFragment | null {
	const record = scriptInjects(doc).get(id);
	return record instanceof Y.Map ? bodyOf(record) : null;
}

/**
 * The order key after a row (after one that is gone: last). Two people who insert at one place get the same key; the
 * id decides between them, and what comes after goes past both, because nothing fits between equal keys.
 */
function orderAfter(doc: Y.Doc, rows: readonly Ordered[], after: InjectId | null): string {
	const found = rows.findIndex((row) => row.id === after);
	const index = after !== null && found === -1 ? rows.length - 1 : found;
	const from = rows[index]?.order ?? null;
	let next = index + 1;
	while (from !== null && next < rows.length && rows[next]!.order === from) next++;
	try {
		return generateKeyBetween(from, rows[next]?.order ?? null);
	} catch {
		// keys that are missing or were made by something else: number the script anew, then they are sound
		return orderAfter(doc, renumber(doc, rows), after);
	}
}

type Ordered = Pick<PageRow, 'id' | 'order'>;

function renumber(doc: Y.Doc, rows: readonly Ordered[]): Ordered[] {
	const keys = generateNKeysBetween(null, null, rows.length);
	return rows.map(({ id }, i) => {
		scriptInjects(doc).get(id)?.set('order', keys[i]!);
		return { id, order: keys[i]! };
	});
}

/** The next reference: the highest number of the most usual form, plus one. */
export function nextReference(rows: readonly PageRow[]): string {
	const forms = new Map<string, { count: number; highest: number; width: number }>();
	for (const { inject } of rows) {
		const parts = /^(.*?)(\d{1,9})$/.exec(inject.reference);
		if (!parts) continue;
		const form = forms.get(parts[1]!) ?? { count: 0, highest: 0, width: 1 };
		form.count++;
		form.highest = Math.max(form.highest, Number(parts[2]));
		form.width = Math.max(form.width, parts[2]!.length);
		forms.set(parts[1]!, form);
	}
	let best: [string, { count: number; highest: number; width: number }] | null = null;
	for (const form of forms) if (!best || form[1].count > best[1].count) best = form;
	if (!best) return 'INJ-001';
	return best[0] + String(best[1].highest + 1).padStart(best[1].width, '0');
}
