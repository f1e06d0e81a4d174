import { Worker } from 'node:worker_threads';
import { AppError } from '#lib/errors.ts';
import { rebuild, type Rebuilt } from '#lib/exercise/replay/rebuild.ts';
import { replayLimits } from './limits.ts';
import type { Material } from './position.ts';
import type { RebuildAnswer, RebuildRequest } from './worker.ts';

/** A page as it stood: at once where it is little, else in a thread of its own. */
export function rebuildPage({ onto, changes }: Pick<Material, 'onto' | 'changes'>): Promise<Rebuilt> {
	let bytes = onto?.state.length ?? 0;
	for (const one of changes) bytes += one.bytes.length;
	if (bytes <= replayLimits.hereBytes && changes.length <= replayLimits.hereChanges)
		return Promise.resolve(rebuild(changes, onto));
	return inThread({ onto, changes });
}

let thread: Worker | null = null;

/** One for the process, and one task at a time (rebuilder.ts): what comes back is the answer to it. */
function inThread(request: RebuildRequest): Promise<Rebuilt> {
	thread ??= new Worker(new URL('./worker.ts', import.meta.url), {
		name: 'replay',
		env: {},
		resourceLimits: { maxOldGenerationSizeMb: 512 }
	});
	const worker = thread;
	worker.ref();
	return new Promise((resolve, reject) => {
		const end = () => {
			clearTimeout(timer);
			worker.off('message', answered);
			worker.off('error', failed);
			worker.off('exit', ended);
			worker.unref();
		};
		const failed = (cause?: unknown) => {
			end();
			if (thread === worker) thread = null;
			void worker.terminate();
			reject(
				new AppError('unavailable', 'This page could not be rebuilt as it stood. Try again later.', { cause })
			);
		};
		const ended = () => failed('the thread ended');
		const answered = (answer: RebuildAnswer) => {
			if ('failure' in answer) return failed(answer.failure);
			end();
			resolve(answer);
		};
		const timer = setTimeout(() => failed('too slow'), replayLimits.milliseconds);
		worker.on('message', answered);
		worker.on('error', failed);
		worker.on('exit', ended);
		worker.postMessage(request);
	});
}
