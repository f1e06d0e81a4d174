import type { WebSocket } from 'ws';
import { showsPresence, type DocumentRef, type Right } from '#lib/exercise/documents.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import { closeCode } from '#lib/protocol/wire.ts';
import { askMessage, readMessage, refusedMessage, savedMessage } from './frames.ts';
import { advance, inspectUpdate } from './guard.ts';
import { documentLimits } from './limits.ts';
import { ClosedDocument, type DocumentLog, type Stored } from './log.ts';
import type { Stamp } from './presence.ts';
import type { Reader, Room } from './room.ts';

export interface ConnectionContext {
	socket: WebSocket;
	room: Room;
	ref: DocumentRef;
	actor: Actor;
	sessionId: string;
	right: Right;
	stamp: Stamp;
	log: DocumentLog;
	/** a change was committed: the room, then the other nodes */
	committed: (stored: Stored, from: Reader) => void;
	failed: (error: unknown) => void;
}

/** One socket in one document: who it is and what it may do was decided before it opened. */
export class Connection implements Reader {
	readonly actor: Actor;
	readonly sessionId: string;
	readonly ref: DocumentRef;
	readonly name: string;
	readonly #context: ConnectionContext;
	#mayWrite: boolean;
	/** document messages received, and how many of the first ones are committed */
	#received = 0;
	#saved = 0;
	readonly #settled = new Set<number>();
	#tokens: number = documentLimits.messageBurst;
	#tokensAt = Date.now();

	constructor(context: ConnectionContext) {
		this.#context = context;
		this.actor = context.actor;
		this.sessionId = context.sessionId;
		this.ref = context.ref;
		this.name = context.room.name;
		this.#mayWrite = context.right === 'write' && !context.room.closed;
		const { socket, room } = context;
		socket.binaryType = 'nodebuffer';
		// no handler bare: a throw ends this socket, never the process
		socket.on('message', (data: Buffer, isBinary: boolean) => {
			try {
				if (!isBinary) throw new Error('text on a document socket');
				this.#receive(data);
			} catch (error) {
				this.close(closeCode.invalid, error instanceof Error ? error.message.slice(0, 100) : 'invalid');
			}
		});
		socket.on('close', () => room.leave(this));
		socket.on('error', () => socket.terminate());
		room.join(this);
		this.send(askMessage(room.stateVector()));
		const here = room.presence.all();
		if (here) this.send(here);
	}

	/** came in as one who may write: what closed since is the document */
	get wasWriter(): boolean {
		return this.#context.right === 'write';
	}

	send(message: Uint8Array): void {
		const { socket } = this.#context;
		if (socket.readyState !== socket.OPEN) return;
		// a reader who does not read must not fill our memory: it connects anew and is told all (R9)
		if (socket.bufferedAmount > documentLimits.unreadBytes) return this.close(closeCode.resync, 'too slow');
		socket.send(message);
	}

	close(code: number, reason: string): void {
		const { socket } = this.#context;
		socket.close(code, reason);
		// a peer that does not answer the close is not waited for
		setTimeout(() => socket.terminate(), 2000).unref();
	}

	becomeReadOnly(): void {
		if (!this.#mayWrite) return;
		this.#mayWrite = false;
		this.send(refusedMessage('read-only', 'This page is closed for writing.'));
	}

	#receive(data: Buffer): void {
		if (!this.#takeToken()) return this.close(closeCode.slowDown, 'too many messages');
		const message = readMessage(data);
		switch (message.kind) {
			case 'state-vector':
				this.send(this.#context.room.answerTo(message.stateVector));
				return;
			case 'presence': {
				const { room, ref, actor, stamp } = this.#context;
				if (showsPresence(ref, actor)) room.presence.receive(this, message.update, stamp);
				return;
			}
			case 'update':
				return this.#receiveUpdate(message.update);
		}
	}

	#receiveUpdate(bytes: Uint8Array): void {
		const { room, log, committed, failed } = this.#context;
		const number = ++this.#received;
		const limit = number === 1 ? documentLimits.answerBytes : documentLimits.updateBytes;
		if (bytes.length > limit)
			return this.#refuse('too-large', 'This change is too large to be taken at once.', closeCode.tooLarge);
		const verdict = inspectUpdate(bytes, room.expected);
		if (!verdict.ok)
			return this.#refuse(
				verdict.code,
				verdict.sentence,
				verdict.code === 'gap' ? closeCode.resync : closeCode.invalid
			);
		// a reader's answer to our question is empty: nothing to refuse
		if (verdict.empty) return this.#settle(number);
		if (!this.#mayWrite) return this.#refuse('read-only', 'You may read this page, not write it.');
		advance(room.expected, verdict.to);
		log
			.append({
				document: room.name,
				epoch: room.epoch,
				bytes,
				author: this.actor.accountId,
				session: this.sessionId
			})
			.then((stored) => {
				committed(stored, this);
				this.#settle(number);
			})
			.catch((error: unknown) => {
				room.forgetExpected();
				if (error instanceof ClosedDocument)
					return this.#refuse('read-only', 'This page is closed for writing.');
				failed(error);
				this.#refuse(
					'unavailable',
					'Your change could not be stored. It will be sent again.',
					closeCode.resync
				);
			});
	}

	/** Tells how many of this socket's first messages are durable: "saved" means all that were sent (R3). */
	#settle(number: number): void {
		this.#settled.add(number);
		const before = this.#saved;
		while (this.#settled.delete(this.#saved + 1)) this.#saved++;
		if (this.#saved > before) this.send(savedMessage(this.#saved));
	}

	#refuse(code: string, sentence: string, close?: number): void {
		this.send(refusedMessage(code, sentence));
		if (close !== undefined) this.close(close, code);
	}

	#takeToken(): boolean {
		const now = Date.now();
		this.#tokens = Math.min(
			documentLimits.messageBurst,
			this.#tokens + ((now - this.#tokensAt) / 1000) * documentLimits.messagesPerSecond
		);
		this.#tokensAt = now;
		if (this.#tokens < 1) return false;
		this.#tokens--;
		return true;
	}
}
