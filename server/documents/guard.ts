import * as Y from 'yjs';
import { covers, type Deleted } from './deleted.ts';

/** Clocks by client id: what a room has, without a Y.Doc. */
export type Clocks = Map<number, number>;

/** What the guard looks at: where the document stands, with what is on its way into the log. */
export interface Standing {
	clocks: Clocks;
	/** without what is on its way */
	stored?: Clocks;
	/** what is known to be deleted; asked only for what a browser brings back when it connects */
	deleted?: () => Deleted;
}

/** What a sound update brings, in the bytes that are to be stored. */
export interface Sound {
	ok: true;
	/** null: all of it is there already */
	bytes: Uint8Array | null;
	/** the clocks after it, of the clients that wrote something new */
	to: Clocks;
	/** a part of it is on its way into the log by another socket, and not there yet */
	underWay: boolean;
	/** whether it deletes: then no state vector tells who has it */
	deletes: boolean;
}

export type Verdict = Sound | { ok: false; code: 'invalid' | 'gap'; sentence: string };

const garbage: Verdict = {
	ok: false,
	code: 'invalid',
	sentence: 'This change cannot be read. Load the page again.'
};
const gap: Verdict = {
	ok: false,
	code: 'gap',
	sentence: 'Changes are missing before this one. Load the page again.'
};

/**
 * Looks at an update without applying it (PROMISES R8). It must decode as a whole, and everything that it builds on must
 * be there: a change that waits for another one waits in every reader's browser, and makes each later change dearer.
 * What the document has already is cut off, so that each change is in the log once, and the first one counts.
 */
export function inspectUpdate(update: Uint8Array, standing: Standing): Verdict {
	try {
		const { structs, ds } = Y.decodeUpdate(update);
		const have = standing.clocks;
		const last = structs.at(-1);
		if (last === undefined && ds.clients.size === 0) return nothingNew();
		const runs = byClient(structs);
		if (runs === null) return gap;
		if (!integrates(runs, have)) return gap;
		const to: Clocks = new Map();
		let overlap = false;
		let underWay = false;
		for (const [client, run] of runs) {
			const from = run[0]!.id.clock;
			const end = run.at(-1)!.id.clock + run.at(-1)!.length;
			const known = have.get(client) ?? 0;
			if (from < known) overlap = true;
			const stored = standing.stored?.get(client) ?? 0;
			if (standing.stored && from < known && stored < known && stored < end) underWay = true;
			if (end > known) to.set(client, end);
		}
		for (const [client, ranges] of ds.clients)
			for (const { clock, len } of ranges)
				if (clock + len > Math.max(to.get(client) ?? 0, have.get(client) ?? 0)) return gap;
		const deletes = ds.clients.size > 0;
		if (to.size === 0 && (!deletes || (standing.deleted && covers(standing.deleted(), ds))))
			return { ...nothingNew(), underWay };
		return {
			ok: true,
			bytes: overlap ? Y.diffUpdate(update, Y.encodeStateVector(have)) : update,
			to,
			underWay,
			deletes
		};
	} catch {
		return garbage;
	}
}

const nothingNew = (): Sound => ({ ok: true, bytes: null, to: new Map(), underWay: false, deletes: false });

type Struct = Y.Item | Y.GC | Y.Skip;

/** The changes of each client in their order; null where one leaves a gap. */
function byClient(structs: readonly Struct[]): Map<number, Struct[]> | null {
	const runs = new Map<number, Struct[]>();
	for (const struct of structs) {
		if (struct instanceof Y.Skip) return null;
		const { client, clock } = struct.id;
		const run = runs.get(client);
		if (!run) runs.set(client, [struct]);
		else {
			const before = run.at(-1)!;
			if (before.id.clock + before.length !== clock) return null;
			run.push(struct);
		}
	}
	return runs;
}

/**
 * Whether Yjs could take in every change at once: walks them in the order in which it would, each one when what it
 * stands on is there. An update of one author, which is nearly every one, is a single pass.
 */
function integrates(runs: ReadonlyMap<number, readonly Struct[]>, have: Clocks): boolean {
	const at = new Map<number, { run: readonly Struct[]; next: number; clock: number }>();
	for (const [client, run] of runs) {
		const known = have.get(client) ?? 0;
		if (run[0]!.id.clock > known) return false;
		at.set(client, { run, next: 0, clock: known });
	}
	const here = (id: Y.ID) => id.clock < (at.get(id.client)?.clock ?? have.get(id.client) ?? 0);
	// a client whose next change waits for another client is looked at again when that one has moved
	let waiting = [...at.values()];
	while (waiting.length > 0) {
		const still: typeof waiting = [];
		let moved = false;
		for (const one of waiting) {
			while (one.next < one.run.length) {
				const struct = one.run[one.next]!;
				const end = struct.id.clock + struct.length;
				if (end > one.clock && !standsOn(struct).every(here)) break;
				one.clock = Math.max(one.clock, end);
				one.next++;
				moved = true;
			}
			if (one.next < one.run.length) still.push(one);
		}
		if (!moved) return false;
		waiting = still;
	}
	return true;
}

function standsOn(struct: Struct): Y.ID[] {
	if (!(struct instanceof Y.Item)) return [];
	const { origin, rightOrigin } = struct;
	const parent = struct.parent as unknown;
	return [
		...(origin ? [origin] : []),
		...(rightOrigin ? [rightOrigin] : []),
		...(parent instanceof Y.ID ? [parent] : [])
	];
}

/** Raises clocks to what an update brings. */
export function advance(clocks: Clocks, to: ReadonlyMap<number, number>): void {
	for (const [client, clock] of to) if (clock > (clocks.get(client) ?? 0)) clocks.set(client, clock);
}

/** What a stored update brings. */
export function describe(update: Uint8Array): { to: Clocks; deletes: boolean } {
	const { structs, ds } = Y.decodeUpdate(update);
	const to: Clocks = new Map();
	// in each client's order, so the last one counts
	for (const { id, length } of structs) to.set(id.client, id.clock + length);
	return { to, deletes: ds.clients.size > 0 };
}
