import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { inArray } from 'drizzle-orm';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { channelIn, documentRight, teamIn } from '#lib/exercise/documents.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { closeCode } from '#lib/protocol/wire.ts';
import type { Database, Transaction } from '../database/open.ts';
import { document, exercise as exerciseTable } from '../database/schema.ts';
import type { Standing } from '../exercises/standing.ts';
import { Connection } from './connection.ts';
import { Gate, rightTo, type GateDependencies } from './gate.ts';
import { documentLimits } from './limits.ts';
import { GroupCommit, type UpdateLog } from './group-commit.ts';
import {
	commitUpdates,
	loadDocument,
	quarantine,
	readSince,
	writeSnapshot,
	type LoadedDocument,
	type Stored
} from './log.ts';
import { merge } from './merging.ts';
import { restoreIn } from './restore.ts';
import { createPresenceElsewhere } from './presence-elsewhere.ts';
import { Room } from './room.ts';

const closedSentence = 'This page is closed for writing.';
const nothing = () => new AppError('not-found', 'There is nothing here, or it is not open to you.');

export interface DocumentDependencies extends GateDependencies {
	database: Database;
	log: Logger;
	/** this node, as others know it */
	node: string;
	/** tells the other nodes that documents moved on; they read the log (R11) */
	ring: (names: string[]) => void;
	/** counts a refusal; what to answer instead of it */
	refused: (request: IncomingMessage, refusal: AppError) => Promise<AppError>;
	/** the colour by which a person is known to others */
	colourOf: (accountId: AccountId) => string;
	/** what the rights of many stand on */
	standing: (
		id: ExerciseId,
		people: { accountId: AccountId; sessionId: string }[]
	) => Promise<Standing | null>;
	/** where browsers' changes are stored; given only to measure what durability costs */
	updates?: UpdateLog;
}

export type Documents = ReturnType<typeof createDocuments>;

