import { parentPort } from 'node:worker_threads';
import * as Y from 'yjs';
import { mergeNow, type Merged } from './merge.ts';

/** What is done beside the main thread: merging, and cutting a state down to what a browser lacks. */
export type MergingTask =
	{ task: 'merge'; updates: Uint8Array[] } | { task: 'diff'; state: Uint8Array; stateVector: Uint8Array };
export type MergingRequest = MergingTask & { number: number };
export type MergingAnswer =
	| { number: number; merged: Merged }
	| { number: number; update: Uint8Array }
	| { number: number; failure: string };

parentPort!.on('message', (request: MergingRequest) => {
	parentPort!.postMessage(answer(request));
});

function answer(request: MergingRequest): MergingAnswer {
	const { number } = request;
	try {
		return request.task === 'merge'
			? { number, merged: mergeNow(request.updates) }
			: { number, update: Y.diffUpdate(request.state, request.stateVector) };
	} catch (error) {
		return { number, failure: (error as Error).message };
	}
}
