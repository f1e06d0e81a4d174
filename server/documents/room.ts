import * as Y from 'yjs';
import { deletedIn, type Deleted } from './deleted.ts';
import { answerMessage, frame, savedMessage, updateMessage } from './frames.ts';
import { advance, describe, type Clocks } from './guard.ts';
import { documentLimits, gatherMs, pauseMs } from './limits.ts';
import type { LoadedDocument, Stored } from './log.ts';
import type { Merged } from './merge.ts';
import { difference, merge } from './merging.ts';
import { Presence } from './presence.ts';

/** What a room needs of a socket. */
export interface Reader {
	/** whole frames, side by side */
	write(frames: Buffer): void;
	/** the same, left out for a reader who lags */
	writePresence(frames: Buffer): void;
	/** the number of its changes that are saved, if it has not been told yet */
	takeSaved(): number | null;
	close(code: number, reason: string): void;
	becomeReadOnly(sentence: string): void;
}

interface Change {
	sequence: number;
	bytes: Uint8Array;
	frame: Buffer;
	to: Clocks;
	deletes: boolean;
}

const emptyAnswer = frame(answerMessage(Y.encodeStateAsUpdate(new Y.Doc())));

/**
 * One open document on this node: its bytes and its readers. No Y.Doc is made to relay: there is a merged state, the
 * changes after it as the frames in which they were relayed, and clocks that tell who has what.
 */
export class Room {
	readonly name: string;
	readonly exerciseId: string;
	readonly epoch: number;
	closed: boolean;
	/** the log cannot be read on: read-only until it is restored (R4) */
	readonly damagedAt: number | null;
	/** of the last change that was taken in */
	sequence: number;
	readonly readers = new Set<Reader>();
	readonly presence: Presence;
	/** what the log has */
	readonly stored: Clocks = new Map();
	/** with what is on its way there: the guard looks at this */
	expected: Clocks = new Map();
	/** whose client ids are known (PROMISES R8) */
	readonly owners = new Map<number, string>();
	/** when the last reader left, for letting the room go */
	emptySince = Date.now();
	/** up to where a snapshot is stored */
	snapshotSequence: number;
	changedAt = 0;
	readonly #underWay = new Map<Clocks, PromiseWithResolvers<void>>();
	#base: Merged;
	#baseClocks: Clocks;
	#tail: Change[] = [];
	#tailBytes = 0;
	#deleted: Deleted | null = null;
	/** the answer to somebody who has nothing, until the next change; the state's frame outlives it */
	#answer: Buffer[] | null = null;
	#baseFrame: Buffer | null = null;
	#merging = false;
	/** taken in, and not yet written to the sockets */
	#leaving: { frame: Buffer; from: Reader | null }[] = [];
	#settled = new Set<Reader>();
	#flushPlanned: NodeJS.Timeout | NodeJS.Immediate | null = null;
	#flushedAt = 0;

