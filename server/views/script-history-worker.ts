import { parentPort, workerData } from 'node:worker_threads';
import { scriptHistory, type HistoryEntry, type StoredChange } from '#lib/exercise/inject/history.ts';

/** Replays a script beside the main thread: ten thousand key strokes take a second or two. */
export interface HistoryTask {
	changes: StoredChange[];
	onto: Uint8Array | null;
	/** only of this inject */
	inject: string | null;
	/** the newest so many, behind so many that are known */
	limit: number;
	from: number;
}

const { changes, onto, inject, from, limit } = workerData as HistoryTask;
const entries: HistoryEntry[] = scriptHistory(changes, onto ?? undefined)
	.filter((one) => inject === null || one.inject === inject)
	.sort((a, b) => b.until - a.until)
	.slice(from, from + limit);
parentPort!.postMessage(entries);
