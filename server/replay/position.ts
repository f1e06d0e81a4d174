import { and, desc, eq, lte, sql } from 'drizzle-orm';
import type { LoggedChange, Rebuilt } from '#lib/exercise/replay/rebuild.ts';
import type { Database } from '../database/open.ts';
import { document, documentSnapshot, documentUpdate } from '../database/schema.ts';
import { documentLimits } from '../documents/limits.ts';
import { readSince } from '../documents/log.ts';

/** A place in a document's log. */
export interface Position {
	name: string;
	epoch: number;
	sequence: number;
}

export type Found =
	/** `from`, `until`: wall times of this change and of the next one, ms; until then the document stood so. null: none came yet */
	| ({ is: 'kept'; from: number; until: number | null } & Position)
	/** nothing had been written there */
	| { is: 'unwritten' }
	/** its log begins only then (wall time, ms): what was before went with the names of the exercise */
	| { is: 'gone'; since: number };

/**
 * The last change of a document that was stored by a moment of the wall's clock. null: there is no such document. After a
 * restore it is in the epoch that was in force then.
 */
export async function positionAt({ db }: Database, name: string, wall: number): Promise<Found | null> {
	const [head] = await db
		.select({ epoch: document.epoch, sequence: document.sequence })
		.from(document)
		.where(eq(document.name, name));
	if (!head) return null;
	// every epoch begins with its first change
	const { rows } = await db.execute<{ epoch: number; at: Date }>(sql`
		select u.epoch, u.at from generate_series(0, ${head.epoch}::int) as e(epoch)
		join ${documentUpdate} u on u.document = ${name} and u.epoch = e.epoch and u.sequence = 1
		order by u.epoch`);
	const epochs = rows.map((row) => ({ epoch: Number(row.epoch), since: new Date(row.at).getTime() }));
	const inForce = epochs.findLastIndex(({ since }) => since <= wall);
	const epoch = epochs[inForce]?.epoch;
	if (epoch === undefined) {
		const first = epochs[0];
		return first && first.epoch > 0 ? { is: 'gone', since: first.since } : { is: 'unwritten' };
	}
	const { next, ...last } = await lastBy({ db }, name, epoch, wall);
	return { is: 'kept', name, epoch, ...last, until: next ?? epochs[inForce + 1]?.since ?? null };
}

/** Halves until it has the last change by a moment: some fifteen rows by their key, however long the log is. */
async function lastBy(
	{ db }: Pick<Database, 'db'>,
	name: string,
	epoch: number,
	wall: number
): Promise<{ sequence: number; from: number; next: number | null }> {
	const inEpoch = and(eq(documentUpdate.document, name), eq(documentUpdate.epoch, epoch));
	const timeOf = async (sequence: number): Promise<number | null> => {
		const [row] = await db
			.select({ at: documentUpdate.at })
			.from(documentUpdate)
			.where(and(inEpoch, eq(documentUpdate.sequence, sequence)));
		return row?.at.getTime() ?? null;
	};
	const [last] = await db
		.select({ sequence: documentUpdate.sequence })
		.from(documentUpdate)
		.where(inEpoch)
		.orderBy(desc(documentUpdate.sequence))
		.limit(1);
	// the first one is by then: its epoch was found by it
	let [known, beyond] = [1, (last?.sequence ?? 1) + 1];
	while (known + 1 < beyond) {
		const middle = (known + beyond) >> 1;
		if (((await timeOf(middle)) ?? Number.POSITIVE_INFINITY) <= wall) known = middle;
		else beyond = middle;
	}
	return { sequence: known, from: (await timeOf(known)) ?? wall, next: await timeOf(known + 1) };
}

/** What a rebuilding starts from: an earlier state, and the changes from there to the position. */
export interface Material {
	onto: Rebuilt | null;
	changes: LoggedChange[];
	/** of the last change that could be read: lower than asked for where the log is damaged */
	sequence: number;
}

/**
 * Reads what is needed for a position: from `known`, an earlier state of the same epoch, where there is one; else from the start,
 * so that everybody who touched a part is known; else, where the log is long, from the nearest snapshot that is kept.
 */
export async function readMaterial(
	{ db }: Database,
	{ name, epoch, sequence }: Position,
	known: { sequence: number; rebuilt: Rebuilt } | null
): Promise<Material> {
	let base = known;
	if (sequence - (known?.sequence ?? 0) > documentLimits.keepEvery) {
		const [snapshot] = await db
			.select({ sequence: documentSnapshot.sequence, state: documentSnapshot.state })
			.from(documentSnapshot)
			.where(
				and(
					eq(documentSnapshot.document, name),
					eq(documentSnapshot.epoch, epoch),
					lte(documentSnapshot.sequence, sequence)
				)
			)
			.orderBy(desc(documentSnapshot.sequence))
			.limit(1);
		if (snapshot && snapshot.sequence > (known?.sequence ?? 0))
			base = {
				sequence: snapshot.sequence,
				// who touched what before it is known only as far as it was read before
				rebuilt: { state: snapshot.state, touched: known?.rebuilt.touched ?? {} }
			};
	}
	const after = base?.sequence ?? 0;
	// up to the last good point, as the live page (R4)
	const { rows, damagedAt } = await readSince(db, name, epoch, after, sequence);
	return {
		onto: base?.rebuilt ?? null,
		changes: rows.map(({ bytes, author, at }) => ({ bytes, author, at })),
		sequence: damagedAt === null ? after + rows.length : damagedAt - 1
	};
}