/** The document server: rooms, the sockets in them, and the server's own reading and editing of pages. */
export function createDocuments(dependencies: DocumentDependencies) {
	const { database, log: logger } = dependencies;
	const updates = dependencies.updates ?? new GroupCommit(database.pool);
	const gate = new Gate(dependencies);
	const rooms = new Map<string, Promise<Room>>();
	/** those of `rooms` that are open */
	const open = new Map<string, Room>();
	const catchingUp = new Map<Room, Promise<void>>();
	const connections = new Set<Connection>();
	const socketsOf = new Map<string, number>();
	/** changes that nobody could place, by person and document */
	const misplaced = new Map<string, number>();
	const upgrades = new WebSocketServer({
		noServer: true,
		maxPayload: documentLimits.answerBytes + 1024,
		perMessageDeflate: false
	});
	let stopping = false;

	function room(name: string): Promise<Room> {
		const known = rooms.get(name);
		if (known) return known;
		const opening = (async () => {
			const loaded = await loadDocument(database.db, name);
			if (!loaded) throw nothing();
			if (loaded.tail.length > documentLimits.openRows) await mergeFirst(name, loaded);
			if (loaded.damagedAt !== null) await setApart(name, loaded.damagedAt);
			const opened = new Room(name, loaded);
			// written while we were loading: nobody was there yet to be told
			if (loaded.damagedAt === null) await catchUp(opened);
			open.set(name, opened);
			return opened;
		})();
		rooms.set(name, opening);
		opening.catch(() => rooms.delete(name));
		return opening;
	}

	/** Most of a very long tail becomes part of the state. */
	async function mergeFirst(name: string, loaded: LoadedDocument): Promise<void> {
		const old = loaded.tail.splice(0, loaded.tail.length - documentLimits.keepApart);
		loaded.snapshot = await merge([loaded.snapshot.state, ...old.map((one) => one.bytes)]);
		loaded.snapshotSequence = old.at(-1)!.sequence;
		await writeSnapshot(
			database.db,
			{ document: name, epoch: loaded.epoch, sequence: loaded.snapshotSequence },
			loaded.snapshot
		);
	}

	function letGo(one: Room): void {
		if (open.get(one.name) === one) {
			open.delete(one.name);
			rooms.delete(one.name);
		}
		one.presence.stop();
	}

	/** A damaged row: nobody writes there until it is restored, and operators are told once (R4). */
	async function setApart(name: string, sequence: number): Promise<void> {
		if (await quarantine(database.db, name, sequence))
			logger.error(
				{ document: name, sequence },
				'a stored change is damaged or missing: the document is read-only from the one before; see `muster documents`'
			);
	}

	/** Reads from the log what this room has not relayed: written by another node, or overtaken. */
	async function catchUp(of: Room): Promise<void> {
		const running = catchingUp.get(of);
		if (running) {
			// what was rung after that reading began may not be in it
			await running;
			if (catchingUp.get(of)) return catchUp(of);
		}
		const reading = (async () => {
			const { rows, damagedAt } = await readSince(database.db, of.name, of.epoch, of.sequence);
			for (const stored of rows) of.accept(stored, null);
			if (damagedAt === null) return;
			await setApart(of.name, damagedAt);
			of.freeze(closedSentence);
		})().finally(() => catchingUp.delete(of));
		catchingUp.set(of, reading);
		return reading;
	}

	function catchUpLater(of: Room): void {
		catchUp(of).catch((error: unknown) =>
			logger.error({ err: error, document: of.name }, 'a room could not catch up')
		);
	}

	/** Changes that are committed, from this node: relays them where the room is open, and rings for the others. */
	function announce(stored: readonly Stored[]): void {
		for (const one of stored)
			void rooms.get(one.document)?.then(
				(here) => {
					if (!here.accept(one, null)) catchUpLater(here);
				},
				() => undefined
			);
		ringFor(stored.map((one) => one.document));
	}

	const toRing = new Set<string>();
	let ringTimer: NodeJS.Timeout | null = null;
	/** Names of many keystrokes go out as one ring: only other nodes wait for it, and each costs everybody a commit. */
	function ringFor(names: readonly string[]): void {
		for (const name of names) toRing.add(name);
		ringTimer ??= setTimeout(ring, documentLimits.ringEveryMs);
	}
	function ring(): void {
		if (ringTimer) clearTimeout(ringTimer);
		ringTimer = null;
		if (toRing.size > 0) dependencies.ring([...toRing]);
		toRing.clear();
	}

	/** Another node says that these moved on, or a look at the database does: what is missed is read there (R11). */
	function heard(names: readonly string[]): void {
		const here = names.flatMap((name) => open.get(name) ?? []);
		// a room that is opening reads what there is
		for (const name of names)
			if (!open.has(name))
				void rooms.get(name)?.then(
					(one) => void look([one]),
					() => undefined
				);
		void look(here);
	}

	/** Compares rooms with their rows: reads on, freezes, or leaves an epoch that is over. */
	async function look(at: readonly Room[]): Promise<void> {
		if (at.length === 0) return;
		try {
			const heads = await database.db
				.select({
					name: document.name,
					epoch: document.epoch,
					sequence: document.sequence,
					closedAt: document.closedAt
				})
				.from(document)
				.where(
					inArray(
						document.name,
						at.map((one) => one.name)
					)
				);
			const byName = new Map(heads.map((head) => [head.name, head]));
			for (const one of at) {
				const head = byName.get(one.name);
				if (!head || head.epoch !== one.epoch) endEpoch(one);
				else {
					if (head.sequence > one.sequence && one.damagedAt === null) catchUpLater(one);
					if (head.closedAt !== null && !one.closed) one.freeze(closedSentence);
				}
			}
		} catch (error) {
			logger.warn({ err: error }, 'rooms could not be compared with the database');
		}
	}

	/** The document was restored, or is gone: what these sockets hold belongs to another epoch (R14). */
	function endEpoch(of: Room): void {
		letGo(of);
		for (const connection of connections)
			if (connection.room === of) connection.close(closeCode.otherEpoch, 'restored');
	}

	async function connect(
		request: IncomingMessage,
		socket: Duplex,
		head: Buffer,
		name: string
	): Promise<void> {
		const admission = await gate.admit(request, name);
		const { identity, actor, ref } = admission;
		if ((socketsOf.get(actor.accountId) ?? 0) >= documentLimits.socketsPerAccount)
			throw new AppError('slow-down', 'You have too many windows open: close some.');
		const here = await room(name);
		const epoch = new URL(request.url ?? '/', 'http://localhost').searchParams.get('epoch');
		if (epoch !== null && epoch !== String(here.epoch))
			throw new AppError('stale', 'This page was restored: load it again.');
		if (stopping) throw new AppError('unavailable', 'The server is restarting.');
		upgrades.handleUpgrade(request, socket, head, (accepted) => {
			const connection = new Connection({
				socket: accepted,
				wire: socket,
				room: here,
				ref,
				actor,
				sessionId: identity.sessionId,
				right: admission.right,
				stamp: {
					account: actor.accountId,
					name: identity.name,
					colour: dependencies.colourOf(actor.accountId)
				},
				log: updates,
				committed: (stored, from, brings) => {
					if (!here.accept(stored, from, brings)) catchUpLater(here);
					ringFor([name]);
				},
				failed: (error) => {
					logger.error({ err: error, document: name }, 'a change could not be stored');
					// it may be in the log all the same: the answer was lost
					catchUpLater(here);
				},
				catchUp: () => catchUp(here),
				misplaced: isMisplacedAgain
			});
			connections.add(connection);
			socketsOf.set(actor.accountId, (socketsOf.get(actor.accountId) ?? 0) + 1);
			accepted.on('close', () => {
				connections.delete(connection);
				const left = socketsOf.get(actor.accountId)! - 1;
				if (left > 0) socketsOf.set(actor.accountId, left);
				else socketsOf.delete(actor.accountId);
			});
			// restored while it connected
			if (open.get(name) !== here) connection.close(closeCode.resync, 'restored');
		});
	}

	/** The first may be a fault of a line; who sends such again is not helped by connecting anew. */
	function isMisplacedAgain({ actor, room: { name } }: Connection): boolean {
		const key = `${actor.accountId} ${name}`;
		const times = (misplaced.get(key) ?? 0) + 1;
		misplaced.set(key, times);
		return times > documentLimits.gapsAMinute;
	}

	/** Takes an HTTP upgrade; refusals are plain HTTP answers, before any socket exists. */
	function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, name: string): void {
		const given = setTimeout(() => socket.destroy(), documentLimits.upgradeMs);
		socket.on('error', () => socket.destroy());
		connect(request, socket, head, name)
			.catch(async (error: unknown) => {
				const status = error instanceof AppError ? (await dependencies.refused(request, error)).status : 500;
				if (status === 500) logger.error({ err: error, document: name }, 'a socket could not be opened');
				socket.end(
					`HTTP/1.1 ${status} ${status === 404 ? 'Not Found' : 'Refused'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
				);
			})
			.finally(() => clearTimeout(given));
	}

	/**
	 * The server edits a page in the caller's transaction: built on a scratch copy under the row lock, so a rollback
	 * leaves nothing behind. Pass the result to `announce` after the commit.
	 */
	async function editIn(
		tx: Transaction,
		name: string,
		author: string | null,
		change: (doc: Y.Doc) => void
	): Promise<Stored[]> {
		const loaded = await loadDocument(tx, name, { forUpdate: true });
		if (!loaded) throw nothing();
		const doc = await docOf(loaded);
		doc.clientID = randomInt(1, 2 ** 32 - 1);
		const made: Uint8Array[] = [];
		doc.on('update', (update: Uint8Array) => made.push(update));
		doc.transact(() => change(doc));
		if (made.length === 0) return [];
		const bytes = made.length === 1 ? made[0]! : Y.mergeUpdates(made);
		const stored = await commitUpdates(tx, [
			{ document: name, epoch: loaded.epoch, bytes, author, session: null }
		]);
		if (!stored[0]) throw new AppError('not-now', 'This page is closed for writing.');
		return [stored[0]];
	}

	/** The server edits a page: durable when it resolves, then relayed. */
	async function edit(name: string, author: string | null, change: (doc: Y.Doc) => void): Promise<void> {
		announce(await database.db.transaction((tx) => editIn(tx, name, author, change)));
	}

	/** A copy of a page as it is now, to read from. In a transaction: as it is under its lock. */
	async function read(name: string, tx?: Transaction, lock = tx !== undefined): Promise<Y.Doc> {
		const loaded = await loadDocument(tx ?? database.db, name, { forUpdate: lock });
		if (!loaded) throw nothing();
		return docOf(loaded);
	}

	/**
	 * Makes a new epoch of a page from what it was at a sequence (R14). Browsers that hold the old one are told so and may
	 * not merge into the new one. Resolves when it is durable.
	 */
	async function restore(name: string, sequence: number, by: AccountId | null): Promise<void> {
		await database.db.transaction((tx) => restoreIn(tx, name, sequence, by));
		begunAnew([name]);
	}

	/** These began a new epoch in somebody else's transaction, which is committed. */
	function begunAnew(names: readonly string[]): void {
		for (const name of names) {
			const here = open.get(name);
			if (here) endEpoch(here);
		}
		ringFor(names);
	}

	/**
	 * Asks again what open sockets of an exercise may do: closes or downgrades them (R7). `version` was read before; those
	 * that stay remember it.
	 */
	async function recheck(
		exerciseId: ExerciseId,
		which: (connection: Connection) => boolean = () => true,
		version?: number
	): Promise<void> {
		const affected = [...connections].filter((one) => one.ref.exercise === exerciseId && which(one));
		if (affected.length === 0) return;
		try {
			const standing = await dependencies.standing(
				exerciseId,
				affected.map(({ actor, sessionId }) => ({ accountId: actor.accountId, sessionId }))
			);
			for (const connection of affected) {
				const { ref, sessionId } = connection;
				if (!standing?.sessions.has(sessionId)) {
					connection.close(closeCode.unauthenticated, 'signed out');
					continue;
				}
				const actor = standing.actors.get(connection.actor.accountId);
				const team = standing.teams.get(teamIn(ref) ?? '');
				const channel = standing.channels.get(channelIn(ref) ?? '');
				const right = actor
					? documentRight(ref, actor, {
							settings: standing.exercise.settings,
							...(team && { team }),
							...(channel && { channel })
						})
					: 'none';
				if (right === 'none') connection.close(closeCode.rightsChanged, 'rights changed');
				else if (right === 'read') connection.becomeReadOnly();
				// a reader who may write now connects anew
				else if (!connection.wasWriter) connection.close(closeCode.rightsChanged, 'rights changed');
				if (version !== undefined) connection.rightsVersion = version;
			}
		} catch (error) {
			logger.error({ err: error }, 'rights could not be read again');
		}
	}

	/** Nobody writes there any more: sockets become readers. The row was closed in the caller's transaction. */
	function freeze(name: string): void {
		void rooms.get(name)?.then(
			(here) => here.freeze(closedSentence),
			() => undefined
		);
	}

	// a lost ring costs three seconds: versions of rights are read again for the exercises that have sockets here
	const rightsTimer = setInterval(() => {
		const exercises = [...new Set([...connections].map((connection) => connection.ref.exercise as string))];
		if (exercises.length === 0) return;
		void database.db
			.select({ id: exerciseTable.id, version: exerciseTable.rightsVersion })
			.from(exerciseTable)
			.where(inArray(exerciseTable.id, exercises))
			.then(async (rows) => {
				for (const { id, version } of rows)
					await recheck(id as ExerciseId, (connection) => connection.rightsVersion !== version, version);
			})
			.catch((error: unknown) => logger.warn({ err: error }, 'versions of rights could not be read'));
	}, documentLimits.rightsEveryMs);
	rightsTimer.unref();

	// once a second: who lags too long, who is no longer here, what is worth merging, what nobody reads
	const sweepTimer = setInterval(() => {
		const now = Date.now();
		for (const connection of connections) connection.closeIfStale(now);
		for (const one of open.values()) {
			one.presence.expire(now);
			if (one.wantsMerging(now)) void compact(one);
			if (one.readers.size === 0 && now - one.emptySince > documentLimits.idleRoomMs) letGo(one);
		}
	}, 1000);
	sweepTimer.unref();
	const elsewhere = createPresenceElsewhere({
		database,
		log: logger,
		node: dependencies.node,
		rooms: () => open.values()
	});
	elsewhere.start();
	const forgetTimer = setInterval(() => misplaced.clear(), 60_000);
	forgetTimer.unref();

	/** Merges what is old in a room, off the main thread, and stores it beside the log, which stays whole. */
	async function compact(one: Room): Promise<void> {
		try {
			const merged = await one.mergeTail();
			if (!merged || merged.sequence - one.snapshotSequence < documentLimits.compactAfter) return;
			one.snapshotSequence = merged.sequence;
			await writeSnapshot(
				database.db,
				{ document: one.name, epoch: one.epoch, sequence: merged.sequence },
				merged.merged
			);
			if (one.bytes > documentLimits.stateWarnBytes)
				logger.warn({ document: one.name, bytes: one.bytes }, 'a document is becoming too large');
		} catch (error) {
			logger.warn(
				{ err: error, document: one.name },
				'a document could not be compacted; the log has it whole'
			);
		}
	}

	async function stop(): Promise<void> {
		stopping = true;
		clearInterval(rightsTimer);
		clearInterval(sweepTimer);
		clearInterval(forgetTimer);
		await elsewhere.stop();
		await updates.close();
		ring();
		for (const one of open.values()) one.flush();
		for (const connection of connections) connection.close(closeCode.restart, 'restarting');
		for (const one of open.values()) one.presence.stop();
		upgrades.close();
	}

	return {
		upgrade,
		edit,
		editIn,
		read,
		announce,
		heard,
		recheck,
		freeze,
		restore,
		begunAnew,
		stop,
		/** where the open rooms stand, for a look at what was missed */
		positions: () => [...open.values()].map(({ name, epoch, sequence }) => ({ name, epoch, sequence })),
		/** open rooms whose log cannot be read on */
		damaged: () => [...open.values()].filter((one) => one.damagedAt !== null).length,
		rightTo: (name: string, accountId: AccountId) => rightTo(dependencies, name, accountId),
		sockets: () => connections.size,
		openRooms: () => rooms.size
	};
}

async function docOf(loaded: LoadedDocument): Promise<Y.Doc> {
	const doc = new Y.Doc();
	const { state } = await merge([loaded.snapshot.state, ...loaded.tail.map((one) => one.bytes)]);
	Y.applyUpdate(doc, state);
	return doc;
}
