import fc from 'fast-check';
import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import {
	askMessage,
	frame,
	presenceMessage,
	readMessage,
	readPresence,
	updateMessage
} from '#server/documents/frames.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

describe('a message', () => {
	test('[R6] is read as what was written', () => {
		fc.assert(
			fc.property(bytes, (body) => {
				expect(readMessage(askMessage(body))).toEqual({ kind: 'state-vector', stateVector: body });
				expect(readMessage(updateMessage(body))).toEqual({ kind: 'update', update: body });
			}),
			{ numRuns: 500 }
		);
	});

	test('[R6] of any bytes is one of three, or an error; never something else', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
				let read;
				try {
					read = readMessage(data);
				} catch (error) {
					expect(error).toBeInstanceOf(Error);
					return;
				}
				expect(['state-vector', 'update', 'presence']).toContain(read.kind);
			}),
			{ numRuns: 20_000 }
		);
	});

	test('[R6] cut off anywhere, or with a byte behind it, is an error', () => {
		const whole = updateMessage(Uint8Array.from({ length: 60 }, (_, i) => i));
		for (let length = 0; length < whole.length; length++)
			expect(() => readMessage(whole.subarray(0, length)), `${length} bytes`).toThrow();
		expect(() => readMessage(Uint8Array.of(...whole, 0))).toThrow();
	});

	test.each([
		['a length beyond the end', Uint8Array.of(0, 2, 200, 1, 1, 2, 3)],
		['a length beyond all numbers', Uint8Array.of(0, 2, ...Array<number>(20).fill(255), 1)],
		['an unknown type', Uint8Array.of(3, 0)],
		['our own messages', Uint8Array.of(100, 1)],
		['an unknown step', Uint8Array.of(0, 3, 0)],
		['nothing', new Uint8Array()]
	])('[R6] with %s is an error', (_what, data) => {
		expect(() => readMessage(data)).toThrow();
	});
});

describe('presence', () => {
	test('[L9] is read as what was written, and any bytes are entries or an error', () => {
		const entry = fc.record({
			client: fc.nat(),
			clock: fc.nat(),
			state: fc.string({ unit: 'grapheme' })
		});
		fc.assert(
			fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
				const message = readMessage(presenceMessage(entries));
				expect(message.kind).toBe('presence');
				if (message.kind === 'presence') expect(readPresence(message.update, 5)).toEqual(entries);
			}),
			{ numRuns: 500 }
		);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
				try {
					for (const one of readPresence(data, 100)) expect(typeof one.state).toBe('string');
				} catch (error) {
					expect(error).toBeInstanceOf(Error);
				}
			}),
			{ numRuns: 10_000 }
		);
	});

	test('[L9] that claims more states than may be, is refused before any is read', () => {
		const claim = encoding.encode((encoder) => encoding.writeVarUint(encoder, 2 ** 31));
		expect(() => readPresence(claim, 5000)).toThrow('too many');
	});
});

test('[R6] a frame of ours is as RFC 6455 has it, at every border of its length', () => {
	for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 100_000]) {
		const made = frame(new Uint8Array(length).fill(7));
		expect(made[0]).toBe(0x82);
		const seven = made[1]!;
		const [head, told] =
			seven < 126
				? [2, seven]
				: seven === 126
					? [4, made.readUInt16BE(2)]
					: [10, Number(made.readBigUInt64BE(2))];
		expect(told).toBe(length);
		expect(made.length).toBe(head + length);
		expect(made.subarray(head).every((byte) => byte === 7)).toBe(true);
	}
});
