import { Worker } from 'node:worker_threads';
import * as Y from 'yjs';
import { documentLimits } from './limits.ts';
import { mergeNow, type Merged } from './merge.ts';
import type { MergingAnswer, MergingRequest, MergingTask } from './merging-worker.ts';

/**
 * Merges updates. Small ones at once; large ones in a thread of their own, because 10,000 changes keep a thread busy for
 * a quarter of a second, in which nobody would get anything.
 */
export async function merge(updates: readonly Uint8Array[]): Promise<Merged> {
	if (isSmall(updates)) return mergeNow(updates);
	const answer = await inThread({ task: 'merge', updates: [...updates] });
	if ('merged' in answer) return answer.merged;
	throw new Error('the thread answered something else');
}

/** What a reader with this state vector lacks of a state. */
export async function difference(state: Uint8Array, stateVector: Uint8Array): Promise<Uint8Array> {
	if (isSmall([state])) return Y.diffUpdate(state, stateVector);
	const answer = await inThread({ task: 'diff', state, stateVector });
	if ('update' in answer) return answer.update;
	throw new Error('the thread answered something else');
}

function isSmall(updates: readonly Uint8Array[]): boolean {
	let bytes = 0;
	for (const update of updates) bytes += update.length;
	return bytes <= documentLimits.mergeHereBytes && updates.length <= documentLimits.mergeHereUpdates;
}

interface Waiting {
	resolve: (answer: MergingAnswer) => void;
	reject: (error: Error) => void;
}

let thread: Worker | null = null;
let number = 0;
const waiting = new Map<number, Waiting>();

function inThread(task: MergingTask): Promise<MergingAnswer> {
	thread ??= startThread();
	const request: MergingRequest = { ...task, number: ++number };
	const started = thread;
	return new Promise((resolve, reject) => {
		waiting.set(request.number, { resolve, reject });
		started.ref();
		started.postMessage(request);
	});
}

/** One for the process: it lives as long, and a dead one is replaced at the next task. */
function startThread(): Worker {
	const worker = new Worker(new URL('./merging-worker.ts', import.meta.url), { name: 'merging', env: {} });
	worker.on('message', (answer: MergingAnswer) => {
		const asked = waiting.get(answer.number);
		waiting.delete(answer.number);
		if (waiting.size === 0) worker.unref();
		if ('failure' in answer) asked?.reject(new Error(answer.failure));
		else asked?.resolve(answer);
	});
	const fail = (error: Error) => {
		if (thread === worker) thread = null;
		for (const { reject } of waiting.values()) reject(error);
		waiting.clear();
	};
	worker.on('error', fail);
	worker.on('exit', () => fail(new Error('the merging thread ended')));
	return worker;
}
