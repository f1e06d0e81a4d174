import { createHash } from 'node:crypto';
import { and, asc, desc, eq, gt, inArray, sql } from 'drizzle-orm';
import * as Y from 'yjs';
import type { Database, Transaction } from '../database/open.ts';
import { document, documentSnapshot, documentUpdate } from '../database/schema.ts';
import { documentLimits } from './limits.ts';

/** One change, as it came in. The same bytes are stored, relayed and read back. */
export interface Update {
	document: string;
	epoch: number;
	bytes: Uint8Array;
	/** account; null: the server */
	author: string | null;
	session: string | null;
}

/** An update with its place in the document. */
export interface Stored {
	document: string;
	epoch: number;
	sequence: number;
	bytes: Uint8Array;
}

export class ClosedDocument extends Error {}

export const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

interface Waiting {
	update: Update;
	resolve: (stored: Stored) => void;
	reject: (error: unknown) => void;
}

/**
 * The log of all documents. Group commit (R2): what arrives while a commit is under way goes together with the next,
 * over all documents, so that one `fsync` carries everybody's keystrokes.
 */
export class DocumentLog {
	readonly #database: Database;
	#waiting: Waiting[] = [];
	#flushing: Promise<void> | null = null;

	constructor(database: Database) {
		this.#database = database;
	}

	/** Resolves when the update is durable. Rejects with `ClosedDocument` when nobody may write there any more. */
	append(update: Update): Promise<Stored> {
		return new Promise((resolve, reject) => {
			this.#waiting.push({ update, resolve, reject });
			this.#flushing ??= this.#flush().finally(() => (this.#flushing = null));
		});
	}

	/** Until everything that was handed in is committed: for a graceful stop. */
	async settled(): Promise<void> {
		while (this.#flushing) await this.#flushing;
	}

	async #flush(): Promise<void> {
		// what the same turn of the event loop brings goes along
		await new Promise<void>((resolve) => setImmediate(resolve));
		while (this.#waiting.length > 0) {
			const batch = this.#waiting.splice(0, documentLimits.batchRows);
			try {
				const stored = await this.#database.db.transaction((tx) =>
					commitUpdates(
						tx,
						batch.map((w) => w.update)
					)
				);
				for (const [i, waiting] of batch.entries()) {
					const one = stored[i];
					if (one) waiting.resolve(one);
					else waiting.reject(new ClosedDocument(waiting.update.document));
				}
			} catch (error) {
				for (const waiting of batch) waiting.reject(error);
			}
		}
	}

	/** All changes after a sequence, in order, with their sums checked (R4). */
	async since(name: string, epoch: number, sequence: number): Promise<Stored[]> {
		return readSince(this.#database.db, name, epoch, sequence);
	}
}

type Queryable = Database['db'] | Transaction;

/**
 * Stores updates in the caller's transaction: the sequence is taken under the document's row lock, rows locked in the
 * order of their names so that two writers cannot wait for each other. `null` for a document that is closed, of
 * another epoch, or gone.
 */
export async function commitUpdates(tx: Transaction, updates: readonly Update[]): Promise<(Stored | null)[]> {
	const names = [...new Set(updates.map((update) => update.document))];
	const heads = await tx
		.select({
			name: document.name,
			epoch: document.epoch,
			sequence: document.sequence,
			closedAt: document.closedAt
		})
		.from(document)
		.where(inArray(document.name, names))
		.orderBy(asc(document.name))
		.for('update');
	const open = new Map(
		heads.filter((head) => head.closedAt === null).map((head) => [head.name, { ...head }])
	);
	const stored = updates.map((update): Stored | null => {
		const head = open.get(update.document);
		if (!head || head.epoch !== update.epoch) return null;
		return {
			document: update.document,
			epoch: update.epoch,
			sequence: ++head.sequence,
			bytes: update.bytes
		};
	});
	await insertUpdates(
		tx,
		stored.flatMap((one, i) =>
			one ? [{ ...one, author: updates[i]!.author, session: updates[i]!.session }] : []
		)
	);
	return stored;
}

