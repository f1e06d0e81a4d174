import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { eventValue, type EventWriter } from './events.ts';

/** the server has told everything: the client is in */
export const joined = Symbol('joined');

/** How the servers differ on the wire. Messages are strings (text frames) or bytes (binary frames). */
export interface Dialect {
	/** where the socket is opened */
	path: (document: string) => string;
	/** nothing is told to those who come: a client is in as soon as its socket is open */
	inAtOnce?: boolean;
	/** what a client sends to be told everything, once the socket is open */
	greeting: (document: string) => (string | Uint8Array)[];
	/** reads a message during the greeting: whether that was all, or what is to be sent back */
	greeted: (message: Buffer, isText: boolean, document: string) => typeof joined | string | undefined;
	/** what a heartbeat on the level of messages wants to hear */
	heartbeat?: (message: Buffer, isText: boolean) => string | undefined;
	event: (document: string, writer: EventWriter, id: number) => string | Uint8Array;
	presence: (
		document: string,
		client: number,
		clock: number,
		state: Record<string, unknown>
	) => string | Uint8Array;
	/** content of a step 2 or an update, null for every other message */
	update?: (message: Buffer) => { step: 1 | 2; bytes: Uint8Array } | null;
	/** how many of this socket's updates are called saved, given how many were before */
	saved?: (message: Buffer, before: number) => number;
}

const emptyStateVector = new Uint8Array([0]);

function message(
	prefix: string | null,
	type: number,
	write: (encoder: encoding.Encoder) => void
): Uint8Array {
	return encoding.encode((encoder) => {
		if (prefix !== null) encoding.writeVarString(encoder, prefix);
		encoding.writeVarUint(encoder, type);
		write(encoder);
	});
}

const sync = (prefix: string | null, step: 0 | 1 | 2, body: Uint8Array) =>
	message(prefix, 0, (encoder) => {
		encoding.writeVarUint(encoder, step);
		encoding.writeVarUint8Array(encoder, body);
	});

function awareness(prefix: string | null, client: number, clock: number, state: Record<string, unknown>) {
	const update = encoding.encode((encoder) => {
		encoding.writeVarUint(encoder, 1);
		encoding.writeVarUint(encoder, client);
		encoding.writeVarUint(encoder, clock);
		encoding.writeVarString(encoder, JSON.stringify(state));
	});
	return message(prefix, 1, (encoder) => encoding.writeVarUint8Array(encoder, update));
}

function readUpdate(bytes: Buffer, hasName: boolean): { step: 1 | 2; bytes: Uint8Array } | null {
	const decoder = decoding.createDecoder(bytes);
	if (hasName) decoding.readVarString(decoder);
	const type = decoding.readVarUint(decoder);
	// Hocuspocus answers a question with a type of its own
	if (type !== 0 && !(hasName && type === 4)) return null;
	const step = decoding.readVarUint(decoder);
	if (step !== 1 && step !== 2) return null;
	return { step, bytes: decoding.readVarUint8Array(decoder) };
}

/** y-protocols, the document in the address: ours and the reference server. */
const plain = (prefix: string): Dialect => ({
	path: (document) => `${prefix}${document}`,
	greeting: () => [sync(null, 0, emptyStateVector)],
	greeted: (bytes, isText) => (!isText && readUpdate(bytes, false)?.step === 1 ? joined : undefined),
	event: (_document, writer, id) => sync(null, 2, writer.next(id)),
	presence: (_document, client, clock, state) => awareness(null, client, clock, state),
	update: (bytes) => readUpdate(bytes, false)
});

export const dialects = {
	ours: {
		...plain('/documents/'),
		saved: (bytes, before) =>
			bytes[0] === 100 ? decoding.readVarUint(decoding.createDecoder(bytes.subarray(1))) : before
	},
	reference: plain('/'),
	// the hub relays whatever comes: the same bytes as the reference
	relay: { ...plain('/'), inAtOnce: true, greeting: () => [], update: undefined },
	hocuspocus: {
		path: () => '/',
		greeting: (document) => [
			message(document, 2, (encoder) => {
				encoding.writeVarUint(encoder, 0);
				encoding.writeVarString(encoder, '');
			}),
			sync(document, 0, emptyStateVector)
		],
		greeted: (bytes, isText) => (!isText && readUpdate(bytes, true)?.step === 1 ? joined : undefined),
		event: (document, writer, id) => sync(document, 2, writer.next(id)),
		presence: awareness,
		update: (bytes) => readUpdate(bytes, true),
		saved: (bytes, before) => {
			const decoder = decoding.createDecoder(bytes);
			decoding.readVarString(decoder);
			return decoding.readVarUint(decoder) === 8 && decoding.readVarUint(decoder) === 1 ? before + 1 : before;
		}
	},
	rooms: {
		path: () => '/socket.io/?EIO=4&transport=websocket',
		greeting: () => [],
		greeted: (bytes, isText, document) => {
			if (!isText) return undefined;
			const text = bytes.toString();
			if (text.startsWith('0')) return '40';
			if (text.startsWith('40')) return `420${JSON.stringify(['join', document])}`;
			return text.startsWith('430') ? joined : undefined;
		},
		heartbeat: (bytes, isText) => (isText && bytes.length === 1 && bytes[0] === 50 ? '3' : undefined),
		event: (_document, _writer, id) => `42${JSON.stringify(['u', eventValue(id)])}`,
		presence: (_document, _client, _clock, state) => `42${JSON.stringify(['p', state])}`
	}
} satisfies Record<string, Dialect>;

export type ServerName = keyof typeof dialects;
