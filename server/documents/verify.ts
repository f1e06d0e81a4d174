import { asc, eq } from 'drizzle-orm';
import * as Y from 'yjs';
import type { Database } from '../database/open.ts';
import { document } from '../database/schema.ts';
import { deletedIn } from './deleted.ts';
import { loadDocument, readSince } from './log.ts';
import { merge } from './merging.ts';

export interface DocumentVerdict {
	name: string;
	epoch: number;
	/** updates whose place and sum are right */
	updates: number;
	/** the first that is missing or damaged; null: none */
	damagedAt: number | null;
	/** whether snapshot and tail say the same as the whole log; null: not compared */
	snapshotAgrees: boolean | null;
}

/** Reads every update of every document anew: sums, order, and whether the snapshot says the same as the log (R4). */
export async function* verifyDocuments(
	{ db }: Database,
	exerciseId: string | null
): AsyncGenerator<DocumentVerdict> {
	const heads = await db
		.select({ name: document.name, epoch: document.epoch, sequence: document.sequence })
		.from(document)
		.where(exerciseId === null ? undefined : eq(document.exerciseId, exerciseId))
		.orderBy(asc(document.name));
	for (const head of heads) {
		const { rows, damagedAt } = await readSince(db, head.name, head.epoch, 0, head.sequence);
		const missing = damagedAt ?? (rows.length < head.sequence ? rows.length + 1 : null);
		yield {
			name: head.name,
			epoch: head.epoch,
			updates: rows.length,
			damagedAt: missing,
			snapshotAgrees:
				missing === null
					? await agrees(
							db,
							head,
							rows.map((row) => row.bytes)
						)
					: null
		};
	}
}

async function agrees(
	db: Database['db'],
	{ name, sequence }: { name: string; sequence: number },
	updates: readonly Uint8Array[]
): Promise<boolean> {
	const loaded = await loadDocument(db, name, { upTo: sequence });
	if (!loaded || loaded.snapshotSequence === 0) return true;
	const [whole, short] = await Promise.all([
		merge(updates),
		merge([loaded.snapshot.state, ...loaded.tail.map((one) => one.bytes)])
	]);
	// what each has and what is deleted in it: bytes may differ in how neighbours were joined
	return (
		Buffer.compare(whole.stateVector, short.stateVector) === 0 &&
		Y.equalDeleteSets(deletedIn([whole.deletes]), deletedIn([short.deletes]))
	);
}
