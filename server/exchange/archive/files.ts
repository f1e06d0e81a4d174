import { createHash } from 'node:crypto';
import { mkdtemp, open as openFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '#lib/errors.ts';
import type { FileStore } from '../../files/store.ts';
import { changed, type ManifestFile } from './manifest.ts';
import type { OpenArchive } from './open.ts';

/** The bytes of an attachment, or a sentence that says which one is missing. */
export async function* fileBytes(
	store: Pick<FileStore, 'open'>,
	{ sha256 }: ManifestFile,
	name: string
): AsyncGenerator<Uint8Array, void> {
	const stream = await store.open(sha256);
	if (!stream)
		throw new AppError(
			'unavailable',
			`The file store does not have the bytes of “${name}”. Put the files folder of the backup back, then try again.`
		);
	for await (const chunk of stream) yield new Uint8Array(chunk as Buffer);
}

/** Reads a file of the archive; throws when it is not what its name says. */
export async function* checkedFile(
	chunks: AsyncIterable<Buffer>,
	{ sha256, bytes }: ManifestFile
): AsyncGenerator<Buffer, void> {
	const hash = createHash('sha256');
	let length = 0;
	for await (const chunk of chunks) {
		length += chunk.length;
		if (length > bytes) break;
		hash.update(chunk);
		yield chunk;
	}
	if (length !== bytes || hash.digest('hex') !== sha256)
		throw changed(`the file ${sha256.slice(0, 12)} is not what it was`);
}

/** Into the store, before any row names them; what a refused restore leaves there is swept away like other orphans. */
export async function restoreFiles(archive: OpenArchive, store: Pick<FileStore, 'put'>): Promise<void> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'muster-restore-'));
	try {
		for (const file of archive.manifest.files) {
			const place = path.join(folder, file.sha256);
			const out = await openFile(place, 'wx');
			try {
				for await (const chunk of archive.bytes(file)) await out.write(chunk);
			} finally {
				await out.close();
			}
			await store.put(file.sha256, place, file.bytes);
			await rm(place);
		}
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
