import { Worker } from 'node:worker_threads';
import { AppError } from '#lib/errors.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { auditExport, exportFileName, type ExportFile } from '../record/file.ts';
import { gatherReport, type ReportData, type ReportSources } from './data.ts';

/** A report takes a core for seconds: more at once would take the exercise's. */
const atOnce = 1;
const waitingAtMost = 20;
/** the largest exercise takes some seconds; what takes longer is broken */
const patience = 120_000;
const memoryMb = 1024;

let running = 0;
const waiting: (() => void)[] = [];

/** The after-action report as this reader may read it, written beside the main thread. */
export async function exportReport(
	sources: ReportSources,
	exercise: Exercise,
	actor: Actor
): Promise<ExportFile> {
	const { bytes, data } = await inTurn(async () => {
		const { data, record } = await gatherReport(sources, exercise, actor);
		await auditExport(record, 'docx', data.tlp, null);
		return { data, bytes: await writeInWorker(data) };
	});
	return {
		name: exportFileName(exercise, 'report', data.tlp, 'docx'),
		type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
		body: new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
	};
}

async function inTurn<T>(act: () => Promise<T>): Promise<T> {
	if (running >= atOnce) {
		if (waiting.length >= waitingAtMost)
			throw new AppError('slow-down', 'Many reports are being made. Try again in a minute.', {
				retry: { after: 60_000 }
			});
		await new Promise<void>((turn) => waiting.push(turn));
	} else running++;
	try {
		return await act();
	} finally {
		// the place goes to whoever waits longest, or is free again
		const next = waiting.shift();
		if (next) next();
		else running--;
	}
}

function writeInWorker(data: ReportData): Promise<Uint8Array> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL('./worker.ts', import.meta.url), {
			workerData: data,
			resourceLimits: { maxOldGenerationSizeMb: memoryMb }
		});
		const timer = setTimeout(() => void worker.terminate(), patience);
		worker.once('message', (bytes: Uint8Array) => resolve(bytes));
		worker.once('error', reject);
		worker.once('exit', (code) => {
			clearTimeout(timer);
			reject(
				new AppError('unavailable', 'The report could not be made. Try again.', {
					cause: `worker ended with ${code}`
				})
			);
		});
	});
}
