import type { Tlp } from '#lib/standards/tlp.ts';

/** Something that happened in a room, as its list of changes says it. */
export interface RoomChange {
	/** of the entry in the timeline */
	id: string;
	/** what it is about: changes of the same record are listed as one */
	about: string;
	/** what happened, as a sentence */
	words: string;
	/** null: exercise control, or by schedule */
	by: string | null;
	/** exercise time, ms; null before STARTEX */
	at: number | null;
	/** by the wall's clock, ms: what "looked" is measured by, because exercise time pauses and jumps */
	wallAt: number;
	tlp?: Tlp;
}

/** One record, or one thing that happened by itself, with all its changes since. */
export interface ChangedRecord {
	about: string;
	/** the newest first */
	changes: RoomChange[];
}

/** What is new since a moment, by record, the record that changed last first. Null: never looked, so nothing is old. */
export function changesSince(changes: readonly RoomChange[], lookedAt: number | null): ChangedRecord[] {
	const byRecord = new Map<string, RoomChange[]>();
	const fresh = changes
		.filter((change) => lookedAt === null || change.wallAt > lookedAt)
		.sort((a, b) => b.wallAt - a.wallAt);
	for (const change of fresh) {
		const list = byRecord.get(change.about) ?? [];
		list.push(change);
		byRecord.set(change.about, list);
	}
	return [...byRecord].map(([about, list]) => ({ about, changes: list }));
}

/**
 * Where the line "new since" stands in a list with the newest on top: before the first item that is not new. Null: nothing
 * is new, or all of it, and no line would say anything. What one did oneself is not new.
 */
export function newSinceIndex<Item extends { wallAt: number }>(
	items: readonly Item[],
	lookedAt: number | null,
	isMine: (item: Item) => boolean = () => false
): number | null {
	if (lookedAt === null) return null;
	const last = items.findLastIndex((item) => item.wallAt > lookedAt && !isMine(item));
	return last === -1 || last === items.length - 1 ? null : last + 1;
}
