import { Worker } from 'node:worker_threads';
import { AppError } from '#lib/errors.ts';
import { createTurns } from '../turns.ts';

/** the largest exercise takes some seconds; what takes longer is broken */
const patience = 120_000;
const memoryMb = 1024;

/** Has a worker make bytes of plain data, beside the main thread; `failed` is what the reader is told when it cannot. */
export function bytesFromWorker(file: URL, data: unknown, failed: string): Promise<Uint8Array> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(file, {
			workerData: data,
			resourceLimits: { maxOldGenerationSizeMb: memoryMb }
		});
		const timer = setTimeout(() => void worker.terminate(), patience);
		worker.once('message', (bytes: Uint8Array) => resolve(bytes));
		worker.once('error', reject);
		worker.once('exit', (code) => {
			clearTimeout(timer);
			reject(new AppError('unavailable', failed, { cause: `worker ended with ${code}` }));
		});
	});
}

/** A report takes a core for seconds: more at once would take the exercise's. */
const atOnce = 1;
const waitingAtMost = 20;

const turns = createTurns(atOnce);
let asked = 0;

/** Waits for its turn among everything that is made so. */
export async function inTurn<T>(act: () => Promise<T>): Promise<T> {
	if (asked >= atOnce + waitingAtMost)
		throw new AppError('slow-down', 'Many reports are being made. Try again in a minute.', {
			retry: { after: 60_000 }
		});
	asked++;
	try {
		return await turns('workers', act);
	} finally {
		asked--;
	}
}
