import fc from 'fast-check';
import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { inspectUpdate, type Clocks, type Verdict } from '#server/documents/guard.ts';

/** A page as it becomes in play: text with formats, lists, deletions, maps, by three people. */
function page(): { doc: Y.Doc; clocks: Clocks; updates: Uint8Array[] } {
	const updates: Uint8Array[] = [];
	const doc = new Y.Doc();
	doc.on('update', (update: Uint8Array) => updates.push(update));
	for (const [i, client] of [101, 2_000_000_001, 7].entries()) {
		doc.clientID = client;
		const text = doc.getText('t');
		text.insert(0, `Hello ${client}, ünïcode 🙂 `);
		text.format(1, 4, { bold: true });
		doc.getMap('m').set(`key${i}`, { nested: [1, 'two', null, true] });
		doc.getMap('m').set('same', new Y.Array());
		const element = new Y.XmlElement('p');
		element.insert(0, [new Y.XmlText('inside')]);
		doc.getXmlFragment('x').insert(0, [element]);
		text.delete(2, 3);
		doc.getMap('m').delete(`key${i}`);
	}
	return { doc, clocks: Y.decodeStateVector(Y.encodeStateVector(doc)), updates };
}

const copyOf = (doc: Y.Doc) => {
	const copy = new Y.Doc();
	Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
	return copy;
};
/** The order of a map's keys is the order in which they came, and means nothing. */
const shown = (doc: Y.Doc) =>
	JSON.stringify([
		doc.getText('t').toDelta(),
		Object.entries(doc.getMap('m').toJSON()).sort(([a], [b]) => (a < b ? -1 : 1)),
		doc.getXmlFragment('x').toJSON()
	]);

/** What must hold of each verdict; the verdict for counting. */
function judge(doc: Y.Doc, clocks: Clocks, update: Uint8Array): Verdict {
	const verdict = inspectUpdate(update, { clocks });
	if (!verdict.ok) {
		expect(['invalid', 'gap']).toContain(verdict.code);
		return verdict;
	}
	// nothing new is neither stored nor relayed
	if (verdict.bytes === null) return verdict;
	const peer = copyOf(doc);
	Y.applyUpdate(peer, verdict.bytes);
	expect(peer.store.pendingStructs).toBeNull();
	expect(peer.store.pendingDs).toBeNull();
	for (const [client, clock] of verdict.to) expect(Y.getState(peer.store, client)).toBe(clock);
	// whoever loads the merged state sees the same
	const cold = new Y.Doc();
	Y.applyUpdate(cold, Y.mergeUpdates([Y.encodeStateAsUpdate(doc), verdict.bytes]));
	expect(shown(cold)).toBe(shown(peer));
	return verdict;
}