	constructor(name: string, loaded: LoadedDocument) {
		this.name = name;
		this.exerciseId = loaded.exerciseId;
		this.epoch = loaded.epoch;
		this.damagedAt = loaded.damagedAt;
		this.closed = loaded.closed || loaded.damagedAt !== null;
		this.sequence = loaded.snapshotSequence;
		this.snapshotSequence = loaded.snapshotSequence;
		this.presence = new Presence((frames, except) => {
			for (const reader of this.readers) if (reader !== except) reader.writePresence(frames);
		});
		this.#base = loaded.snapshot;
		this.#baseClocks = Y.decodeStateVector(loaded.snapshot.stateVector);
		advance(this.stored, this.#baseClocks);
		for (const one of loaded.tail) this.#add(one, describe(one.bytes));
		advance(this.expected, this.stored);
	}

	/** Bytes of state, as far as they are known without merging. */
	get bytes(): number {
		return this.#base.state.length + this.#tailBytes;
	}

	stateVector(): Uint8Array {
		return Y.encodeStateVector(this.stored);
	}

	/** What is known to be deleted. */
	deleted(): Deleted {
		return (this.#deleted ??= deletedIn([
			this.#base.deletes,
			...this.#tail.filter((change) => change.deletes).map((change) => change.bytes)
		]));
	}

	/**
	 * Everything, or what is missing after the joiner's own state. The last frame is the answer to its question; what
	 * stands before it are updates, so whoever calls itself synced then has all.
	 */
	async answerTo(stateVector: Uint8Array): Promise<Buffer[]> {
		// one zero byte: the joiner has nothing
		if (stateVector.length <= 1) return this.#wholeAnswer();
		const has = Y.decodeStateVector(stateVector);
		const tail = [...this.#tail];
		const pieces: Uint8Array[] = [];
		if (reaches(has, this.#baseClocks)) pieces.push(this.#base.deletes);
		else pieces.push(await difference(this.#base.state, stateVector));
		for (const change of tail) if (change.deletes || !reaches(has, change.to)) pieces.push(change.bytes);
		return asAnswer(pieces.filter((piece) => piece.length > 2));
	}

	#wholeAnswer(): Buffer[] {
		if (this.#answer) return this.#answer;
		const last = this.#tail.at(-1);
		if (!last) return (this.#answer = [frame(answerMessage(this.#base.state))]);
		const before = this.#tail.slice(0, -1).map((change) => change.frame);
		this.#baseFrame ??= frame(updateMessage(this.#base.state));
		return (this.#answer = [
			...(this.#base.state.length > 2 ? [this.#baseFrame] : []),
			Buffer.concat([...before, frame(answerMessage(last.bytes))])
		]);
	}

	/**
	 * Takes in a committed change, to be relayed to all but its author. False when changes before it are missing here
	 * (another node wrote them): then the log must be read.
	 */
	accept(stored: Stored, from: Reader | null, brings?: { to: Clocks; deletes: boolean }): boolean {
		if (stored.epoch !== this.epoch || stored.sequence <= this.sequence) return true;
		if (stored.sequence !== this.sequence + 1) return false;
		const change = this.#add(stored, brings ?? describe(stored.bytes));
		advance(this.expected, change.to);
		this.changedAt = Date.now();
		this.#leaving.push({ frame: change.frame, from });
		this.#planFlush();
		return true;
	}

	#add({ sequence, bytes }: Stored, { to, deletes }: { to: Clocks; deletes: boolean }): Change {
		const framed = frame(updateMessage(bytes));
		// the copy at the end of the frame: what came in is a view of a larger buffer, which would be kept with it
		const change = {
			sequence,
			bytes: framed.subarray(framed.length - bytes.length),
			frame: framed,
			to,
			deletes
		};
		this.sequence = sequence;
		this.#tail.push(change);
		this.#tailBytes += bytes.length;
		this.#answer = null;
		if (deletes) this.#deleted = null;
		advance(this.stored, to);
		return change;
	}

	// --- what leaves -----------------------------------------------------------------------------------------------------

	/** A writer's changes were saved: it is told together with what else leaves. */
	settle(reader: Reader): void {
		this.#settled.add(reader);
		this.#planFlush();
	}

	/**
	 * At once when nothing left lately and nothing is on its way into the log; otherwise together with what comes meanwhile.
	 */
	#planFlush(): void {
		if (this.#flushPlanned) return;
		const readers = this.readers.size;
		const company = this.#underWay.size > 0 ? gatherMs(readers) : 0;
		const wait = Math.max(company, this.#flushedAt + pauseMs(readers) - performance.now());
		this.#flushPlanned = wait < 1 ? setImmediate(() => this.flush()) : setTimeout(() => this.flush(), wait);
	}

	/** Writes what is ready: one write a socket, the same bytes to all but the authors. */
	flush(): void {
		this.#forgetPlan();
		const leaving = this.#leaving;
		const settled = this.#settled;
		this.#leaving = [];
		this.#settled = new Set();
		const authors = new Set(leaving.map((one) => one.from));
		if (leaving.length > 0) {
			const all = joined(leaving.map((one) => one.frame));
			for (const reader of this.readers) if (!authors.has(reader) && !settled.has(reader)) reader.write(all);
		}
		for (const author of new Set([...authors, ...settled])) {
			if (!author || !this.readers.has(author)) continue;
			const frames = leaving.filter((one) => one.from !== author).map((one) => one.frame);
			const saved = author.takeSaved();
			if (saved !== null) frames.push(frame(savedMessage(saved)));
			if (frames.length > 0) author.write(joined(frames));
		}
		this.#flushedAt = performance.now();
	}

	#forgetPlan(): void {
		if (!this.#flushPlanned) return;
		clearTimeout(this.#flushPlanned as NodeJS.Timeout);
		clearImmediate(this.#flushPlanned as NodeJS.Immediate);
		this.#flushPlanned = null;
	}

	// --- what is on its way into the log ---------------------------------------------------------------------------------

	expect(to: Clocks): void {
		this.#underWay.set(to, Promise.withResolvers());
		advance(this.expected, to);
	}

	/** It is stored, or will never be: then what was expected of it does not count. */
	arrived(to: Clocks, stored: boolean): void {
		const waiting = this.#underWay.get(to);
		this.#underWay.delete(to);
		if (stored) advance(this.stored, to);
		else {
			this.expected = new Map(this.stored);
			for (const other of this.#underWay.keys()) advance(this.expected, other);
		}
		waiting?.resolve();
		// the company that was waited for is here
		if (this.#underWay.size === 0 && this.#flushPlanned) {
			this.#forgetPlan();
			this.#planFlush();
		}
	}

	/** When all that is on its way now is stored or refused. */
	async allArrived(): Promise<void> {
		await Promise.all([...this.#underWay.values()].map(({ promise }) => promise));
	}

	// --- merging ---------------------------------------------------------------------------------------------------------

	/** Whether merging now is worth it: rarely while changes come in, soon when it is quiet. */
	wantsMerging(now: number): boolean {
		const merged = this.sequence - this.#tail.length;
		const quiet = now - this.changedAt > documentLimits.quietMs;
		const enough = quiet
			? documentLimits.compactAfter / 10 + documentLimits.keepApart
			: Math.max(documentLimits.compactAfter, merged / 2);
		return !this.#merging && this.#tail.length > enough;
	}

	/** Merges all but the newest changes into the state. Returns up to where it reaches; null: one is under way. */
	async mergeTail(
		keep: number = documentLimits.keepApart
	): Promise<{ sequence: number; merged: Merged } | null> {
		if (this.#merging) return null;
		this.#merging = true;
		try {
			const old = this.#tail.slice(0, this.#tail.length - keep);
			const last = old.at(-1);
			if (!last) return { sequence: this.sequence - this.#tail.length, merged: this.#base };
			const merged = await merge([this.#base.state, ...old.map((change) => change.bytes)]);
			this.#base = merged;
			this.#baseClocks = Y.decodeStateVector(merged.stateVector);
			this.#tail = this.#tail.slice(old.length);
			this.#tailBytes = this.#tail.reduce((sum, change) => sum + change.bytes.length, 0);
			this.#answer = null;
			this.#baseFrame = null;
			this.#deleted = null;
			return { sequence: last.sequence, merged };
		} finally {
			this.#merging = false;
		}
	}

	// --- readers ---------------------------------------------------------------------------------------------------------

	join(reader: Reader): void {
		this.readers.add(reader);
	}

	leave(reader: Reader): void {
		this.readers.delete(reader);
		this.presence.leave(reader);
		if (this.readers.size === 0) this.emptySince = Date.now();
	}

	/** Nobody writes any more; what is open stays readable. */
	freeze(sentence: string): void {
		this.closed = true;
		for (const reader of this.readers) reader.becomeReadOnly(sentence);
	}
}

const joined = (frames: readonly Buffer[]) => (frames.length === 1 ? frames[0]! : Buffer.concat(frames));

function asAnswer(pieces: readonly Uint8Array[]): Buffer[] {
	if (pieces.length === 0) return [emptyAnswer];
	return pieces.map((piece, i) =>
		frame(i === pieces.length - 1 ? answerMessage(piece) : updateMessage(piece))
	);
}

/** Whether one has all that the other has; deletions do not show in clocks. */
function reaches(has: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): boolean {
	for (const [client, clock] of other) if ((has.get(client) ?? 0) < clock) return false;
	return true;
}
