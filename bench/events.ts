import { randomInt } from 'node:crypto';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/*
 * What the load consists of: events of about 200 bytes, each a fresh key of a `Y.Map` with a plain value, as Yjs writes
 * it, and in each a marker that receivers find in raw bytes: a server that merges ten updates gets credit for ten.
 */

/** `@@` eight digits `@` */
export const markerStart = Buffer.from('@@');
export const markerLength = 11;
export const marker = (id: number) => `@@${String(id).padStart(8, '0')}@`;

const filler = 'Operators report that the crane control network answers slowly since the morning shift.';
const root = 'events';

/** The markers in some bytes. What looks like one and has no digits is none. */
export function readMarkers(bytes: Buffer, found: (id: number) => void): void {
	let at = bytes.indexOf(markerStart);
	while (at >= 0 && at + markerLength <= bytes.length) {
		let id = bytes[at + 10] === 64 ? 0 : -1;
		for (let digit = at + 2; id >= 0 && digit < at + 10; digit++) {
			const value = bytes[digit]! - 48;
			id = value >= 0 && value <= 9 ? id * 10 + value : -1;
		}
		if (id >= 0) found(id);
		at = bytes.indexOf(markerStart, at + (id >= 0 ? markerLength : 1));
	}
}

/**
 * The same, for the many receivers of a document who are sent the same bytes: what was read once is compared, not read
 * again.
 */
export class MarkerReader {
	readonly #known = new Map<number, { bytes: Buffer; ids: Int32Array }>();

	read(bytes: Buffer): Int32Array {
		const known = this.#known.get(bytes.length);
		if (known?.bytes.equals(bytes)) return known.ids;
		const ids: number[] = [];
		readMarkers(bytes, (id) => ids.push(id));
		const entry = { bytes, ids: Int32Array.from(ids) };
		if (this.#known.size > 64) this.#known.clear();
		this.#known.set(bytes.length, entry);
		return entry.ids;
	}
}

export const eventValue = (id: number) => ({ m: marker(id), kind: 'log', by: 'Player', text: filler });

/** One author: consecutive changes under one client id, byte for byte what a `Y.Map.set` of Yjs sends. */
export class EventWriter {
	readonly client: number;
	#clock = 0;

	constructor(client = randomInt(2 ** 28, 2 ** 32 - 1)) {
		this.client = client;
	}

	next(id: number): Uint8Array {
		const encoder = encoding.createEncoder();
		// one client with one item: content "any" (8) with a parent's key (0x20), at a named root
		encoding.writeVarUint(encoder, 1);
		encoding.writeVarUint(encoder, 1);
		encoding.writeVarUint(encoder, this.client);
		encoding.writeVarUint(encoder, this.#clock++);
		encoding.writeUint8(encoder, 8 | 0x20);
		encoding.writeVarUint(encoder, 1);
		encoding.writeVarString(encoder, root);
		encoding.writeVarString(encoder, `event-${id}`);
		encoding.writeVarUint(encoder, 1);
		encoding.writeAny(encoder, eventValue(id));
		// nothing deleted
		encoding.writeVarUint(encoder, 0);
		return encoding.toUint8Array(encoder);
	}
}

/** The hand-built bytes are those of Yjs; a run that would measure something else does not begin. */
export function checkEvents(): void {
	const doc = new Y.Doc();
	doc.clientID = 400_000_000;
	const writer = new EventWriter(doc.clientID);
	doc.on('update', (update: Uint8Array) => {
		if (Buffer.compare(update, writer.next(written)) !== 0)
			throw new Error('the events of the load are not as Yjs writes them');
	});
	let written = 0;
	for (; written < 3; written++) doc.getMap(root).set(`event-${written}`, eventValue(written));
}
