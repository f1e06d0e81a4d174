import * as Y from 'yjs';
import { answerMessage, updateMessage } from './frames.ts';
import { advance, type Clocks } from './guard.ts';
import { mergeInSteps, type LoadedDocument, type Stored } from './log.ts';
import { Presence } from './presence.ts';

/** What a room needs of a socket. */
export interface Reader {
	send(message: Uint8Array): void;
	/** the document was closed: nobody writes any more */
	close(code: number, reason: string): void;
	becomeReadOnly(): void;
}

/**
 * One open document on this node: its bytes and its readers. No Y.Doc is made to relay: the state is the merged bytes
 * and a tail of updates, and the answer to a joiner is kept until the next change.
 */
export class Room {
	readonly name: string;
	readonly exerciseId: string;
	readonly epoch: number;
	closed: boolean;
	/** of the last change that was relayed */
	sequence: number;
	readonly readers = new Set<Reader>();
	readonly presence: Presence;
	/** what the log has, and what is on its way there: the guard looks at the second */
	readonly stored: Clocks = new Map();
	readonly expected: Clocks = new Map();
	/** when the last reader left, for letting the room go */
	emptySince = Date.now();
	#state: Uint8Array;
	#tail: Uint8Array[] = [];
	#answer: Uint8Array | null = null;

	constructor(name: string, loaded: LoadedDocument) {
		this.name = name;
		this.exerciseId = loaded.exerciseId;
		this.epoch = loaded.epoch;
		this.closed = loaded.closed;
		this.sequence = loaded.sequence;
		this.#state = loaded.state;
		this.presence = new Presence((message, except) => this.relay(message, except));
		const { to } = Y.parseUpdateMeta(loaded.state);
		advance(this.stored, to);
		advance(this.expected, to);
	}

	/** The merged state up to `sequence`. */
	state(): Uint8Array {
		if (this.#tail.length > 0) {
			this.#state = mergeInSteps([this.#state, ...this.#tail]);
			this.#tail = [];
		}
		return this.#state;
	}

	stateVector(): Uint8Array {
		return Y.encodeStateVector(this.stored);
	}

	/** Everything, or what is missing after the joiner's own state. */
	answerTo(stateVector: Uint8Array): Uint8Array {
		// one zero byte: the joiner has nothing
		if (stateVector.length <= 1) return (this.#answer ??= answerMessage(this.state()));
		return answerMessage(Y.diffUpdate(this.state(), stateVector));
	}

	/**
	 * Takes in a committed change and relays it. False when changes before it are missing here (another node wrote
	 * them): then the log must be read.
	 */
	accept(stored: Stored, from: Reader | null): boolean {
		if (stored.epoch !== this.epoch || stored.sequence <= this.sequence) return true;
		if (stored.sequence !== this.sequence + 1) return false;
		this.sequence = stored.sequence;
		this.#tail.push(stored.bytes);
		this.#answer = null;
		const { to } = Y.parseUpdateMeta(stored.bytes);
		advance(this.stored, to);
		advance(this.expected, to);
		this.relay(updateMessage(stored.bytes), from);
		return true;
	}

	relay(message: Uint8Array, except: Reader | null): void {
		for (const reader of this.readers) if (reader !== except) reader.send(message);
	}

	/** After a failed commit, what was expected did not happen. */
	forgetExpected(): void {
		this.expected.clear();
		advance(this.expected, this.stored);
	}

	join(reader: Reader): void {
		this.readers.add(reader);
	}

	leave(reader: Reader): void {
		this.readers.delete(reader);
		this.presence.leave(reader);
		if (this.readers.size === 0) this.emptySince = Date.now();
	}

	/** Frozen: what is open stays readable. */
	freeze(): void {
		this.closed = true;
		for (const reader of this.readers) reader.becomeReadOnly();
	}
}
