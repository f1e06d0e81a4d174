import * as Y from 'yjs';

type DeleteSet = ReturnType<typeof Y.createDeleteSet>;

/** What is deleted in a document, as Yjs keeps it: sorted, merged ranges by client. */
export type Deleted = DeleteSet;

/** The deletions of several updates together. */
export function deletedIn(updates: readonly Uint8Array[]): Deleted {
	return Y.mergeDeleteSets(updates.map((update) => Y.decodeUpdate(update).ds));
}

/**
 * Whether all deletions of `claimed` are known. A browser sends its whole list each time it connects: without this, each
 * reconnection would be a new row of the log and a message to everybody.
 */
export function covers(known: Deleted, claimed: Deleted): boolean {
	for (const [client, ranges] of claimed.clients) {
		const have = known.clients.get(client) ?? [];
		for (const { clock, len } of ranges) {
			const index = lastAtOrBefore(have, clock);
			const range = have[index];
			if (!range || range.clock + range.len < clock + len) return false;
		}
	}
	return true;
}

function lastAtOrBefore(ranges: readonly { clock: number }[], clock: number): number {
	let low = 0;
	let high = ranges.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ranges[middle]!.clock <= clock) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}
