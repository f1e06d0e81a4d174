import { parentPort } from 'node:worker_threads';
import readExcelFile from 'read-excel-file/universal';
import { AppError, type ErrorCode } from '#lib/errors.ts';
import { foreignSheet } from '#lib/exercise/inject/foreign/candidates.ts';
import { readForeign, unknownJson } from '#lib/exercise/inject/foreign/read.ts';
import type { ForeignExercise } from '#lib/exercise/inject/foreign/shape.ts';
import type { Cell, Sheet } from '#lib/exercise/inject/spreadsheet/table.ts';
import { readCsv } from './csv.ts';
import { fileKind } from './file-kind.ts';
import { spreadsheetLimits as limits, tooLarge, tooManyRows } from './limits.ts';
import { checkSheetBounds } from './sheet-bounds.ts';
import { storeZip } from './store-zip.ts';
import { isExport, unpack, unpackWorkbook } from './unpack.ts';

/*
 * The thread that opens what strangers upload. It reads one file and is thrown away; whatever a file does to it, the
 * server's own thread only hears an answer, an error, or nothing until the time is up.
 */
export type WorkerRequest = { bytes: Uint8Array; fileName: string };
/** `foreign`: the export of another tool, of which `sheets` is the table that people see */
export interface ReadFile {
	sheets: Sheet[];
	foreign: ForeignExercise | null;
	/** documents of its injects, by what the zip calls them */
	documents: Map<string, Uint8Array>;
}
export type WorkerAnswer = ReadFile | { code: ErrorCode; message: string };

async function read({ bytes, fileName }: WorkerRequest): Promise<ReadFile> {
	const kind = fileKind(bytes);
	if (kind.kind === 'refused') throw new AppError('invalid', kind.message);
	if (kind.kind === 'json') return { ...readExport([bytes]), documents: new Map() };
	if (kind.kind === 'text')
		return { sheets: readCsv(bytes, fileName.replace(/\.[^.]*$/, '')), foreign: null, documents: new Map() };
	const parts = await unpackWorkbook(bytes);
	if (!parts.has('xl/workbook.xml')) {
		const read = readExport([...parts].filter(([name]) => isExport(name)).map(([, part]) => part));
		return { ...read, documents: await readDocuments(bytes, read.foreign) };
	}
	return { sheets: await readWorkbook(parts), foreign: null, documents: new Map() };
}

/** The files that injects name, wherever in the zip they lie; what is too much to keep is left out, and said. */
async function readDocuments(zip: Uint8Array, foreign: ForeignExercise): Promise<Map<string, Uint8Array>> {
	const wanted = new Set(foreign.injects.flatMap(({ documents }) => documents.map(({ entry }) => entry)));
	const documents = new Map<string, Uint8Array>();
	if (wanted.size === 0) return documents;
	const named = (path: string) => (wanted.has(path) ? path : path.replace(/^[^/]+\//, ''));
	const left: string[] = [];
	let bytes = 0;
	for (const [path, part] of await unpack(zip, (path) => wanted.has(named(path)))) {
		const name = named(path);
		if (documents.has(name)) continue;
		bytes += part.length;
		if (bytes > limits.documentBytes) left.push(name);
		else documents.set(name, part);
	}
	if (left.length > 0)
		foreign.notes.push(
			`Muster takes over ${limits.documentBytes / 1024 / 1024} MB of documents from one file. Attach these yourself: ${left.slice(0, 20).join(', ')}${left.length > 20 ? ' …' : ''}.`
		);
	const missing = [...wanted].filter((name) => !documents.has(name) && !left.includes(name));
	if (missing.length > 0)
		foreign.notes.push(
			`The file names documents that are not in it: ${missing.slice(0, 20).join(', ')}${missing.length > 20 ? ' …' : ''}.`
		);
	return documents;
}

/** The first part that is an export of another tool; a zip may hold other JSON beside it. */
function readExport(parts: readonly Uint8Array[]): { sheets: Sheet[]; foreign: ForeignExercise } {
	let refusal = unknownJson;
	for (const part of parts) {
		const read = readForeign(new TextDecoder().decode(part));
		if (!('refused' in read)) return { sheets: [foreignSheet(read)], foreign: read };
		refusal = read.refused;
	}
	throw new AppError('invalid', refusal);
}

async function readWorkbook(parts: Map<string, Uint8Array>): Promise<Sheet[]> {
	let cells = 0;
	for (const [name, part] of parts) {
		if (/^xl\/worksheets\//i.test(name)) cells += checkSheetBounds(new TextDecoder().decode(part));
		if (cells > limits.cells) throw new AppError('too-large', tooLarge);
	}
	let read;
	try {
		read = await readExcelFile(storeZip(parts).buffer, { trim: false });
	} catch (cause) {
		throw new AppError(
			'invalid',
			'This workbook is damaged, or made in a way that Muster cannot read. Save it again with your spreadsheet program.',
			{ cause }
		);
	}
	if (read.length > limits.sheets)
		throw new AppError('too-large', `This workbook has more than ${limits.sheets} sheets.`);
	return read.map(({ sheet, data }) => ({
		name: sheet,
		rows: ((data as unknown as Cell[][] | undefined) ?? []).map((row) => row.map(wholeSecond))
	}));
}

/** Fractions of a day come out a millisecond short. */
function wholeSecond(cell: Cell): Cell {
	return cell instanceof Date ? new Date(Math.round(cell.getTime() / 1000) * 1000) : cell;
}

function checkTexts(sheets: readonly Sheet[]): void {
	let characters = 0;
	for (const { rows } of sheets) {
		let filled = 0;
		for (const row of rows) {
			if (row.some((cell) => cell !== null)) filled += 1;
			for (const cell of row) if (typeof cell === 'string') characters += cell.length;
		}
		if (filled > limits.rows) throw new AppError('too-large', tooManyRows);
	}
	if (characters > limits.characters) throw new AppError('too-large', tooLarge);
	if (sheets.every(({ rows }) => rows.every((row) => row.every((cell) => cell === null)))) {
		throw new AppError('invalid', 'This workbook is empty.');
	}
}

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
	try {
		const file = await read(request);
		checkTexts(file.sheets);
		return file;
	} catch (error) {
		if (error instanceof AppError) return { code: error.code, message: error.message };
		return { code: 'invalid', message: 'This file cannot be read.' };
	}
}

parentPort!.once('message', (request: WorkerRequest) => {
	void answer(request).then((value) => parentPort!.postMessage(value));
});
