import type { Readable } from 'node:stream';
import type { FilesConfig } from '../config.ts';
import { createDiskStore } from './disk-store.ts';
import { createS3Store } from './s3-store.ts';

/**
 * Where the bytes of files lie: once for each content, under its SHA-256. What is there is whole: a crash while something
 * is stored leaves nothing under its name.
 */
export interface FileStore {
	has(sha256: string): Promise<boolean>;
	/** takes a file of this machine, which stays; storing the same content again changes nothing */
	put(sha256: string, file: string, bytes: number): Promise<void>;
	/** null: not there */
	open(sha256: string): Promise<Readable | null>;
	remove(sha256: string): Promise<void>;
	/** everything that has lain there since before a moment (ms) */
	olderThan(moment: number): AsyncIterable<string>;
}

export const sha256Pattern = /^[0-9a-f]{64}$/;

/** A name in the store; a path that is none of ours never reaches a disk or a bucket. */
export function requireSha256(sha256: string): void {
	if (!sha256Pattern.test(sha256)) throw new Error('not a SHA-256');
}

export const createFileStore = (config: FilesConfig): FileStore =>
	config.kind === 's3' ? createS3Store(config) : createDiskStore(config.folder);
