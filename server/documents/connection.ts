import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { showsPresence, type DocumentRef, type Right } from '#lib/exercise/documents.ts';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import { closeCode } from '#lib/protocol/wire.ts';
import { askMessage, frame, readMessage, refusedMessage } from './frames.ts';
import { ForgedClient, Overtaken, type Claim, type UpdateLog } from './group-commit.ts';
import { inspectUpdate, type Clocks, type Sound } from './guard.ts';
import { documentLimits } from './limits.ts';
import { ClosedDocument, type Stored } from './log.ts';
import { Outbound } from './outbound.ts';
import type { Stamp } from './presence.ts';
import type { Reader, Room } from './room.ts';
import { TokenBucket } from './token-bucket.ts';

export interface ConnectionContext {
	socket: WebSocket;
	/** the connection under `socket` */
	wire: Duplex;
	room: Room;
	ref: DocumentRef;
	actor: Actor;
	sessionId: string;
	right: Right;
	stamp: Stamp;
	log: UpdateLog;
	/** a change was committed: the room, then the other nodes */
	committed: (stored: Stored, from: Reader, brings: Sound) => void;
	failed: (error: unknown) => void;
	/** reads what other nodes have written */
	catchUp: () => Promise<void>;
	/** a change that nobody can place; true: this person has done so too often */
	misplaced: (connection: Connection) => boolean;
}

const closedSentence = 'This page is closed for writing.';

/** One socket in one document: who it is and what it may do was decided before it opened. */
export class Connection implements Reader {
	readonly actor: Actor;
	readonly sessionId: string;
	readonly ref: DocumentRef;
	readonly room: Room;
	readonly #context: ConnectionContext;
	readonly #out: Outbound;
	#mayWrite: boolean;
	/** document messages received; how many of the first ones are committed; how many it was told */
	#received = 0;
	#saved = 0;
	#told = 0;
	#settled: Set<number> | null = null;
	#answering = false;
	/** the latest question that came while another one was answered, or unread */
	#asked: Uint8Array | null = null;
	readonly #messages = new TokenBucket(documentLimits.messagesPerSecond, documentLimits.messageBurst);

