import { Worker } from 'node:worker_threads';
import { and, asc, desc, eq, gt, inArray, lte } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { HistoryEntry } from '#lib/exercise/inject/history.ts';
import type { Database } from '../database/open.ts';
import { documentLimits } from '../documents/limits.ts';
import { account, document, documentSnapshot, documentUpdate } from '../database/schema.ts';
import { scriptRight } from './script.ts';
import type { HistoryTask } from './script-history-worker.ts';

export const historyLimits = {
	/** the newest changes that are replayed at least, and up to twice as many: they begin at a snapshot that is kept */
	changes: documentLimits.keepEvery as number,
	/** entries of one answer, the newest */
	entries: 400,
	/** a replay that takes longer is given up */
	milliseconds: 20_000
};

export interface ScriptHistory {
	entries: (HistoryEntry & { by: string | null })[];
	/** what to ask with for those before them; null: these are the first */
	older: string | null;
}

export interface HistoryQuery {
	/** only of this inject */
	inject: string | null;
	/** of an earlier answer: goes on behind it; null: the newest */
	older: string | null;
}

/** Who changed what in a cell's script, newest first. For those who may read it. */
export async function scriptHistory(
	{ db }: Database,
	exercise: Exercise,
	actor: Actor,
	cell: string,
	{ inject, older }: HistoryQuery,
	limits = historyLimits
): Promise<ScriptHistory> {
	const { cell: known } = scriptRight(exercise, actor, cell);
	const name = documentName({ exercise: exercise.id, kind: 'script', cell: known });
	const [head] = await db
		.select({ epoch: document.epoch, sequence: document.sequence })
		.from(document)
		.where(eq(document.name, name));
	if (!head) return { entries: [], older: null };
	// the log only grows: up to which change it was read, and how many entries of it were told
	const [, until = head.sequence, told = 0] = /^(\d{1,15})-(\d{1,9})$/.exec(older ?? '')?.map(Number) ?? [];
	const last = Math.min(until, head.sequence);
	const [snapshot] =
		last > 2 * limits.changes
			? await db
					.select({ sequence: documentSnapshot.sequence, state: documentSnapshot.state })
					.from(documentSnapshot)
					.where(
						and(
							eq(documentSnapshot.document, name),
							eq(documentSnapshot.epoch, head.epoch),
							lte(documentSnapshot.sequence, last - limits.changes)
						)
					)
					.orderBy(desc(documentSnapshot.sequence))
					.limit(1)
			: [];
	const rows = await db
		.select({ bytes: documentUpdate.bytes, author: documentUpdate.author, at: documentUpdate.at })
		.from(documentUpdate)
		.where(
			and(
				eq(documentUpdate.document, name),
				eq(documentUpdate.epoch, head.epoch),
				gt(documentUpdate.sequence, snapshot?.sequence ?? 0),
				lte(documentUpdate.sequence, last)
			)
		)
		.orderBy(asc(documentUpdate.sequence));
	const entries = await replay(
		{
			changes: rows.map(({ bytes, author, at }) => ({ bytes, author, at: at.getTime() })),
			onto: snapshot?.state ?? null,
			inject,
			from: told,
			limit: limits.entries + 1
		},
		limits.milliseconds
	);
	const authors = [...new Set(entries.flatMap(({ author }) => author ?? []))];
	const names = new Map(
		authors.length === 0
			? []
			: (
					await db
						.select({ id: account.id, name: account.name })
						.from(account)
						.where(inArray(account.id, authors))
				).map((one): [string, string] => [one.id, one.name])
	);
	return {
		entries: entries
			.slice(0, limits.entries)
			.map((one) => ({ ...one, author: null, by: one.author && (names.get(one.author) ?? null) })),
		older:
			entries.length > limits.entries
				? `${last}-${told + limits.entries}`
				: snapshot
					? `${snapshot.sequence}-0`
					: null
	};
}

function replay(task: HistoryTask, milliseconds: number): Promise<HistoryEntry[]> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL('./script-history-worker.ts', import.meta.url), {
			name: 'script history',
			workerData: task,
			env: {}
		});
		const timer = setTimeout(() => {
			void worker.terminate();
			reject(new AppError('unavailable', 'The history is too long to be read now. Try again later.'));
		}, milliseconds);
		worker.once('message', (entries: HistoryEntry[]) => {
			clearTimeout(timer);
			resolve(entries);
		});
		worker.once('error', (error: Error) => {
			clearTimeout(timer);
			reject(error);
		});
	});
}
