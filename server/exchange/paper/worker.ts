import { parentPort, workerData } from 'node:worker_threads';
import { writeDocxPaper } from './docx.ts';
import type { PaperWork } from './paper.ts';
import { writePdfPaper } from './pdf.ts';

/** Writes one paper and ends: what it used of memory goes with it. */
const { format, paper } = workerData as PaperWork;
const bytes = await (format === 'pdf' ? writePdfPaper(paper) : writeDocxPaper(paper));
parentPort?.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
