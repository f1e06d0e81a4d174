import { Worker } from 'node:worker_threads';
import { and, asc, desc, eq, gt, inArray } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { documentName } from '#lib/exercise/documents.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { HistoryEntry } from '#lib/exercise/inject/history.ts';
import type { Database } from '../database/open.ts';
import { account, document, documentSnapshot, documentUpdate } from '../database/schema.ts';
import { scriptRight } from './script.ts';
import type { HistoryTask } from './script-history-worker.ts';

export const historyLimits = {
	/** changes that are replayed; a longer log is read from its last snapshot on */
	changes: 20_000,
	/** entries that are shown, the newest */
	entries: 400,
	/** a replay that takes longer is given up */
	milliseconds: 20_000
} as const;

export interface ScriptHistory {
	entries: (HistoryEntry & { by: string | null })[];
	/** there is more than is shown */
	more: boolean;
}

/** Who changed what in a cell's script, newest first; `inject`: only there. For those who may read it. */
export async function scriptHistory(
	{ db }: Database,
	exercise: Exercise,
	actor: Actor,
	cell: string,
	inject: string | null
): Promise<ScriptHistory> {
	const { cell: known } = scriptRight(exercise, actor, cell);
	const name = documentName({ exercise: exercise.id, kind: 'script', cell: known });
	const [head] = await db
		.select({ epoch: document.epoch, sequence: document.sequence })
		.from(document)
		.where(eq(document.name, name));
	if (!head) return { entries: [], more: false };
	const [snapshot] =
		head.sequence > historyLimits.changes
			? await db
					.select({ sequence: documentSnapshot.sequence, state: documentSnapshot.state })
					.from(documentSnapshot)
					.where(and(eq(documentSnapshot.document, name), eq(documentSnapshot.epoch, head.epoch)))
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
				gt(documentUpdate.sequence, snapshot?.sequence ?? 0)
			)
		)
		.orderBy(asc(documentUpdate.sequence))
		.limit(historyLimits.changes);
	const entries = await replay({
		changes: rows.map(({ bytes, author, at }) => ({ bytes, author, at: at.getTime() })),
		onto: snapshot?.state ?? null,
		inject,
		limit: historyLimits.entries + 1
	});
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
			.slice(0, historyLimits.entries)
			.map((one) => ({ ...one, author: null, by: one.author && (names.get(one.author) ?? null) })),
		more: entries.length > historyLimits.entries || snapshot !== undefined
	};
}

function replay(task: HistoryTask): Promise<HistoryEntry[]> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL('./script-history-worker.ts', import.meta.url), {
			name: 'script history',
			workerData: task,
			env: {}
		});
		const timer = setTimeout(() => {
			void worker.terminate();
			reject(new AppError('unavailable', 'The history is too long to be read now. Try again later.'));
		}, historyLimits.milliseconds);
		worker.once('message', (entries: HistoryEntry[]) => {
			clearTimeout(timer);
			resolve(entries);
		});
		worker.once('error', (error) => {
			clearTimeout(timer);
			reject(error);
		});
	});
}
