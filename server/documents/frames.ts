import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { documentMessage } from '#lib/protocol/wire.ts';

/*
 * The messages of a document socket: y-websocket's own (sync and awareness), and two of ours (saved, refused). Bytes in,
 * bytes out; nothing here knows rooms or rights.
 */

export type Incoming =
	| { kind: 'state-vector'; stateVector: Uint8Array }
	/** step 2 or an update: both carry changes */
	| { kind: 'update'; update: Uint8Array }
	| { kind: 'presence'; update: Uint8Array };

/** Reads one message; throws on garbage, on trailing bytes and on message types that are not ours. */
export function readMessage(bytes: Uint8Array): Incoming {
	const decoder = decoding.createDecoder(bytes);
	const message = read();
	if (decoding.hasContent(decoder)) throw new Error('bytes after the message');
	return message;

	function read(): Incoming {
		switch (decoding.readVarUint(decoder)) {
			case documentMessage.sync: {
				const step = decoding.readVarUint(decoder);
				const body = decoding.readVarUint8Array(decoder);
				if (step === 0) return { kind: 'state-vector', stateVector: body };
				if (step === 1 || step === 2) return { kind: 'update', update: body };
				throw new Error('unknown sync step');
			}
			case documentMessage.awareness:
				return { kind: 'presence', update: decoding.readVarUint8Array(decoder) };
			default:
				throw new Error('unknown message type');
		}
	}
}

/**
 * A message as it goes over the socket: a whole, unmasked binary frame (RFC 6455, 5.2). Built once, its bytes go to every
 * reader; frames may stand side by side in one write.
 */
export function frame(message: Uint8Array): Buffer {
	const { length } = message;
	const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
	const bytes = Buffer.allocUnsafe(head + length);
	bytes[0] = 0x82;
	if (head === 2) bytes[1] = length;
	else if (head === 4) {
		bytes[1] = 126;
		bytes.writeUInt16BE(length, 2);
	} else {
		bytes[1] = 127;
		bytes.writeBigUInt64BE(BigInt(length), 2);
	}
	bytes.set(message, head);
	return bytes;
}

function syncMessage(step: 0 | 1 | 2, body: Uint8Array): Uint8Array {
	return encoding.encode((encoder) => {
		encoding.writeVarUint(encoder, documentMessage.sync);
		encoding.writeVarUint(encoder, step);
		encoding.writeVarUint8Array(encoder, body);
	});
}

/** Asks the browser for what we miss. */
export const askMessage = (stateVector: Uint8Array) => syncMessage(0, stateVector);
/** Answers a browser's question: after it, the browser calls itself synced. */
export const answerMessage = (update: Uint8Array) => syncMessage(1, update);
export const updateMessage = (update: Uint8Array) => syncMessage(2, update);

export function savedMessage(count: number): Uint8Array {
	return encoding.encode((encoder) => {
		encoding.writeVarUint(encoder, documentMessage.saved);
		encoding.writeVarUint(encoder, count);
	});
}

export function refusedMessage(code: string, sentence: string): Uint8Array {
	return encoding.encode((encoder) => {
		encoding.writeVarUint(encoder, documentMessage.refused);
		encoding.writeVarString(encoder, code);
		encoding.writeVarString(encoder, sentence);
	});
}

export interface PresenceEntry {
	client: number;
	clock: number;
	/** JSON; `null` takes the client away */
	state: string;
}

/** Reads an awareness update; `limit` stops a frame that claims a hundred thousand clients. */
export function readPresence(update: Uint8Array, limit: number): PresenceEntry[] {
	const decoder = decoding.createDecoder(update);
	const count = decoding.readVarUint(decoder);
	if (count > limit) throw new Error('too many presence states');
	return Array.from({ length: count }, () => ({
		client: decoding.readVarUint(decoder),
		clock: decoding.readVarUint(decoder),
		state: decoding.readVarString(decoder)
	}));
}

export function presenceMessage(entries: readonly PresenceEntry[]): Uint8Array {
	const update = encoding.encode((encoder) => {
		encoding.writeVarUint(encoder, entries.length);
		for (const { client, clock, state } of entries) {
			encoding.writeVarUint(encoder, client);
			encoding.writeVarUint(encoder, clock);
			encoding.writeVarString(encoder, state);
		}
	});
	return encoding.encode((encoder) => {
		encoding.writeVarUint(encoder, documentMessage.awareness);
		encoding.writeVarUint8Array(encoder, update);
	});
}
