import { createHash } from 'node:crypto';
import { open as openZip, type Entry, type ZipFile } from 'yauzl';
import { AppError } from '#lib/errors.ts';
import { checkSeal } from './seal.ts';
import { checkedFile } from './files.ts';
import {
	changed,
	fileEntry,
	readManifest,
	type Manifest,
	type ManifestFile,
	type ManifestPart
} from './manifest.ts';

/** An archive whose every part was read once and has the sum that its manifest states. */
export interface OpenArchive {
	manifest: Manifest;
	/** the lines of a part; their sum is taken again, because a file can change under our hands */
	lines: (part: ManifestPart) => AsyncGenerator<string, void>;
	/** the bytes of a file, checked again as they are read */
	bytes: (file: ManifestFile) => AsyncGenerator<Buffer, void>;
	close: () => void;
}

const manifestBytes = 1024 * 1024;
/** one row: an update of a document is at most some MB, and twice that as hexadecimal digits */
const lineBytes = 256 * 1024 * 1024;

export async function openArchive(
	file: string,
	progress: (sentence: string) => void = () => undefined
): Promise<OpenArchive> {
	progress('Checking the file');
	await checkSeal(file);
	const zip = await opened(file);
	try {
		const entries = await entriesOf(zip);
		const head = entries.get('manifest.json');
		if (!head || head.uncompressedSize > manifestBytes)
			throw new AppError('invalid', 'This zip is no archive of an exercise: it has no manifest.');
		let text = '';
		for await (const chunk of bytesOf(zip, head)) text += chunk.toString('utf8');
		const manifest = readManifest(text);
		const wanted = new Set([
			'manifest.json',
			...manifest.parts.map(({ entry }) => entry),
			...manifest.files.map(fileEntry)
		]);
		if (wanted.size !== manifest.parts.length + manifest.files.length + 1)
			throw changed('its manifest names a part twice');
		for (const name of entries.keys())
			if (!wanted.has(name)) throw changed(`it holds ${name.slice(0, 80)} too`);
		const archive: OpenArchive = {
			manifest,
			lines: (part) => linesOf(zip, entries, part),
			bytes: (file) => {
				const entry = entries.get(fileEntry(file));
				if (!entry) throw changed(`the file ${file.sha256.slice(0, 12)} is missing`);
				return checkedFile(bytesOf(zip, entry), file);
			},
			close: () => zip.close()
		};
		for (const part of manifest.parts) {
			progress(`Checking ${part.entry}`);
			for await (const _ of archive.lines(part));
		}
		for (const file of manifest.files) for await (const _ of archive.bytes(file));
		return archive;
	} catch (error) {
		zip.close();
		throw error instanceof AppError ? error : changed('it cannot be read as a zip', error);
	}
}

function opened(file: string): Promise<ZipFile> {
	return new Promise((resolve, reject) => {
		openZip(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, zip) => {
			if (!error) return resolve(zip);
			const { code, message } = error as NodeJS.ErrnoException;
			reject(
				code
					? new AppError('not-found', `The file ${file} cannot be read: ${message}.`)
					: changed('it cannot be read as a zip', error)
			);
		});
	});
}

function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
	return new Promise((resolve, reject) => {
		const entries = new Map<string, Entry>();
		zip.on('error', reject);
		zip.on('entry', (entry: Entry) => {
			if (entries.has(entry.fileName) || entries.size > 101_000)
				return reject(changed('it holds a part twice, or too many'));
			entries.set(entry.fileName, entry);
			zip.readEntry();
		});
		zip.on('end', () => resolve(entries));
		zip.readEntry();
	});
}

async function* bytesOf(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer, void> {
	const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
		zip.openReadStream(entry, (error, found) => (error ? reject(error) : resolve(found)))
	);
	for await (const chunk of stream) yield chunk as Buffer;
}

async function* linesOf(
	zip: ZipFile,
	entries: ReadonlyMap<string, Entry>,
	part: ManifestPart
): AsyncGenerator<string, void> {
	const entry = entries.get(part.entry);
	if (!entry) throw changed(`${part.entry} is missing`);
	const hash = createHash('sha256');
	let [bytes, rows] = [0, 0];
	let rest: Buffer[] = [];
	let waiting = 0;
	try {
		for await (const chunk of bytesOf(zip, entry)) {
			hash.update(chunk);
			bytes += chunk.length;
			if (bytes > part.bytes) throw changed(`${part.entry} is longer than stated`);
			let from = 0;
			for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
				rest.push(chunk.subarray(from, end));
				rows += 1;
				yield Buffer.concat(rest).toString('utf8');
				rest = [];
				waiting = 0;
				from = end + 1;
			}
			rest.push(chunk.subarray(from));
			waiting += chunk.length - from;
			if (waiting > lineBytes) throw changed(`${part.entry} has a row that is too long`);
		}
	} catch (error) {
		throw error instanceof AppError ? error : changed(`${part.entry} cannot be unpacked`, error);
	}
	if (hash.digest('hex') !== part.sha256 || rows !== part.rows || bytes !== part.bytes)
		throw changed(`${part.entry} does not have the sum that its manifest states`);
}
