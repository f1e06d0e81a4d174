import { randomInt } from 'node:crypto';
import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import * as Y from 'yjs';
import { documentName, parseDocumentName, timelineName } from '#lib/exercise/documents.ts';
import type { EntryId, ExerciseId } from '#lib/exercise/ids.ts';
import type { Recorded } from '#lib/exercise/facts.ts';
import {
	audiencesOf,
	segmentLimit,
	timelineEntries,
	type EntryBody,
	type ProjectionContext,
	type TimelineEntry
} from '#lib/exercise/timeline.ts';
import type { Transaction } from '../database/open.ts';
import { document } from '../database/schema.ts';
import { insertUpdates, type Stored } from '../documents/log.ts';
import { mintId } from '../mint.ts';

type Draft = Omit<TimelineEntry, 'id' | 'order'>;

/**
 * Turns facts into entries of the timelines of their audiences, in the caller's transaction: facts and what shows them
 * commit together (DESIGN, idea 3). Pass the result to `documents.announce` after the commit.
 */
export async function writeTimelines(
	tx: Transaction,
	exerciseId: ExerciseId,
	recorded: readonly Recorded[],
	context: ProjectionContext
): Promise<Stored[]> {
	const { rows, write } = await readyTimelines(tx, exerciseId, recorded, context);
	await write();
	return rows;
}

/** The same in two steps: the timelines are locked and the entries made; `write` stores them, beside what else is stored. */
export async function readyTimelines(
	tx: Transaction,
	exerciseId: ExerciseId,
	recorded: readonly Recorded[],
	context: ProjectionContext
): Promise<{ rows: Stored[]; write: () => Promise<void> }> {
	const drafts = new Map<string, Draft[]>();
	for (const one of recorded)
		for (const { audience, body, named } of audiencesOf(one, context)) {
			const name = timelineName(exerciseId, audience);
			const list = drafts.get(name) ?? [];
			list.push({
				exerciseAt: one.exerciseAt,
				wallAt: one.wallAt,
				by: named ? (one.by?.name ?? null) : null,
				body
			});
			drafts.set(name, list);
		}
	if (drafts.size === 0) return { rows: [], write: () => Promise.resolve() };

	// the lock order of `commitUpdates`: by name, so that two writers never wait for each other
	const heads = await tx
		.select()
		.from(document)
		.where(and(inArray(document.timeline, [...drafts.keys()]), isNull(document.closedAt)))
		.orderBy(asc(document.name))
		.for('update');
	if (heads.length < drafts.size) throw new Error('a timeline has no open segment');

	const rows: Stored[] = [];
	const moved: { name: string; clock: number }[] = [];
	for (const head of heads) {
		// nobody could read on behind a damaged entry: what comes now begins a segment of its own (R4)
		let segment: Head = head.quarantinedSequence === null ? head : await continueBeside(tx, head);
		let rest = drafts.get(head.timeline!)!;
		while (rest.length > 0) {
			// one place is kept for the entry that names the next segment
			const room = segmentLimit - 1 - segment.serverClock;
			const full = rest.length > room;
			const now = rest.slice(0, Math.max(room, 0));
			rest = rest.slice(now.length);
			const entries = now.map((draft, i) => entryOf(draft, segment, i));
			if (full) entries.push(entryOf(continuation(now.at(-1) ?? rest[0]!, segment), segment, now.length));
			rows.push({
				document: segment.name,
				epoch: segment.epoch,
				sequence: segment.sequence + 1,
				bytes: entriesUpdate(segment.serverClient, segment.serverClock, entries)
			});
			moved.push({ name: segment.name, clock: segment.serverClock + entries.length });
			if (full) {
				segment = await continueBeside(tx, segment);
			}
		}
	}
	const write = () =>
		insertUpdates(
			tx,
			rows.map((row) => ({ ...row, author: null, session: null })),
			new Map(moved.map(({ name, clock }) => [name, clock]))
		);
	return { rows, write };
}

