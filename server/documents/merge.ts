import * as Y from 'yjs';

/** Many updates as one, with what is asked of it later. */
export interface Merged {
	state: Uint8Array;
	/** clocks by client, as Yjs encodes them */
	stateVector: Uint8Array;
	/** an update that only deletes: what a browser may lack although it has every change */
	deletes: Uint8Array;
}

/**
 * Through a Y.Doc: it forgets the contents of what was deleted, which `mergeUpdates` keeps for ever, and costs a third
 * (PERFORMANCE 8).
 */
export function mergeNow(updates: readonly Uint8Array[]): Merged {
	const doc = new Y.Doc();
	doc.transact(() => {
		for (const update of updates) Y.applyUpdate(doc, update);
	});
	const stateVector = Y.encodeStateVector(doc);
	return {
		state: Y.encodeStateAsUpdate(doc),
		stateVector,
		deletes: Y.encodeStateAsUpdate(doc, stateVector)
	};
}

export const nothingYet: Merged = mergeNow([]);
