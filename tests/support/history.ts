import { createHash } from 'node:crypto';
import { asc, eq } from 'drizzle-orm';
import * as Y from 'yjs';
import { wallTimeOf } from '#lib/exercise/exercise/clock.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import { parseDocumentName } from '#lib/exercise/documents.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { auditScopes, verifyAudit } from '#server/audit/audit.ts';
import {
	delivery as deliveryTable,
	document as documentTable,
	documentSnapshot,
	documentUpdate,
	exercise as exerciseTable,
	fact as factTable,
	inject as injectTable
} from '#server/database/schema.ts';
import type { Services } from '#server/services.ts';
import type { Content, DocumentHistory, History } from './checker.ts';
import { marksOf, type Peer } from './peer.ts';

/** A command that somebody sent: `mark` is its text, or the inject that it releases. */
export interface SentAct {
	mark: string;
	ok: boolean;
}

/** What the database holds, and what all peers were told and saw, for the checker. */
export async function historyOf(
	services: Services,
	exercise: ExerciseId,
	peers: readonly Peer[],
	acts: readonly SentAct[] = []
): Promise<History> {
	const { db } = services.database;
	const facts = await db.select().from(factTable).where(eq(factTable.exerciseId, exercise));
	const [row] = await db.select().from(exerciseTable).where(eq(exerciseTable.id, exercise));
	const injects = await db.select().from(injectTable).where(eq(injectTable.exerciseId, exercise));
	const due = new Map(injects.map((one) => [one.id, one.dueAt]));
	const heads = await db.select().from(documentTable).where(eq(documentTable.exerciseId, exercise));
	const documents: DocumentHistory[] = [];
	for (const head of heads) documents.push(await documentHistory(services, head, peers));
	const scopes = await auditScopes(services.database);
	return {
		edits: peers.flatMap((peer) =>
			[...peer.own].map(([mark, saved]) => ({
				document: peer.name,
				mark,
				saved,
				seen: peers.some((other) => other.name === peer.name && other.seenMarks.has(mark))
			}))
		),
		acts: acts.map(({ mark, ok }) => ({
			act: mark,
			ok,
			facts: facts.filter(({ fact }) =>
				fact.kind === 'inject-released'
					? fact.inject === mark
					: fact.kind === 'log-added' && fact.text === mark
			).length
		})),
		releases: facts.flatMap(({ fact, wallAt }) =>
			fact.kind === 'inject-released'
				? [
						{
							inject: fact.inject,
							dueAt:
								fact.trigger === 'schedule'
									? (wallTimeOf(row!.clock, due.get(fact.inject)!) ?? Number.POSITIVE_INFINITY)
									: null,
							releasedAt: wallAt.getTime(),
							teams: fact.deliveries.map((one) => one.team)
						}
					]
				: []
		),
		deliveries: (await db.select().from(deliveryTable).where(eq(deliveryTable.exerciseId, exercise))).map(
			({ id, injectId, teamId }) => ({ id, inject: injectId, team: teamId })
		),
		sightings: peers.flatMap((peer) => {
			const team = teamOf(peer.name);
			return [...peer.seenEntries.values()].flatMap(({ at, entry }) =>
				team !== null && entry.body.kind === 'inject' ? [{ delivery: entry.body.delivery, team, at }] : []
			);
		}),
		documents,
		audits: await Promise.all(scopes.map((scope) => verifyAudit(services.database, scope)))
	};
}

async function documentHistory(
	services: Services,
	head: typeof documentTable.$inferSelect,
	peers: readonly Peer[]
): Promise<DocumentHistory> {
	const { db } = services.database;
	const { name, epoch } = head;
	const all = await db
		.select()
		.from(documentUpdate)
		.where(eq(documentUpdate.document, name))
		.orderBy(asc(documentUpdate.sequence));
	const rows = all.filter((row) => row.epoch === epoch);
	const snapshots = await db.select().from(documentSnapshot).where(eq(documentSnapshot.document, name));
	const readers = peers.filter((peer) => peer.name === name);
	return {
		name,
		team: teamOf(name),
		copies: [
			{ of: 'cold reload', content: contentOf(await services.documents.read(name)) },
			{ of: 'whole log', content: contentOf(docOf(rows.map((row) => row.bytes))) },
			...snapshots
				.filter((snapshot) => snapshot.epoch === epoch)
				.map((snapshot) => ({
					of: `snapshot ${snapshot.sequence}`,
					content: contentOf(
						docOf([
							snapshot.state,
							...rows.filter((row) => row.sequence > snapshot.sequence).map((row) => row.bytes)
						])
					)
				})),
			...readers
				.filter((peer) => peer.synced)
				.map((peer) => ({ of: peer.person.name, content: contentOf(peer.doc) }))
		],
		log: rows.map((row) => ({
			sequence: row.sequence,
			isWhole: createHash('sha256').update(row.bytes).digest().equals(Buffer.from(row.sha256))
		})),
		sequence: head.sequence,
		seenEntries: [...new Set(readers.flatMap((peer) => [...peer.seenEntries.keys()]))],
		written: rows.flatMap(({ bytes }) => {
			const { from, to } = Y.parseUpdateMeta(bytes);
			return [...from].map(([client, clock]) => ({ client, from: clock, to: to.get(client)! }));
		})
	};
}

function teamOf(name: string): string | null {
	const ref = parseDocumentName(name);
	return ref?.kind === 'timeline' && ref.audience.to === 'team' ? ref.audience.team : null;
}

export function docOf(updates: readonly Uint8Array[]): Y.Doc {
	const doc = new Y.Doc();
	for (const update of updates) Y.applyUpdate(doc, update);
	return doc;
}

/** Everything that a copy holds: marks, entries, clocks of all clients, and what was deleted. */
export function contentOf(doc: Y.Doc): Content {
	const { sv, ds } = Y.snapshot(doc);
	const marks = marksOf(doc).toArray();
	const entries = [...timelineEntries(doc).entries()].map(([id, entry]) => ({
		id,
		delivery: entry.body.kind === 'inject' ? entry.body.delivery : null,
		entry
	}));
	entries.sort((a, b) => (a.id < b.id ? -1 : 1));
	const byClient = <T>(map: Map<number, T>) => [...map].sort(([a], [b]) => a - b);
	const digest = createHash('sha256')
		.update(
			JSON.stringify([
				byClient(sv),
				byClient(ds.clients).map(([client, items]) => [client, items.map(({ clock, len }) => [clock, len])]),
				marks,
				entries
			])
		)
		.digest('hex');
	return {
		digest,
		marks,
		entries: entries.map(({ id, delivery }) => ({ id, delivery })),
		isPending: doc.store.pendingStructs !== null || doc.store.pendingDs !== null
	};
}
