import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { documentLimits } from './limits.ts';

/**
 * What leaves by one socket. Whole frames are written past `ws`, so that one buffer serves all readers and many frames
 * are one write; there is no compression, so `ws`' own control frames keep their order among them. Bounded in bytes and
 * age (R9): a reader who does not read must not fill our memory.
 */
export class Outbound {
	readonly #socket: WebSocket;
	readonly #wire: Duplex & Partial<Pick<Socket, 'bytesWritten'>>;
	/** what the answer to a joiner may weigh on top */
	#allowed: number = documentLimits.unreadBytes;
	/** what was queued at some moment, and when: still there much later, it is too old */
	#mark: { bytes: number; at: number } | null = null;

	constructor(socket: WebSocket, wire: Duplex) {
		this.#socket = socket;
		this.#wire = wire;
	}

	/** False: the reader lags too far behind, and nothing was written. */
	write(frames: Buffer): boolean {
		if (this.#socket.readyState !== this.#socket.OPEN) return true;
		if (this.#wire.writableLength > this.#allowed) return false;
		this.#wire.write(frames);
		return true;
	}

	/** More is unread than a reader may leave: an answer that it is still reading. */
	get isLagging(): boolean {
		return this.#wire.writableLength > documentLimits.unreadBytes;
	}

	onceRead(act: () => void): void {
		this.#wire.once('drain', act);
	}

	/** A whole document is let out whatever it weighs. */
	writeAnswer(frames: readonly Buffer[]): void {
		if (this.#socket.readyState !== this.#socket.OPEN) return;
		let weight = this.#wire.writableLength;
		for (const one of frames) weight += one.length;
		this.#allowed = documentLimits.unreadBytes + weight;
		this.#wire.cork();
		for (const one of frames) this.#wire.write(one);
		this.#wire.uncork();
	}

	/** Presence is the first to go: the next state replaces it anyway. */
	writePresence(frames: Buffer): void {
		if (this.#wire.writableLength <= documentLimits.presenceUnreadBytes) this.write(frames);
	}

	/** Whether something has waited too long to be read. Called about once a second. */
	isStale(now: number): boolean {
		const waiting = this.#wire.writableLength;
		if (waiting === 0) {
			this.#mark = null;
			this.#allowed = documentLimits.unreadBytes;
			return false;
		}
		const queued = this.#wire.bytesWritten ?? 0;
		if (this.#mark === null || queued - waiting >= this.#mark.bytes) {
			this.#mark = { bytes: queued, at: now };
			return false;
		}
		return now - this.#mark.at > documentLimits.unreadMs;
	}
}
