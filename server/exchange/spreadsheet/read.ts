import { Worker } from 'node:worker_threads';
import { AppError } from '#lib/errors.ts';
import type { Sheet } from '#lib/exercise/inject/spreadsheet/table.ts';
import { spreadsheetLimits as limits } from './limits.ts';
import type { ReadFile, WorkerAnswer, WorkerRequest } from './worker.ts';

const slow =
	'Reading this file takes too long. Delete what is not the script, save it again and upload the new file.';
const heavy =
	'Reading this file takes more memory than a script can need. Delete what is not the script and upload it again.';

/**
 * Reads an uploaded XLSX or CSV file, or another tool's export, in a thread of its own, with the limits of `limits.ts`.
 *
 * @throws AppError `invalid` for what is no spreadsheet or is damaged, `too-large` beyond a limit, `slow-down` when too
 * many files are being read: each with one sentence for the planner
 */
export async function readExchangeFile(bytes: Uint8Array, fileName: string): Promise<ReadFile> {
	if (bytes.length > limits.fileBytes) {
		throw new AppError('too-large', `This file is larger than ${limits.fileBytes / 1024 / 1024} MB.`);
	}
	await turn();
	try {
		return await readInThread(bytes, fileName);
	} finally {
		done();
	}
}

/** The same for what can only be a spreadsheet. */
export async function readSpreadsheet(bytes: Uint8Array, fileName: string): Promise<Sheet[]> {
	const { sheets, foreign } = await readExchangeFile(bytes, fileName);
	if (foreign) throw new AppError('invalid', `This is an export of ${foreign.tool}, not a spreadsheet.`);
	return sheets;
}

function readInThread(bytes: Uint8Array, fileName: string): Promise<ReadFile> {
	const worker = new Worker(new URL('./worker.ts', import.meta.url), {
		name: 'spreadsheet',
		resourceLimits: { maxOldGenerationSizeMb: limits.heap, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
		// nothing of ours for a parser that might be talked into something
		env: {},
		stdin: false
	});
	return new Promise<ReadFile>((resolve, reject) => {
		const timer = setTimeout(() => reject(new AppError('too-large', slow)), limits.milliseconds);
		worker.once('message', (answer: WorkerAnswer) => {
			clearTimeout(timer);
			if ('sheets' in answer) resolve(answer);
			else reject(new AppError(answer.code, answer.message));
		});
		worker.once('error', (cause: Error & { code?: string }) => {
			clearTimeout(timer);
			reject(
				cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
					? new AppError('too-large', heavy, { cause })
					: new AppError('invalid', 'This file cannot be read.', { cause })
			);
		});
		worker.once('exit', () => {
			clearTimeout(timer);
			reject(new AppError('invalid', 'This file cannot be read.'));
		});
		// a copy: the bytes of a Buffer belong to a pool, and the caller may want them again
		const own = new Uint8Array(bytes);
		worker.postMessage({ bytes: own, fileName } satisfies WorkerRequest, [own.buffer]);
	}).finally(() => void worker.terminate());
}

// --- turns: two files at once fill two cores ------------------------------------------------------------------------

let reading = 0;
const queue: (() => void)[] = [];

async function turn(): Promise<void> {
	if (reading < limits.atOnce) {
		reading += 1;
		return;
	}
	if (queue.length >= limits.waiting) {
		throw new AppError('slow-down', 'Many files are being read at the moment. Try again in a minute.', {
			retry: { after: 60_000 }
		});
	}
	await new Promise<void>((resolve) => queue.push(resolve));
}

function done(): void {
	const next = queue.shift();
	if (next) next();
	else reading -= 1;
}
