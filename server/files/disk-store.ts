import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { requireSha256, sha256Pattern, type FileStore } from './store.ts';

/** Files in folders by the first two letters of their sum; half of one is only ever in `incoming`. */
export function createDiskStore(folder: string): FileStore {
	const incoming = path.join(folder, 'incoming');
	const placeOf = (sha256: string) => {
		requireSha256(sha256);
		return path.join(folder, sha256.slice(0, 2), sha256);
	};

	return {
		has: (sha256) => exists(placeOf(sha256)),

		async put(sha256, file) {
			const place = placeOf(sha256);
			await mkdir(incoming, { recursive: true, mode: 0o700 });
			await mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
			const half = path.join(incoming, randomUUID());
			try {
				await copyFile(file, half);
				await sync(half);
				// whole or not at all, also where two nodes store the same at once
				await rename(half, place);
				await sync(path.dirname(place));
			} finally {
				await rm(half, { force: true });
			}
		},

		async open(sha256) {
			try {
				const handle = await open(placeOf(sha256), 'r');
				return createReadStream('', { fd: handle });
			} catch (error) {
				if (isMissing(error)) return null;
				throw error;
			}
		},

		remove: (sha256) => rm(placeOf(sha256), { force: true }),

		async *olderThan(moment) {
			for (const part of await list(folder))
				for (const name of /^[0-9a-f]{2}$/.test(part) ? await list(path.join(folder, part)) : [])
					if (sha256Pattern.test(name) && (await changedAt(placeOf(name))) < moment) yield name;
			// what a crash left behind
			for (const half of await list(incoming)) {
				const place = path.join(incoming, half);
				if ((await changedAt(place)) < moment) await rm(place, { force: true });
			}
		}
	};
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function list(folder: string): Promise<string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
}

async function exists(file: string): Promise<boolean> {
	try {
		await access(file);
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}

/** Never, for what went away meanwhile. */
async function changedAt(file: string): Promise<number> {
	try {
		return (await stat(file)).mtimeMs;
	} catch (error) {
		if (isMissing(error)) return Number.POSITIVE_INFINITY;
		throw error;
	}
}

async function sync(file: string): Promise<void> {
	const handle = await open(file, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
