import { randomBytes } from 'node:crypto';
import net from 'node:net';
import type { MeasuredServer } from './servers.ts';
import { socketsPerPerson, type Pages } from './stage.ts';
import { joined, type Dialect } from './wire.ts';

/*
 * Clients that cost next to nothing, so that the server is what is measured: hand-made WebSocket frames on plain
 * sockets, no objects a message, and bytes that were read once are not read again for the next thousand receivers.
 */

const opensWithinMs = 60_000;
/** sockets that are being opened at the same time */
const opening = 60;

/** One message as a frame from a client. The mask is zero, which the protocol allows and which changes no byte. */
export function clientFrame(message: string | Uint8Array): Buffer {
	const isText = typeof message === 'string';
	const body = isText ? Buffer.from(message) : message;
	const extra = body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8;
	const frame = Buffer.alloc(6 + extra + body.length);
	frame[0] = 0x80 | (isText ? 1 : 2);
	frame[1] = 0x80 | (extra === 0 ? body.length : extra === 2 ? 126 : 127);
	if (extra === 2) frame.writeUInt16BE(body.length, 2);
	if (extra === 8) frame.writeBigUInt64BE(BigInt(body.length), 2);
	frame.set(body, 6 + extra);
	return frame;
}

export interface Hears {
	/** bytes with whole messages in them, which other clients of the document may have been sent as well */
	bytes?: (bytes: Buffer, client: LightClient) => void;
	/** each message alone, for those who must know which is which */
	message?: (message: Buffer, client: LightClient) => void;
	closed?: (client: LightClient, code: number) => void;
}

export class LightClient {
	readonly server: MeasuredServer;
	readonly document: string;
	/** its place among the clients of a run */
	readonly index: number;
	readonly socket: net.Socket;
	readonly #dialect: Dialect;
	hears: Hears = {};
	received = 0;
	closed = false;
	#closeCode = 1006;
	#rest: Buffer[] = [];
	#restBytes = 0;
	#needed = 0;
	#upgraded = false;
	#joined: (() => void) | null = null;
	#failed: ((error: Error) => void) | null = null;

