import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { FilesConfig } from '#server/config.ts';
import { eventually } from './eventually.ts';
import { freePort } from './people.ts';

export interface TestS3 {
	config: Extract<FilesConfig, { kind: 's3' }>;
	close: () => Promise<void>;
}

/** A server that speaks S3, as a process of its own, with an empty bucket. */
export async function startS3(): Promise<TestS3> {
	const program = createRequire(import.meta.url).resolve('s3rver/bin/s3rver.js');
	const folder = await mkdtemp(path.join(os.tmpdir(), 'muster-s3-'));
	const port = await freePort();
	const bucket = 'muster-files';
	const child = spawn(
		process.execPath,
		[program, '-d', folder, '-a', '127.0.0.1', '-p', String(port), '--configure-bucket', bucket, '-s'],
		{ stdio: 'ignore' }
	);
	const endpoint = `http://127.0.0.1:${port}`;
	await eventually(
		() =>
			fetch(endpoint).then(
				() => true,
				() => false
			),
		'the S3 server'
	);
	return {
		config: { kind: 's3', endpoint, bucket, region: 'us-east-1', keyId: 'S3RVER', secret: 'S3RVER' },
		close: async () => {
			const ended = once(child, 'exit');
			child.kill('SIGKILL');
			await ended;
			await rm(folder, { recursive: true, force: true });
		}
	};
}
