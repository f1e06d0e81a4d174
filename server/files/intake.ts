import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#lib/errors.ts';
import { injectLimits } from '#lib/exercise/inject/schema.ts';

export interface Received {
	/** a file of this machine, for as long as the caller works on it */
	file: string;
	sha256: string;
	bytes: number;
}

const tooLarge = () =>
	new AppError(
		'too-large',
		`A file can have at most ${injectLimits.attachmentBytes / 1_000_000} MB. Make it smaller or split it.`
	);

/** Takes a stream into a file of its own, counting and summing as it comes; the file is gone when `use` is done. */
export async function receive<T>(
	folder: string,
	stream: Readable,
	announced: number,
	use: (received: Received) => Promise<T>
): Promise<T> {
	if (announced > injectLimits.attachmentBytes) throw tooLarge();
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const file = path.join(folder, `upload-${randomUUID()}`);
	const hash = createHash('sha256');
	let bytes = 0;
	try {
		await pipeline(
			stream,
			async function* (chunks: AsyncIterable<Buffer>) {
				for await (const chunk of chunks) {
					bytes += chunk.length;
					if (bytes > injectLimits.attachmentBytes) throw tooLarge();
					hash.update(chunk);
					yield chunk;
				}
			},
			createWriteStream(file, { flags: 'wx', mode: 0o600 })
		);
		if (bytes === 0) throw new AppError('invalid', 'This file is empty. Choose another one.');
		return await use({ file, sha256: hash.digest('hex'), bytes });
	} finally {
		await rm(file, { force: true });
	}
}

/** What a node that was killed has left behind. */
export async function sweepIntake(folder: string, olderThan: number): Promise<void> {
	const names = await readdir(folder).catch(() => []);
	for (const name of names) {
		if (!name.startsWith('upload-')) continue;
		const file = path.join(folder, name);
		const at = await stat(file).then(
			({ mtimeMs }) => mtimeMs,
			() => Number.POSITIVE_INFINITY
		);
		if (at < olderThan) await rm(file, { force: true });
	}
}