	constructor(
		server: MeasuredServer,
		document: string,
		index: number,
		cookie: string,
		hears: Hears = {},
		dialect: Dialect = server.dialect
	) {
		this.server = server;
		this.#dialect = dialect;
		this.document = document;
		this.index = index;
		this.hears = hears;
		this.socket = net.connect({ port: server.port, host: '127.0.0.1', noDelay: true });
		this.socket.on('data', (chunk: Buffer) => this.#take(chunk));
		this.socket.on('error', () => undefined);
		this.socket.on('close', () => {
			this.closed = true;
			this.#failed?.(new Error(`${server.name} closed a socket with ${this.#closeCode}`));
			this.hears.closed?.(this, this.#closeCode);
		});
		this.socket.write(
			`GET ${dialect.path(document)} HTTP/1.1\r\nHost: localhost:${server.port}\r\nOrigin: ${server.origin}\r\n` +
				`Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
				`Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${cookie ? `Cookie: ${cookie}\r\n` : ''}\r\n`
		);
	}

	/** Resolves when the server has told everything it has. */
	joined(): Promise<this> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.end();
				reject(new Error(`${this.server.name} did not let a client in`));
			}, opensWithinMs);
			this.#joined = () => {
				clearTimeout(timer);
				this.#joined = this.#failed = null;
				resolve(this);
			};
			this.#failed = (error) => {
				clearTimeout(timer);
				this.#joined = this.#failed = null;
				reject(error);
			};
		});
	}

	send(message: string | Uint8Array): void {
		this.socket.write(clientFrame(message));
	}

	end(): void {
		this.socket.destroy();
	}

	#take(chunk: Buffer): void {
		this.received += chunk.length;
		let bytes = chunk;
		if (this.#restBytes > 0) {
			this.#rest.push(chunk);
			this.#restBytes += chunk.length;
			if (this.#restBytes < this.#needed) return;
			bytes = Buffer.concat(this.#rest);
			this.#rest = [];
			this.#restBytes = 0;
		}
		const used = this.#upgraded ? this.#frames(bytes) : this.#upgrade(bytes);
		if (used < bytes.length) {
			this.#rest = [used === 0 ? bytes : bytes.subarray(used)];
			this.#restBytes = bytes.length - used;
		}
	}

	#upgrade(bytes: Buffer): number {
		this.#needed = 0;
		const end = bytes.indexOf('\r\n\r\n');
		if (end < 0) return 0;
		if (!bytes.subarray(0, 12).toString('latin1').endsWith('101')) {
			this.#failed?.(new Error(`${this.server.name} refused: ${bytes.subarray(0, end).toString('latin1')}`));
			this.end();
			return bytes.length;
		}
		this.#upgraded = true;
		const messages = this.#dialect.greeting(this.document);
		for (const message of messages) this.send(message);
		if (this.#dialect.inAtOnce) this.#joined?.();
		return end + 4 + this.#frames(bytes.subarray(end + 4));
	}

	/** Reads the frames in some bytes; returns how many bytes were whole frames. */
	#frames(bytes: Buffer): number {
		let at = 0;
		this.#needed = 0;
		while (at + 2 <= bytes.length) {
			const kind = bytes[at]! & 15;
			let length = bytes[at + 1]! & 127;
			let head = 2;
			if (length >= 126) {
				head = length === 126 ? 4 : 10;
				if (at + head > bytes.length) break;
				length = length === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
			}
			const end = at + head + length;
			if (end > bytes.length) {
				this.#needed = end - at;
				break;
			}
			if (kind > 2) this.#control(kind, bytes.subarray(at + head, end));
			else if (this.#joined || this.hears.message || this.#dialect.heartbeat)
				this.#message(bytes.subarray(at + head, end), kind === 1);
			at = end;
		}
		if (at > 0 && !this.#joined)
			this.hears.bytes?.(at === bytes.length ? bytes : bytes.subarray(0, at), this);
		return at;
	}

	#message(message: Buffer, isText: boolean): void {
		const dialect = this.#dialect;
		if (this.#joined) {
			// what there is may come before the answer that closes it
			this.hears.message?.(message, this);
			const next = dialect.greeted(message, isText, this.document);
			if (next === joined) this.#joined();
			else if (next !== undefined) this.send(next);
			return;
		}
		const beat = dialect.heartbeat?.(message, isText);
		if (beat !== undefined) this.send(beat);
		this.hears.message?.(message, this);
	}

	#control(kind: number, body: Buffer): void {
		if (kind === 9) {
			const pong = clientFrame(body);
			pong[0] = 0x8a;
			this.socket.write(pong);
		}
		if (kind === 8) {
			this.#closeCode = body.length >= 2 ? body.readUInt16BE(0) : 1005;
			this.socket.end();
		}
	}
}

/** Opens an audience in every document, a limited number at a time. In the order of the documents. */
export async function openClients(
	server: MeasuredServer,
	pages: Pages,
	audience: number,
	hears: Hears = {},
	atOnce = opening
): Promise<LightClient[][]> {
	const places = pages.names.flatMap((_, document) =>
		Array.from({ length: audience }, (_, place) => ({ document, place }))
	);
	const clients: LightClient[][] = pages.names.map(() => []);
	let next = 0;
	const worker = async () => {
		while (next < places.length) {
			const index = next++;
			const { document, place } = places[index]!;
			const cookies = pages.cookies[document]!;
			const cookie = cookies[Math.floor(place / socketsPerPerson) % cookies.length]!;
			clients[document]![place] = await new LightClient(
				server,
				pages.names[document]!,
				index,
				cookie,
				hears
			).joined();
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, places.length) }, worker));
	return clients;
}

/** Closes all and waits until the sockets are gone. */
export async function closeClients(clients: readonly LightClient[]): Promise<void> {
	await Promise.all(
		clients.map(
			(client) =>
				new Promise<void>((resolve) => {
					if (client.closed) return resolve();
					client.hears = { closed: () => resolve() };
					client.end();
				})
		)
	);
}
