import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { AppError } from '#lib/errors.ts';
import { spreadsheetLimits as limits, tooLarge } from './limits.ts';

/**
 * Unpacks a workbook and counts what really comes out: sizes that the archive states are not believed, and a stream is
 * cut off in the middle once it has become too large.
 *
 * @returns the parts that a reader of cells needs, by path
 */
export function unpackWorkbook(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
	return unpack(bytes, isNeeded);
}

/** The same for the documents of another tool's export: those parts alone that `isNeeded` names. */
export async function unpack(
	bytes: Uint8Array,
	isNeeded: (name: string) => boolean
): Promise<Map<string, Uint8Array>> {
	const zip = await open(bytes);
	try {
		return await readEntries(zip, bytes.length, isNeeded);
	} finally {
		zip.close();
	}
}

const damaged = (cause: unknown) =>
	cause instanceof AppError
		? cause
		: new AppError('invalid', 'This workbook is damaged or cut off. Save it again and upload the new file.', {
				cause
			});

function open(bytes: Uint8Array): Promise<ZipFile> {
	return new Promise((resolve, reject) => {
		const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		fromBuffer(buffer, { lazyEntries: true, validateEntrySizes: true }, (error, zip) =>
			error ? reject(damaged(error)) : resolve(zip)
		);
	});
}

function readEntries(
	zip: ZipFile,
	packedBytes: number,
	isNeeded: (name: string) => boolean
): Promise<Map<string, Uint8Array>> {
	if (zip.entryCount > limits.entries)
		throw new AppError(
			'too-large',
			`This workbook has more than ${limits.entries.toLocaleString('en')} parts; no script needs so many.`
		);
	const parts = new Map<string, Uint8Array>();
	const names: string[] = [];
	let unpacked = 0;
	const count = (length: number) => {
		unpacked += length;
		const isBomb = unpacked > limits.ratioFreeBytes && unpacked > packedBytes * limits.ratio;
		if (unpacked > limits.unpackedBytes || isBomb) throw new AppError('too-large', tooLarge);
	};
	return new Promise((resolve, reject) => {
		const fail = (error: unknown) => reject(damaged(error));
		zip.on('error', fail);
		zip.on('end', () => {
			try {
				refuseOthers(names);
				resolve(parts);
			} catch (error) {
				fail(error);
			}
		});
		zip.on('entry', (entry: Entry) => {
			names.push(entry.fileName);
			if (names.length > limits.entries) return fail(new AppError('too-large', tooLarge));
			if (entry.isEncrypted())
				return fail(
					new AppError(
						'invalid',
						'This workbook is protected by a password. Remove the password and upload it again.'
					)
				);
			// the same name twice: two readers would read two different workbooks
			if (parts.has(entry.fileName)) return fail(new Error('duplicate entry'));
			zip.openReadStream(entry, (error, stream) => {
				if (error) return fail(error);
				const chunks: Buffer[] = [];
				const keep = isNeeded(entry.fileName);
				stream.on('error', fail);
				stream.on('data', (chunk: Buffer) => {
					try {
						count(chunk.length);
					} catch (refusal) {
						stream.destroy();
						return fail(refusal);
					}
					if (keep) chunks.push(chunk);
				});
				stream.on('end', () => {
					if (keep) parts.set(entry.fileName, Buffer.concat(chunks));
					zip.readEntry();
				});
			});
		});
		zip.readEntry();
	});
}

/** Only what cells are read from; pictures, themes and comments are counted and dropped. */
function isNeeded(name: string): boolean {
	return (
		isExport(name) ||
		/^xl\/(?:workbook\.xml|_rels\/workbook\.xml\.rels|sharedStrings\.xml|styles\.xml|worksheets\/[^/]+\.xml)$/i.test(
			name
		) ||
		/^xl\/[^/]+\.xml$/i.test(name)
	);
}

/** Another tool's export in a zip: its JSON lies at the top, or in one folder, beside its documents. */
export const isExport = (name: string) => /^(?:[^/]+\/)?[^/]+\.json$/i.test(name);

/** Other things that are zip archives, each with its own sentence. */
function refuseOthers(names: readonly string[]): void {
	const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
	const say = (message: string) => {
		throw new AppError('invalid', message);
	};
	if (has(/(^|\/)vbaProject\.bin$/i))
		say('This workbook contains macros. Save it as .xlsx without macros and upload it again.');
	if (has(/^xl\/workbook\.bin$/i))
		say('This is a binary Excel file (.xlsb). Save it as .xlsx and upload it again.');
	if (has(/^xl\/workbook\.xml$/i)) return;
	if (has(/^mimetype$/) && has(/^content\.xml$/))
		say('This is an OpenDocument file (.ods). Save it as .xlsx or CSV and upload it again.');
	if (has(/^Index\/.*\.iwa$/i)) say('This is a Numbers file. Export it as Excel or CSV and upload it again.');
	if (has(/^word\//i)) say('This is a Word document, not a spreadsheet. Muster reads XLSX and CSV.');
	if (has(/^ppt\//i)) say('This is a presentation, not a spreadsheet. Muster reads XLSX and CSV.');
	if (names.some(isExport)) return;
	say(
		'This is an archive without a workbook or an export in it. Muster reads XLSX, CSV and exports of other tools.'
	);
}