	constructor(context: ConnectionContext) {
		this.#context = context;
		this.actor = context.actor;
		this.sessionId = context.sessionId;
		this.ref = context.ref;
		this.room = context.room;
		this.#mayWrite = context.right === 'write' && !context.room.closed;
		const { socket, room } = context;
		this.#out = new Outbound(socket, context.wire);
		socket.binaryType = 'nodebuffer';
		// no handler bare: a throw ends this socket, never the process
		socket.on('message', (data: Buffer, isBinary: boolean) => {
			if (socket.readyState !== socket.OPEN) return;
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
		this.write(frame(askMessage(room.stateVector())));
		const here = room.presence.all();
		if (here) this.write(here);
	}

	/** of the exercise's rights, when it was last asked what it may do (R7) */
	rightsVersion: number | null = null;

	/** came in as one who may write: what closed since is the document */
	get wasWriter(): boolean {
		return this.#context.right === 'write';
	}

	write(frames: Buffer): void {
		// told to connect anew, it gets the whole document instead of an endless queue (R9)
		if (!this.#out.write(frames)) this.close(closeCode.resync, 'too slow');
	}

	writePresence(frames: Buffer): void {
		this.#out.writePresence(frames);
	}

	closeIfStale(now: number): void {
		if (this.#out.isStale(now)) this.close(closeCode.resync, 'too slow');
	}

	close(code: number, reason: string): void {
		const { socket } = this.#context;
		socket.close(code, reason);
		// a peer that does not answer the close is not waited for
		setTimeout(() => socket.terminate(), 2000).unref();
	}

	becomeReadOnly(sentence = closedSentence): void {
		if (!this.#mayWrite) return;
		this.#mayWrite = false;
		this.write(frame(refusedMessage('read-only', sentence)));
	}

	takeSaved(): number | null {
		if (this.#saved === this.#told) return null;
		return (this.#told = this.#saved);
	}

	#receive(data: Buffer): void {
		if (!this.#messages.take()) return this.close(closeCode.slowDown, 'too many messages');
		const message = readMessage(data);
		switch (message.kind) {
			case 'state-vector':
				void this.#answer(message.stateVector);
				return;
			case 'presence': {
				const { room, ref, actor, stamp } = this.#context;
				if (showsPresence(ref, actor)) room.presence.receive(this, message.update, stamp);
				return;
			}
			case 'update':
				return this.#receiveUpdate(message.update, ++this.#received);
		}
	}

	/** One answer at a time, and the next one when that was read: whoever only asks must not fill our memory (R9). */
	async #answer(stateVector: Uint8Array): Promise<void> {
		if (stateVector.length > documentLimits.questionBytes)
			return this.close(closeCode.invalid, 'this question is too large');
		if (this.#answering || this.#out.isLagging) {
			if (this.#asked === null && !this.#answering) this.#out.onceRead(() => this.#answerNext());
			this.#asked = stateVector;
			return;
		}
		this.#answering = true;
		try {
			this.#out.writeAnswer(await this.room.answerTo(stateVector));
		} catch {
			this.close(closeCode.invalid, 'this question cannot be read');
		}
		this.#answering = false;
		if (this.#asked === null) return;
		if (this.#out.isLagging) this.#out.onceRead(() => this.#answerNext());
		else this.#answerNext();
	}

	#answerNext(): void {
		const asked = this.#asked;
		this.#asked = null;
		if (asked !== null) void this.#answer(asked);
	}

	#receiveUpdate(bytes: Uint8Array, number: number, caughtUp = false): void {
		const { room } = this;
		const limit = number === 1 ? documentLimits.answerBytes : documentLimits.updateBytes;
		if (bytes.length > limit)
			return this.#refuse('too-large', 'This change is too large to be taken at once.', closeCode.tooLarge);
		const verdict = inspectUpdate(bytes, {
			clocks: room.expected,
			stored: room.stored,
			...(number === 1 && { deleted: () => room.deleted() })
		});
		const claims = verdict.ok ? this.#claims(verdict.to) : [];
		// what it builds on, or brings of others, may have come in at another node, of which this one has not heard yet
		if (!caughtUp && (verdict.ok ? verdict.bytes !== null && claims?.length !== 0 : verdict.code === 'gap')) {
			void this.#context.catchUp().then(
				() => this.#receiveUpdate(bytes, number, true),
				() => this.close(closeCode.resync, 'out of step')
			);
			return;
		}
		if (!verdict.ok) {
			const again = verdict.code === 'gap' && !this.#context.misplaced(this);
			return this.#refuse(verdict.code, verdict.sentence, again ? closeCode.resync : closeCode.invalid);
		}
		// this person's other socket brought it a moment ago: saved is only what is stored (R3)
		if (verdict.underWay) {
			void room.allArrived().then(() => this.#receiveUpdate(bytes, number, caughtUp));
			return;
		}
		// a reader's answer to our question brings nothing: nothing to refuse
		if (verdict.bytes === null) return this.#settle(number);
		if (!this.#mayWrite)
			return this.#refuse(
				'read-only',
				room.damagedAt === null
					? 'You may read this page, not write it.'
					: 'A part of this page is damaged. It can be read, not written, until it is restored.'
			);
		if (room.bytes + verdict.bytes.length > documentLimits.stateBytes)
			return this.#refuse('too-large', 'This page is full. Go on in another one; nothing of it is lost.');
		if (claims === null) return this.#refuseForged();
		this.#store(number, verdict.bytes, verdict, claims);
	}

	/** The client ids under which this person has not written before; null: one is somebody else's. */
	#claims(to: Clocks): Claim[] | null {
		const claims: Claim[] = [];
		for (const client of to.keys()) {
			const owner = this.room.owners.get(client);
			if (owner === undefined) claims.push({ client, fresh: !this.room.expected.has(client) });
			else if (owner !== this.actor.accountId) return null;
		}
		return claims;
	}

	#store(number: number, bytes: Uint8Array, verdict: Sound, claims: Claim[]): void {
		const { room, log, committed, failed } = this.#context;
		room.expect(verdict.to);
		log
			.append({
				document: room.name,
				epoch: room.epoch,
				bytes,
				author: this.actor.accountId,
				session: this.sessionId,
				claims
			})
			.then((stored) => {
				for (const { client } of claims) room.owners.set(client, this.actor.accountId);
				committed(stored, this, verdict);
				room.arrived(verdict.to, true);
				this.#settle(number);
			})
			.catch((error: unknown) => {
				room.arrived(verdict.to, false);
				if (error instanceof ClosedDocument) return this.#refuse('read-only', closedSentence);
				if (error instanceof ForgedClient) return this.#refuseForged();
				if (!(error instanceof Overtaken)) failed(error);
				this.#refuse(
					'unavailable',
					'Your change could not be stored. It will be sent again.',
					closeCode.resync
				);
			});
	}

	/** Tells how many of this socket's first messages are durable: "saved" means all that were sent (R3). */
	#settle(number: number): void {
		if (number === this.#saved + 1) this.#saved++;
		else (this.#settled ??= new Set()).add(number);
		while (this.#settled?.delete(this.#saved + 1)) this.#saved++;
		if (this.#saved > this.#told) this.room.settle(this);
	}

	#refuseForged(): void {
		this.#refuse(
			'invalid',
			'This change was written under the name of somebody else. Load the page again.',
			closeCode.invalid
		);
	}

	#refuse(code: string, sentence: string, close?: number): void {
		this.write(frame(refusedMessage(code, sentence)));
		if (close !== undefined) this.close(close, code);
	}
}