/** Writes rows whose sequences the caller has taken under lock, and moves the heads. */
export async function insertUpdates(
	tx: Transaction,
	rows: readonly (Stored & { author: string | null; session: string | null })[]
): Promise<void> {
	if (rows.length === 0) return;
	await tx.insert(documentUpdate).values(rows.map((row) => ({ ...row, sha256: sha256(row.bytes) })));
	const last = new Map(rows.map((row) => [row.document, row.sequence]));
	await tx.execute(sql`
		update ${document} set sequence = moved.sequence
		from unnest(${sql.param([...last.keys()])}::text[], ${sql.param([...last.values()])}::bigint[]) as moved(name, sequence)
		where ${document.name} = moved.name`);
}

async function readSince(db: Queryable, name: string, epoch: number, sequence: number): Promise<Stored[]> {
	const rows = await db
		.select()
		.from(documentUpdate)
		.where(
			and(
				eq(documentUpdate.document, name),
				eq(documentUpdate.epoch, epoch),
				gt(documentUpdate.sequence, sequence)
			)
		)
		.orderBy(asc(documentUpdate.sequence));
	for (const [i, row] of rows.entries()) {
		if (row.sequence !== sequence + i + 1) throw new Error(`${name}: update ${sequence + i + 1} is missing`);
		if (Buffer.compare(sha256(row.bytes), row.sha256) !== 0)
			throw new Error(`${name}: update ${row.sequence} is damaged`);
	}
	return rows.map(({ epoch, sequence, bytes }) => ({ document: name, epoch, sequence, bytes }));
}

export interface LoadedDocument {
	epoch: number;
	sequence: number;
	closed: boolean;
	/** the merged state */
	state: Uint8Array;
	exerciseId: string;
}

/** Head, snapshot and tail of one document as one state; null when there is no such document. */
export async function loadDocument(
	db: Queryable,
	name: string,
	options: { forUpdate?: boolean } = {}
): Promise<LoadedDocument | null> {
	const query = db.select().from(document).where(eq(document.name, name));
	const [head] = await (options.forUpdate ? query.for('update') : query);
	if (!head) return null;
	const [snapshot] = await db
		.select()
		.from(documentSnapshot)
		.where(and(eq(documentSnapshot.document, name), eq(documentSnapshot.epoch, head.epoch)))
		.orderBy(desc(documentSnapshot.sequence))
		.limit(1);
	if (snapshot && Buffer.compare(sha256(snapshot.bytes), snapshot.sha256) !== 0)
		throw new Error(`${name}: the snapshot is damaged`);
	const tail = await readSince(db, name, head.epoch, snapshot?.sequence ?? 0);
	return {
		epoch: head.epoch,
		sequence: tail.at(-1)?.sequence ?? snapshot?.sequence ?? 0,
		closed: head.closedAt !== null,
		state: mergeInSteps([...(snapshot ? [snapshot.bytes] : []), ...tail.map((one) => one.bytes)]),
		exerciseId: head.exerciseId
	};
}

/** Yjs sorts its inputs anew for every struct: thousands at once take seconds, hundreds at a time do not (PERFORMANCE 8). */
export function mergeInSteps(updates: readonly Uint8Array[]): Uint8Array {
	let rest = [...updates];
	if (rest.length === 0) return Y.encodeStateAsUpdate(new Y.Doc());
	while (rest.length > 1) {
		const next: Uint8Array[] = [];
		for (let i = 0; i < rest.length; i += 100) next.push(Y.mergeUpdates(rest.slice(i, i + 100)));
		rest = next;
	}
	return rest[0]!;
}

/** Above so many updates a snapshot is worth its row. */
const snapshotEvery = 500;

/** Writes the merged state beside the log, which stays; a cold room then reads one row and a short tail. */
export async function writeSnapshot(database: Database, name: string, loaded: LoadedDocument): Promise<void> {
	await database.db
		.insert(documentSnapshot)
		.values({
			document: name,
			epoch: loaded.epoch,
			sequence: loaded.sequence,
			sha256: sha256(loaded.state),
			bytes: loaded.state
		})
		.onConflictDoNothing();
}

export const wantsSnapshot = (sequence: number, last: number) => sequence - last >= snapshotEvery;
