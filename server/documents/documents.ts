import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { inArray, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import * as Y from 'yjs';
import { AppError } from '#lib/errors.ts';
import { documentRight } from '#lib/exercise/documents.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { closeCode } from '#lib/protocol/wire.ts';
import type { Database, Transaction } from '../database/open.ts';
import { exercise as exerciseTable } from '../database/schema.ts';
import type { Standing } from '../exercises/standing.ts';
import { Connection } from './connection.ts';
import { admit, rightTo, teamIn, type GateDependencies } from './gate.ts';
import { documentLimits } from './limits.ts';
import {
	DocumentLog,
	commitUpdates,
	loadDocument,
	wantsSnapshot,
	writeSnapshot,
	type Stored
} from './log.ts';
import { Room, type Reader } from './room.ts';

export interface DocumentDependencies extends GateDependencies {
	database: Database;
	log: Logger;
	/** tells the other nodes that documents moved on; they read the log (R11) */
	ring: (names: string[]) => void;
	/** the colour by which a person is known to others */
	colourOf: (accountId: AccountId) => string;
	/** what the rights of many stand on */
	standing: (
		id: ExerciseId,
		people: { accountId: AccountId; sessionId: string }[]
	) => Promise<Standing | null>;
}

export type Documents = ReturnType<typeof createDocuments>;

/** The document server: rooms, the sockets in them, and the server's own reading and editing of pages. */
export function createDocuments(dependencies: DocumentDependencies) {
	const { database, log: logger } = dependencies;
	const log = new DocumentLog(database);
	const rooms = new Map<string, Promise<Room>>();
	const catchingUp = new Map<Room, Promise<void>>();
	const connections = new Set<Connection>();
	const upgrades = new WebSocketServer({
		noServer: true,
		maxPayload: documentLimits.answerBytes + 1024,
		perMessageDeflate: false
	});
	const rightsVersions = new Map<string, number>();
	let stopping = false;

	function room(name: string): Promise<Room> {
		const known = rooms.get(name);
		if (known) return known;
		const opening = (async () => {
			const loaded = await loadDocument(database.db, name);
			if (!loaded) throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
			const opened = new Room(name, loaded);
			// written while we were loading: nobody was there yet to be told
			await catchUp(opened);
			return opened;
		})();
		rooms.set(name, opening);
		opening.catch(() => rooms.delete(name));
		return opening;
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
			for (const stored of await log.since(of.name, of.epoch, of.sequence)) of.accept(stored, null);
		})().finally(() => catchingUp.delete(of));
		catchingUp.set(of, reading);
		return reading;
	}

	/** Changes that are committed, from this node: relays them where the room is open, and rings for the others. */
	function announce(stored: readonly Stored[], from: Reader | null = null): void {
		for (const one of stored) {
			const opening = rooms.get(one.document);
			void opening
				?.then((open) => (open.accept(one, from) ? undefined : catchUp(open)))
				.catch((error: unknown) =>
					logger.error({ err: error, document: one.document }, 'a room could not catch up')
				);
		}
		if (stored.length > 0) dependencies.ring([...new Set(stored.map((one) => one.document))]);
	}

	/** Another node says that these moved on. */
	function heard(names: readonly string[]): void {
		for (const name of names)
			void rooms
				.get(name)
				?.then((open) => catchUp(open))
				.catch((error: unknown) => logger.error({ err: error, document: name }, 'a room could not catch up'));
	}

	async function connect(
		request: IncomingMessage,
		socket: Duplex,
		head: Buffer,
		name: string
	): Promise<void> {
		const admission = await admit(dependencies, request, name);
		const { identity, actor, ref } = admission;
		let open = 0;
		for (const connection of connections) if (connection.actor.accountId === actor.accountId) open++;
		if (open >= documentLimits.socketsPerAccount)
			throw new AppError('slow-down', 'You have too many windows open: close some.');
		const here = await room(name);
		if (stopping) throw new AppError('unavailable', 'The server is restarting.');
		upgrades.handleUpgrade(request, socket, head, (accepted) => {
			const connection = new Connection({
				socket: accepted,
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
				log,
				committed: (stored, from) => announce([stored], from),
				failed: (error) => logger.error({ err: error, document: name }, 'a change could not be stored')
			});
			connections.add(connection);
			accepted.on('close', () => connections.delete(connection));
		});
	}

	/** Takes an HTTP upgrade; refusals are plain HTTP answers, before any socket exists. */
	function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, name: string): void {
		const given = setTimeout(() => socket.destroy(), 5000);
		socket.on('error', () => socket.destroy());
		connect(request, socket, head, name)
			.catch((error: unknown) => {
				const status = error instanceof AppError ? error.status : 500;
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
		if (!loaded) throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
		const doc = new Y.Doc();
		Y.applyUpdate(doc, loaded.state);
		doc.clientID = randomInt(1, 2 ** 32 - 1);
		const updates: Uint8Array[] = [];
		doc.on('update', (update: Uint8Array) => updates.push(update));
		doc.transact(() => change(doc));
		if (updates.length === 0) return [];
		const bytes = updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates);
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
	async function read(name: string, tx?: Transaction): Promise<Y.Doc> {
		const loaded = await loadDocument(tx ?? database.db, name, { forUpdate: tx !== undefined });
		if (!loaded) throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
		const doc = new Y.Doc();
		Y.applyUpdate(doc, loaded.state);
		return doc;
	}

	/** Asks again what the open sockets of an exercise may do: closes or downgrades them (R7). */
	async function recheck(exerciseId: ExerciseId): Promise<void> {
		const open = [...connections].filter((connection) => connection.ref.exercise === exerciseId);
		if (open.length === 0) return;
		try {
			const standing = await dependencies.standing(
				exerciseId,
				open.map(({ actor, sessionId }) => ({ accountId: actor.accountId, sessionId }))
			);
			for (const connection of open) {
				const { ref, sessionId } = connection;
				if (!standing?.sessions.has(sessionId)) {
					connection.close(closeCode.unauthenticated, 'signed out');
					continue;
				}
				const actor = standing.actors.get(connection.actor.accountId);
				const team = standing.teams.get(teamIn(ref) ?? '');
				const right = actor
					? documentRight(ref, actor, { settings: standing.exercise.settings, ...(team && { team }) })
					: 'none';
				if (right === 'none') connection.close(closeCode.rightsChanged, 'rights changed');
				else if (right === 'read') connection.becomeReadOnly();
				// a reader who may write now connects anew
				else if (!connection.wasWriter) connection.close(closeCode.rightsChanged, 'rights changed');
			}
		} catch (error) {
			logger.error({ err: error }, 'rights could not be read again');
		}
	}

	/** Nobody writes there any more: sockets become readers. The row was closed in the caller's transaction. */
	function freeze(name: string): void {
		void rooms.get(name)?.then(
			(open) => open.freeze(),
			() => undefined
		);
	}

	// a lost ring costs three seconds: versions of rights are read again for the exercises that have sockets here
	const rightsTimer = setInterval(() => {
		const open = [...new Set([...connections].map((connection) => connection.ref.exercise as string))];
		if (open.length === 0) return;
		void database.db
			.select({ id: exerciseTable.id, version: exerciseTable.rightsVersion })
			.from(exerciseTable)
			.where(inArray(exerciseTable.id, open))
			.then(async (rows) => {
				for (const { id, version } of rows) {
					const seen = rightsVersions.get(id);
					rightsVersions.set(id, version);
					if (seen !== undefined && seen !== version) await recheck(id as ExerciseId);
				}
			})
			.catch((error: unknown) => logger.warn({ err: error }, 'versions of rights could not be read'));
	}, documentLimits.rightsEveryMs);
	rightsTimer.unref();

	// rooms that nobody reads are let go; long tails are put into a snapshot on the way
	const idleTimer = setInterval(() => {
		for (const [name, opening] of rooms)
			void opening
				.then(
					async (open) => {
						if (open.readers.size > 0 || Date.now() - open.emptySince < documentLimits.idleRoomMs) return;
						rooms.delete(name);
						open.presence.stop();
						const snapshots = await database.db.execute<{ last: string | null }>(
							sql`select max(sequence) as last from document_snapshot where document = ${name} and epoch = ${open.epoch}`
						);
						if (wantsSnapshot(open.sequence, Number(snapshots.rows[0]?.last ?? 0)))
							await writeSnapshot(database, name, {
								epoch: open.epoch,
								sequence: open.sequence,
								closed: open.closed,
								exerciseId: open.exerciseId,
								state: open.state()
							});
					},
					() => undefined
				)
				.catch((error: unknown) =>
					logger.warn({ err: error, document: name }, 'a snapshot could not be written')
				);
	}, 10_000);
	idleTimer.unref();

	/** How far the open rooms are, to find what no ring told of. */
	async function positions(): Promise<{ name: string; epoch: number; sequence: number }[]> {
		const open = await Promise.allSettled(rooms.values());
		return open.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
	}

	async function stop(): Promise<void> {
		stopping = true;
		clearInterval(rightsTimer);
		clearInterval(idleTimer);
		await log.settled();
		for (const connection of connections) connection.close(closeCode.restart, 'restarting');
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
		positions,
		stop,
		rightTo: (name: string, accountId: AccountId) => rightTo(dependencies, name, accountId),
		sockets: () => connections.size,
		openRooms: () => rooms.size
	};
}
