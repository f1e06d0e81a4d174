import { parentPort } from 'node:worker_threads';
import { rebuild, type LoggedChange, type Rebuilt } from '#lib/exercise/replay/rebuild.ts';

/** Rebuilds pages beside the main thread: ten thousand key strokes take most of a second. */
export interface RebuildRequest {
	onto: Rebuilt | null;
	changes: LoggedChange[];
}
export type RebuildAnswer = Rebuilt | { failure: string };

parentPort!.on('message', ({ changes, onto }: RebuildRequest) => {
	let answer: RebuildAnswer;
	try {
		answer = rebuild(changes, onto);
	} catch (error) {
		answer = { failure: (error as Error).message };
	}
	parentPort!.postMessage(answer);
});