describe('the guard', () => {
	test('[R8] takes every real update in its order, once', () => {
		const { updates } = page();
		const clocks: Clocks = new Map();
		const doc = new Y.Doc();
		for (const update of updates) {
			const verdict = judge(doc, clocks, update);
			expect(verdict.ok && verdict.bytes).toEqual(update);
			if (verdict.ok) for (const [client, clock] of verdict.to) clocks.set(client, clock);
			Y.applyUpdate(doc, update);
			const again = inspectUpdate(update, { clocks });
			expect(again.ok && again.to.size).toBe(0);
		}
		expect(shown(doc)).toBe(shown(page().doc));
	});

	test('[R8] refuses every update whose forerunner is missing, and takes it after', () => {
		const { updates } = page();
		for (const [i, update] of updates.entries()) {
			const doc = new Y.Doc();
			for (const before of updates.slice(0, Math.max(i - 1, 0))) Y.applyUpdate(doc, before);
			const peer = copyOf(doc);
			Y.applyUpdate(peer, update);
			const isWhole = peer.store.pendingStructs === null && peer.store.pendingDs === null;
			const verdict = judge(doc, Y.decodeStateVector(Y.encodeStateVector(doc)), update);
			expect(verdict.ok).toBe(isWhole);
		}
	});

	test('[R8] every bit of real updates flipped, one at a time: a verdict, and nothing left pending', () => {
		const { updates } = page();
		const counts = { taken: 0, gap: 0, invalid: 0 };
		const doc = new Y.Doc();
		for (const update of updates) {
			const clocks = Y.decodeStateVector(Y.encodeStateVector(doc));
			for (let bit = 0; bit < update.length * 8; bit++) {
				const flipped = Uint8Array.from(update);
				flipped[bit >> 3]! ^= 1 << (bit & 7);
				const verdict = judge(doc, clocks, flipped);
				counts[verdict.ok ? 'taken' : verdict.code]++;
			}
			Y.applyUpdate(doc, update);
		}
		expect(counts.taken + counts.gap + counts.invalid).toBeGreaterThan(4000);
		expect(counts.gap + counts.invalid).toBeGreaterThan(counts.taken / 2);
	}, 60_000);

	test('[R8] real updates cut off at every byte are refused', () => {
		const { updates } = page();
		const doc = new Y.Doc();
		for (const update of updates) {
			const clocks = Y.decodeStateVector(Y.encodeStateVector(doc));
			for (let length = 0; length < update.length; length++)
				expect(judge(doc, clocks, update.subarray(0, length)).ok, `${length} of ${update.length}`).toBe(
					false
				);
			Y.applyUpdate(doc, update);
		}
	});

	test('[R8] mixed, spliced and random bytes: a verdict, and nothing left pending', () => {
		const { doc, clocks, updates } = page();
		const whole = Y.encodeStateAsUpdate(doc);
		const half = copyOf(doc);
		const piece = fc.record({
			from: fc.constantFrom(whole, ...updates),
			start: fc.nat(60),
			length: fc.nat(80)
		});
		const spliced = fc
			.array(piece, { minLength: 1, maxLength: 3 })
			.map((pieces) =>
				Uint8Array.from(pieces.flatMap(({ from, start, length }) => [...from.slice(start, start + length)]))
			);
		const edited = fc
			.tuple(
				fc.constantFrom(whole, ...updates),
				fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
			)
			.map(([from, changes]) => {
				const made = Uint8Array.from(from);
				for (const [at, value] of changes) made[at % made.length] = value;
				return made;
			});
		const empty: Clocks = new Map();
		fc.assert(
			fc.property(fc.oneof(spliced, edited, fc.uint8Array({ maxLength: 64 })), (update) => {
				judge(half, clocks, update);
				judge(new Y.Doc(), empty, update);
			}),
			{ numRuns: 6000 }
		);
	}, 60_000);

	test('[R8] what the document has already is cut off, so that each change is stored once', () => {
		const { doc, clocks, updates } = page();
		const peer = copyOf(doc);
		peer.clientID = 999;
		peer.getText('t').insert(0, 'new');
		const verdict = inspectUpdate(Y.encodeStateAsUpdate(peer), { clocks });
		if (!verdict.ok || verdict.bytes === null) throw new Error('refused');
		const { structs } = Y.decodeUpdate(verdict.bytes);
		expect([...new Set(structs.map((one) => one.id.client))]).toEqual([999]);
		expect(verdict.bytes.length).toBeLessThan(updates.reduce((sum, one) => sum + one.length, 0));
	});
});

describe('the work of the guard', () => {
	test('[P9] [R8] numbers that claim millions of changes cost nothing', () => {
		for (const claimed of [2 ** 20, 2 ** 31, 2 ** 52]) {
			const update = encoding.encode((encoder) => {
				encoding.writeVarUint(encoder, 1);
				encoding.writeVarUint(encoder, claimed);
				encoding.writeVarUint(encoder, 1);
				encoding.writeVarUint(encoder, 0);
			});
			expect(inspectUpdate(update, { clocks: new Map() }).ok).toBe(false);
			const deletions = encoding.encode((encoder) => {
				encoding.writeVarUint(encoder, 0);
				encoding.writeVarUint(encoder, 1);
				encoding.writeVarUint(encoder, 5);
				encoding.writeVarUint(encoder, claimed);
			});
			expect(inspectUpdate(deletions, { clocks: new Map() }).ok).toBe(false);
		}
	});
});
