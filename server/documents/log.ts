import { hash } from 'node:crypto';
import { and, asc, desc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../database/open.ts';
import { document, documentSnapshot, documentUpdate } from '../database/schema.ts';
import { documentLimits } from './limits.ts';
import { nothingYet, type Merged } from './merge.ts';

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

/** Nobody may write there any more, or not in this epoch. */
export class ClosedDocument extends Error {}

export const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

/**
 * Stores updates in the caller's transaction: the sequence is taken under the document's row lock, rows locked in the
 * order of their names so that two writers cannot wait for each other. `null` for a document that is closed,
 * damaged, of another epoch, or gone.
 */
export async function commitUpdates(tx: Transaction, updates: readonly Update[]): Promise<(Stored | null)[]> {
	const names = [...new Set(updates.map((update) => update.document))];
	const heads = await tx
		.select({
			name: document.name,
			epoch: document.epoch,
			sequence: document.sequence,
			closedAt: document.closedAt,
			quarantinedSequence: document.quarantinedSequence
		})
		.from(document)
		.where(inArray(document.name, names))
		.orderBy(asc(document.name))
		.for('update');
	const open = new Map(
		heads
			.filter((head) => head.closedAt === null && head.quarantinedSequence === null)
			.map((head) => [head.name, { ...head }])
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

/**
 * Writes rows whose sequences the caller has taken under lock, and moves the heads: in one statement, because others wait.
 *
 * @param clocks of timelines, by name: how many entries the server has written
 */
export async function insertUpdates(
	tx: Transaction,
	rows: readonly (Stored & { author: string | null; session: string | null })[],
	clocks: ReadonlyMap<string, number> = new Map()
): Promise<void> {
	if (rows.length === 0) return;
	const added = tx.insert(documentUpdate).values(rows.map((row) => ({ ...row, sha256: sha256(row.bytes) })));
	const last = new Map(rows.map((row) => [row.document, row.sequence]));
	const names = [...last.keys()];
	await tx.execute(sql`
		with added as (${added.getSQL()})
		update ${document} set sequence = moved.sequence, server_clock = coalesce(moved.clock, server_clock)
		from unnest(${sql.param(names)}::text[], ${sql.param([...last.values()])}::bigint[],
			${sql.param(names.map((name) => clocks.get(name) ?? null))}::int[]) as moved(name, sequence, clock)
		where ${document.name} = moved.name`);
}

type Queryable = Database['db'] | Transaction;

/** A stored update with who made it (an account; null: the server), and when (wall time, ms). */
export interface Logged extends Stored {
	author: string | null;
	at: number;
}

/** Rows in their order, up to the first that is missing or damaged (R4). */
export interface Tail {
	rows: Logged[];
	/** the sequence that cannot be read; null: all is well */
	damagedAt: number | null;
}

/** All changes after a sequence, with their sums and their order checked. In pages, so that others get their turn. */
export async function readSince(
	db: Queryable,
	name: string,
	epoch: number,
	after: number,
	upTo = Number.MAX_SAFE_INTEGER
): Promise<Tail> {
	const rows: Logged[] = [];
	for (;;) {
		const page = await db
			.select({
				sequence: documentUpdate.sequence,
				sha256: documentUpdate.sha256,
				bytes: documentUpdate.bytes,
				author: documentUpdate.author,
				at: documentUpdate.at
			})
			.from(documentUpdate)
			.where(
				and(
					eq(documentUpdate.document, name),
					eq(documentUpdate.epoch, epoch),
					gt(documentUpdate.sequence, after + rows.length),
					lte(documentUpdate.sequence, upTo)
				)
			)
			.orderBy(asc(documentUpdate.sequence))
			.limit(documentLimits.pageRows);
		for (const row of page) {
			const expected = after + rows.length + 1;
			if (row.sequence !== expected || !sameSum(row)) return { rows, damagedAt: expected };
			const { sequence, bytes, author, at } = row;
			rows.push({ document: name, epoch, sequence, bytes, author, at: at.getTime() });
		}
		if (page.length < documentLimits.pageRows) return { rows, damagedAt: null };
	}
}

const sameSum = (row: { bytes: Uint8Array; sha256: Uint8Array }) => sha256(row.bytes).equals(row.sha256);

/** A document as the database has it: the newest sound snapshot, and what came after. */
export interface LoadedDocument {
	exerciseId: string;
	epoch: number;
	/** of the last change that could be read */
	sequence: number;
	/** nobody writes any more */
	closed: boolean;
	/** the first sequence that cannot be read: read-only from the one before */
	damagedAt: number | null;
	snapshot: Merged;
	snapshotSequence: number;
	tail: Stored[];
}

/** Head, snapshot and tail of one document; null when there is no such document. `upTo`: as it was at that sequence. */
export async function loadDocument(
	db: Queryable,
	name: string,
	options: { forUpdate?: boolean; upTo?: number } = {}
): Promise<LoadedDocument | null> {
	const query = db.select().from(document).where(eq(document.name, name));
	const [head] = await (options.forUpdate ? query.for('update') : query);
	if (!head) return null;
	const upTo = options.upTo ?? Number.MAX_SAFE_INTEGER;
	const snapshots = await db
		.select()
		.from(documentSnapshot)
		.where(
			and(
				eq(documentSnapshot.document, name),
				eq(documentSnapshot.epoch, head.epoch),
				lte(documentSnapshot.sequence, upTo)
			)
		)
		.orderBy(desc(documentSnapshot.sequence))
		.limit(2);
	// a damaged snapshot costs time, not data: the log has everything
	const snapshot = snapshots.find((one) => snapshotSum(one).equals(one.sha256));
	const { rows, damagedAt } = await readSince(db, name, head.epoch, snapshot?.sequence ?? 0, upTo);
	const sequence = (snapshot?.sequence ?? 0) + rows.length;
	// rows that are missing at the end
	const short = options.upTo === undefined && damagedAt === null && sequence < head.sequence;
	return {
		exerciseId: head.exerciseId,
		epoch: head.epoch,
		sequence,
		closed: head.closedAt !== null,
		damagedAt: head.quarantinedSequence ?? damagedAt ?? (short ? sequence + 1 : null),
		snapshot: snapshot ?? nothingYet,
		snapshotSequence: snapshot?.sequence ?? 0,
		tail: rows
	};
}

/** The state up to a sequence; null: another node has written it. The log stays; of the snapshots the two newest, and the last of every `keepEvery` changes. */
export async function writeSnapshot(
	db: Database['db'],
	at: { document: string; epoch: number; sequence: number },
	merged: Merged
): Promise<void> {
	await db
		.insert(documentSnapshot)
		.values({ ...at, ...merged, sha256: snapshotSum(merged) })
		.onConflictDoNothing();
	await db.execute(sql`
		delete from document_snapshot where document = ${at.document} and epoch = ${at.epoch} and sequence not in
			(select sequence from document_snapshot where document = ${at.document} and epoch = ${at.epoch}
			 order by sequence desc limit 2)
		and sequence not in
			(select max(sequence) from document_snapshot where document = ${at.document} and epoch = ${at.epoch}
			 group by sequence / ${documentLimits.keepEvery}::bigint)`);
}

const snapshotSum = ({ state, stateVector, deletes }: Merged) =>
	sha256(Buffer.concat([sha256(state), sha256(stateVector), sha256(deletes)]));

/** Marks a document whose log cannot be read on from a sequence: nobody writes there until it is restored. */
export async function quarantine(db: Queryable, name: string, sequence: number): Promise<boolean> {
	const marked = await db
		.update(document)
		.set({ quarantinedSequence: sequence })
		.where(and(eq(document.name, name), sql`${document.quarantinedSequence} is null`))
		.returning({ name: document.name });
	return marked.length > 0;
}
