import { createHash, createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDiskStore } from '#server/files/disk-store.ts';
import { createS3Store } from '#server/files/s3-store.ts';
import type { FileStore } from '#server/files/store.ts';
import { startS3, type TestS3 } from '../../support/s3.ts';

/* What every kind of file store does: the same questions to the disk and to a real S3 server. */
let folder: string;
let s3: TestS3;
const stores: Record<string, FileStore> = {};
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'muster-store-'));
	s3 = await startS3();
	stores['disk'] = createDiskStore(path.join(folder, 'files'));
	stores['s3'] = createS3Store(s3.config);
});
afterAll(async () => {
	await s3.close();
	await rm(folder, { recursive: true, force: true });
});

const sumOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');

async function given(content: Buffer): Promise<{ sha256: string; file: string; bytes: number }> {
	const sha256 = sumOf(content);
	const file = path.join(folder, `given-${sha256}`);
	await writeFile(file, content);
	return { sha256, file, bytes: content.length };
}

async function bytesOf(stream: Readable | null): Promise<Buffer | null> {
	if (!stream) return null;
	const chunks: Buffer[] = [];
	for await (const chunk of stream as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks);
}

async function listed(store: FileStore, moment: number): Promise<string[]> {
	const all: string[] = [];
	for await (const one of store.olderThan(moment)) all.push(one);
	return all;
}

describe.each(['disk', 's3'])('a file store on %s', (kind) => {
	const store = () => stores[kind]!;

	test('gives back what it was given, byte for byte, more than once', async () => {
		const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 31) % 256));
		const { sha256, file, bytes } = await given(content);
		expect(await store().has(sha256)).toBe(false);
		expect(await store().open(sha256)).toBeNull();
		await store().put(sha256, file, bytes);
		expect(await store().has(sha256)).toBe(true);
		for (let time = 0; time < 2; time++)
			expect(sumOf((await bytesOf(await store().open(sha256)))!)).toBe(sha256);
		expect(existsSync(file)).toBe(true);
	});

	test('the same content from many at once is there once and whole', async () => {
		const { sha256, file, bytes } = await given(Buffer.from(`many at once on ${kind}`.repeat(5000)));
		await Promise.all(Array.from({ length: 6 }, () => store().put(sha256, file, bytes)));
		expect(sumOf((await bytesOf(await store().open(sha256)))!)).toBe(sha256);
		expect((await listed(store(), Date.now() + 60_000)).filter((one) => one === sha256)).toHaveLength(1);
	});

	test('lists what has been there since before a moment, and removes', async () => {
		const { sha256, file, bytes } = await given(Buffer.from(`to be removed from ${kind}`));
		await store().put(sha256, file, bytes);
		expect(await listed(store(), Date.now() - 60_000)).not.toContain(sha256);
		expect(await listed(store(), Date.now() + 60_000)).toContain(sha256);
		await store().remove(sha256);
		expect(await store().has(sha256)).toBe(false);
		expect(await store().open(sha256)).toBeNull();
		await store().remove(sha256);
	});

	test('takes no name but a sum', async () => {
		const { file, bytes } = await given(Buffer.from('traversal'));
		for (const name of ['../../etc/passwd', 'a'.repeat(63), `${'a'.repeat(63)}/`, ''])
			await expect(async () => store().put(name, file, bytes)).rejects.toThrow('not a SHA-256');
	});
});

test('a file that was half written when the process died is never in the store, and goes', async () => {
	const root = path.join(folder, 'killed');
	const store = createDiskStore(root);
	await mkdir(path.join(root, 'incoming'), { recursive: true });
	const half = path.join(root, 'incoming', 'half');
	await writeFile(half, 'half of');
	expect(await listed(store, Date.now() + 60_000)).toEqual([]);
	await writeFile(half, 'half of');
	await utimes(half, new Date(0), new Date(0));
	expect(await listed(store, Date.now() - 60_000)).toEqual([]);
	expect(await readdir(path.join(root, 'incoming'))).toEqual([]);
});

test('S3 that refuses us: an error with its word for it, nothing of our keys, and nothing stored', async () => {
	const store = createS3Store({ ...s3.config, keyId: 'NOBODY-KNOWN', secret: 'hunter22' });
	const { sha256, file, bytes } = await given(Buffer.from('refused'));
	const refused = await store.put(sha256, file, bytes).catch((error: unknown) => String(error));
	expect(refused).toMatch(/the file store answered 403 InvalidAccessKeyId when asked to store/);
	expect(refused).not.toMatch(/hunter22|NOBODY-KNOWN|127\.0\.0\.1/);
	expect(await createS3Store(s3.config).has(sha256)).toBe(false);
});

test('S3 gets each request signed, with the sum of its body', async () => {
	const asked: IncomingHttpHeaders[] = [];
	const listener = createServer((request, response) => {
		asked.push(request.headers);
		request.resume().on('end', () => response.end());
	});
	await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
	const host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
	const store = createS3Store({ ...s3.config, endpoint: `http://${host}`, keyId: 'KEY', secret: 'SECRET' });
	const { sha256, file, bytes } = await given(Buffer.from('signed'));
	await store.put(sha256, file, bytes);
	listener.close();
	const [{ authorization, ...headers }] = asked as [IncomingHttpHeaders];
	expect(headers['x-amz-content-sha256']).toBe(sha256);
	expect(headers['content-length']).toBe('6');
	// Signature Version 4 as Amazon describes it, computed here by hand
	const at = headers['x-amz-date'] as string;
	const scope = `${at.slice(0, 8)}/us-east-1/s3/aws4_request`;
	const request = [
		'PUT',
		`/muster-files/files/${sha256}`,
		'',
		`host:${host}`,
		`x-amz-content-sha256:${sha256}`,
		`x-amz-date:${at}`,
		'',
		'host;x-amz-content-sha256;x-amz-date',
		sha256
	].join('\n');
	const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
	const key = scope.split('/').reduce<string | Buffer>(hmac, 'AWS4SECRET');
	const signature = hmac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${sumOf(Buffer.from(request))}`).toString(
		'hex'
	);
	expect(authorization).toBe(
		`AWS4-HMAC-SHA256 Credential=KEY/${scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`
	);
});
