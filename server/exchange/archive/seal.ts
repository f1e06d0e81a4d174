import { createHash } from 'node:crypto';
import { open as openFile } from 'node:fs/promises';
import { AppError } from '#lib/errors.ts';
import { changed } from './manifest.ts';

/*
 * The seal of the whole file: the zip's comment, its last 64 bytes, is the SHA-256 of everything before. It finds what
 * the sums of the parts cannot: a byte between them.
 */
export const sealLength = 64;
export const sealPlace = new Uint8Array(sealLength).fill(0x30);

/** Passes everything on and puts the seal in the place of the last bytes. */
export function sealing(to: WritableStream<Uint8Array>): WritableStream<Uint8Array> {
	const writer = to.getWriter();
	const hash = createHash('sha256');
	let held = Buffer.alloc(0);
	return new WritableStream<Uint8Array>({
		async write(chunk) {
			const all = Buffer.concat([held, chunk]);
			const ready = all.subarray(0, Math.max(all.length - sealLength, 0));
			held = Buffer.from(all.subarray(ready.length));
			if (ready.length === 0) return;
			hash.update(ready);
			await writer.write(new Uint8Array(ready));
		},
		async close() {
			await writer.write(new TextEncoder().encode(hash.digest('hex')));
			await writer.close();
		},
		abort: (reason) => writer.abort(reason)
	});
}

/** Reads the whole file once; throws a sentence unless it is as it was written. */
export async function checkSeal(path: string): Promise<void> {
	const file = await openFile(path, 'r').catch((error: unknown) => {
		throw new AppError('not-found', `The file ${path} cannot be read: ${(error as Error).message}.`);
	});
	try {
		const { size } = await file.stat();
		const end = size - sealLength;
		if (end <= 0)
			throw new AppError('invalid', 'This file is no archive of an exercise. Nothing was restored.');
		const last = Buffer.alloc(sealLength);
		await file.read(last, 0, sealLength, end);
		const stated = last.toString('latin1');
		if (!/^[0-9a-f]{64}$/.test(stated))
			throw new AppError(
				'invalid',
				'This file is no archive of an exercise, or it is cut off or was changed at its end. Nothing was restored.'
			);
		const hash = createHash('sha256');
		for await (const chunk of file.createReadStream({ start: 0, end: end - 1, autoClose: false }))
			hash.update(chunk as Buffer);
		if (hash.digest('hex') !== stated) throw changed('the file does not have the sum that it states');
	} finally {
		await file.close();
	}
}
