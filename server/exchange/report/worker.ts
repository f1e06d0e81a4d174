import { parentPort, workerData } from 'node:worker_threads';
import type { ReportData } from './data.ts';
import { writeReport } from './write.ts';

/** Writes one report and ends: what it used of memory goes with it. */
const bytes = await writeReport(workerData as ReportData);
parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
