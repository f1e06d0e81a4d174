import { parentPort, workerData } from 'node:worker_threads';
import { writeXlsx, type SpreadsheetContent } from '../../exchange/spreadsheet/write.ts';
import { encryptedArchive } from './archive.ts';
import { writePdf, type PaperPlan } from './pdf.ts';

export interface KitWork {
	paper: PaperPlan;
	sheet: SpreadsheetContent;
	/** names inside the archive */
	names: { pdf: string; xlsx: string };
	passphrase: string;
}

/** Writes one kit and ends: nothing of plan or passphrase stays behind. */
const work = workerData as KitWork;
const bytes = await encryptedArchive(
	[
		{ name: work.names.pdf, bytes: await writePdf(work.paper) },
		{ name: work.names.xlsx, bytes: await writeXlsx(work.sheet) }
	],
	work.passphrase
);
parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
