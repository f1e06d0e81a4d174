import * as Y from 'yjs';

/** Clocks by client id: what a room has, without a Y.Doc. */
export type Clocks = Map<number, number>;

export type Verdict =
	{ ok: true; empty: boolean; to: Clocks } | { ok: false; code: 'invalid' | 'gap'; sentence: string };

/**
 * Looks at an update without applying it (PROMISES R8): it must decode as a whole, and no client's changes may begin
 * beyond what the room has, because a gap would hide everything after it from every reader.
 */
export function inspectUpdate(update: Uint8Array, have: Clocks): Verdict {
	try {
		const { structs, ds } = Y.decodeUpdate(update);
		const { from, to } = Y.parseUpdateMeta(update);
		for (const [client, clock] of from)
			if (clock > (have.get(client) ?? 0))
				return {
					ok: false,
					code: 'gap',
					sentence: 'Changes are missing before this one. Load the page again.'
				};
		return { ok: true, empty: structs.length === 0 && ds.clients.size === 0, to };
	} catch {
		return { ok: false, code: 'invalid', sentence: 'This change cannot be read. Load the page again.' };
	}
}

/** Raises clocks to what an update brings. */
export function advance(clocks: Clocks, to: ReadonlyMap<number, number>): void {
	for (const [client, clock] of to) if (clock > (clocks.get(client) ?? 0)) clocks.set(client, clock);
}
