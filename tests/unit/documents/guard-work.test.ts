import * as encoding from 'lib0/encoding';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { inspectUpdate } from '#server/documents/guard.ts';

/** n clients with one letter each, every one standing on the next: in the order that makes a naive walk slowest. */
function chain(n: number): Uint8Array {
	return encoding.encode((encoder) => {
		const uint = (value: number) => encoding.writeVarUint(encoder, value);
		uint(n);
		for (let i = 0; i < n; i++) {
			uint(1);
			uint(100_000 + i);
			uint(0);
			if (i === n - 1) {
				encoding.writeUint8(encoder, 4);
				uint(1);
				encoding.writeVarString(encoder, 't');
			} else {
				encoding.writeUint8(encoder, 4 | 0x80);
				uint(100_001 + i);
				uint(0);
			}
			encoding.writeVarString(encoder, 'x');
		}
		uint(0);
	});
}

const least = (act: () => void) =>
	Math.min(
		...Array.from({ length: 3 }, () => {
			const begun = performance.now();
			act();
			return performance.now() - begun;
		})
	);

test('[P9] [R8] the work of the guard grows with the bytes of an update, not with their square', () => {
	const small = chain(500);
	const large = chain(8000);
	for (const update of [small, large]) {
		const doc = new Y.Doc();
		Y.applyUpdate(doc, update);
		expect(doc.store.pendingStructs).toBeNull();
	}
	const one = least(() => inspectUpdate(small, { clocks: new Map() }));
	const many = least(() => inspectUpdate(large, { clocks: new Map() }));
	// sixteen times the bytes; a square would be 256 times
	expect(many).toBeLessThan(Math.max(one, 0.5) * 100);
}, 60_000);