/**
 * Ends the open segment of a timeline here, so that whoever joins now reads from the next one on. An empty one serves as it
 * is. Its readers are told where it goes on.
 */
export async function beginSegment(
	tx: Transaction,
	name: string,
	at: { exerciseAt: number | null; wallAt: number }
): Promise<{ segment: number; stored: Stored[] }> {
	const [head] = await tx
		.select()
		.from(document)
		.where(and(eq(document.timeline, name), isNull(document.closedAt)))
		.for('update');
	if (!head) throw new Error(`${name} has no open segment`);
	if (head.serverClock === 0) return { segment: head.segment ?? 0, stored: [] };
	if (head.quarantinedSequence !== null) {
		const next = await continueBeside(tx, head);
		return { segment: next.segment!, stored: [] };
	}
	const draft = { ...at, by: null, body: { kind: 'continued' as const, segment: 0 } };
	const row: Stored = {
		document: head.name,
		epoch: head.epoch,
		sequence: head.sequence + 1,
		bytes: entriesUpdate(head.serverClient, head.serverClock, [entryOf(continuation(draft, head), head, 0)])
	};
	await insertUpdates(
		tx,
		[{ ...row, author: null, session: null }],
		new Map([[head.name, head.serverClock + 1]])
	);
	const next = await continueBeside(tx, head);
	return { segment: next.segment!, stored: [row] };
}

type Head = Pick<
	typeof document.$inferSelect,
	'name' | 'exerciseId' | 'epoch' | 'sequence' | 'serverClient' | 'serverClock' | 'timeline' | 'segment'
>;

function entryOf(draft: Draft, segment: Head, index: number): TimelineEntry {
	return {
		id: mintId<EntryId>(),
		order: (segment.segment ?? 0) * segmentLimit + segment.serverClock + index,
		...draft
	};
}

function continuation(beside: Draft, segment: Head): Draft {
	const body: EntryBody = { kind: 'continued', segment: (segment.segment ?? 0) + 1 };
	return { exerciseAt: beside.exerciseAt, wallAt: beside.wallAt, by: null, body };
}

/** Closes a segment, then opens the next: a timeline has one open segment. */
async function continueBeside(tx: Transaction, segment: Head): Promise<Head> {
	await tx.update(document).set({ closedAt: new Date() }).where(eq(document.name, segment.name));
	return openNext(tx, segment);
}

async function openNext(tx: Transaction, full: Head): Promise<Head> {
	const ref = parseDocumentName(full.name);
	if (ref?.kind !== 'timeline') throw new Error(`${full.name} is no timeline`);
	const next = {
		name: documentName({ ...ref, segment: ref.segment + 1 }),
		exerciseId: full.exerciseId,
		epoch: 0,
		sequence: 0,
		serverClient: randomInt(1, 2 ** 32 - 1),
		serverClock: 0,
		timeline: full.timeline,
		segment: ref.segment + 1
	};
	await tx.insert(document).values(next);
	return next;
}

/**
 * The bytes of new entries, as if the server's client had always been the same one: its clock comes from the
 * document's row and moves under the row's lock, so a rollback leaves no gap and no node needs the earlier entries. The
 * placeholder stands for what this client wrote before; it is not part of the update.
 */
export function entriesUpdate(client: number, clock: number, entries: readonly TimelineEntry[]): Uint8Array {
	const scratch = new Y.Doc();
	scratch.clientID = client;
	if (clock > 0) scratch.store.clients.set(client, [new Y.GC(Y.createID(client, 0), clock)]);
	let bytes: Uint8Array | null = null;
	// the transaction's own update: encoding the whole scratch copy would call the placeholder deleted
	scratch.on('update', (update: Uint8Array) => (bytes = update));
	scratch.transact(() => {
		const map = timelineEntries(scratch);
		for (const entry of entries) map.set(entry.id, entry);
	});
	if (!bytes) throw new Error('no entries to write');
	return bytes;
}
