import * as Y from 'yjs';

/** One change of a page, as its log has it. */
export interface LoggedChange {
	bytes: Uint8Array;
	/** the account; null: the server */
	author: string | null;
	/** wall time, ms */
	at: number;
}

/** Who touched a part of a page last. */
export interface Touch {
	author: string | null;
	/** wall time, ms */
	at: number;
}

/** A page as it stood after some of its changes. */
export interface Rebuilt {
	/** the whole page, as one Yjs update */
	state: Uint8Array;
	/** by place in the page: `head/title`, `injects/<id>/body`, `text` (`placesOf`) */
	touched: Record<string, Touch>;
}

/** So deep the places of a page are told apart: shared type, record, field. */
const depth = 3;

/**
 * Applies changes one after the other onto an earlier state, and notes who touched what. Of any page: it knows none of
 * their shapes. What was touched before `onto` is told only where `onto` brings it along.
 */
export function rebuild(changes: Iterable<LoggedChange>, onto: Rebuilt | null = null): Rebuilt {
	const doc = new Y.Doc();
	if (onto) Y.applyUpdate(doc, onto.state);
	const touched: Record<string, Touch> = { ...onto?.touched };
	let current: Touch = { author: null, at: 0 };
	doc.on('afterTransaction', (transaction: Y.Transaction) => {
		for (const [type, keys] of transaction.changed)
			for (const key of keys) for (const place of placesOf(type, key)) touched[place] = current;
	});
	for (const { bytes, author, at } of changes) {
		current = { author, at };
		Y.applyUpdate(doc, bytes);
	}
	const state = Y.encodeStateAsUpdate(doc);
	doc.destroy();
	return { state, touched };
}

/** A shared type of any sort, as Yjs itself speaks of it. */
type Shared = Parameters<typeof Y.findRootTypeKey>[0];

/** The place of a change and those that it lies in: `injects/x`, `injects/x/body`. */
function placesOf(type: Shared, key: string | null): string[] {
	const parts: string[] = key === null ? [] : [key];
	let at = type;
	// elements of a text have no key: they are at the place of the text
	while (at._item !== null) {
		if (at._item.parentSub !== null) parts.unshift(at._item.parentSub);
		at = at._item.parent as Shared;
	}
	parts.unshift(Y.findRootTypeKey(at));
	const known = parts.slice(0, depth);
	return known.map((_, i) => known.slice(0, i + 1).join('/'));
}

/** Who touched a place of a page last: `text`, or several places that one section shows. */
export function lastTouch<T extends { at: number }>(
	touched: Readonly<Record<string, T>>,
	places: readonly string[]
): T | null {
	let last: T | null = null;
	for (const place of places) {
		const one = touched[place];
		if (one && (last === null || one.at > last.at)) last = one;
	}
	return last;
}
