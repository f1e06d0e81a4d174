import { openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { AwsV4Signer } from 'aws4fetch';
import type { FilesConfig } from '../config.ts';
import { requireSha256, sha256Pattern, type FileStore } from './store.ts';

const requestMs = 60_000;
/** of an empty body */
const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Objects `files/<sha256>` in a bucket: of Amazon, or of what speaks like it. An object appears when it is whole. */
export function createS3Store(config: Extract<FilesConfig, { kind: 's3' }>): FileStore {
	const bucket = `${config.endpoint}/${config.bucket}`;
	const addressOf = (sha256: string) => {
		requireSha256(sha256);
		return `${bucket}/files/${sha256}`;
	};

	async function ask(
		method: string,
		address: string,
		body: { sha256: string; blob: Blob } | null = null
	): Promise<Response> {
		const signed = await new AwsV4Signer({
			method,
			url: address,
			accessKeyId: config.keyId,
			secretAccessKey: config.secret,
			region: config.region,
			service: 's3',
			// the store checks the sum of what arrives
			headers: { 'x-amz-content-sha256': body?.sha256 ?? emptySha256 }
		}).sign();
		return fetch(signed.url, {
			method,
			headers: signed.headers,
			signal: AbortSignal.timeout(requestMs),
			...(body && { body: body.blob })
		});
	}

	/** An answer that is none of those expected: its status, and never the address, which is nobody's business. */
	async function refuse(what: string, response: Response): Promise<never> {
		const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? '';
		throw new Error(`the file store answered ${response.status} ${code} when asked to ${what}`.trim());
	}

	return {
		async has(sha256) {
			const response = await ask('HEAD', addressOf(sha256));
			if (response.ok) return true;
			return response.status === 404 ? false : refuse('look', response);
		},

		async put(sha256, file) {
			// read from the disk as it is sent
			const blob = await openAsBlob(file);
			const response = await ask('PUT', addressOf(sha256), { sha256, blob });
			if (!response.ok) await refuse('store', response);
			await response.arrayBuffer();
		},

		async open(sha256) {
			const response = await ask('GET', addressOf(sha256));
			if (response.status === 404) {
				await response.arrayBuffer();
				return null;
			}
			if (!response.ok || !response.body) return refuse('read', response);
			return Readable.fromWeb(response.body as ReadableStream);
		},

		async remove(sha256) {
			const response = await ask('DELETE', addressOf(sha256));
			if (!response.ok && response.status !== 404) await refuse('remove', response);
			await response.arrayBuffer();
		},

		async *olderThan(moment) {
			for (let next: string | null = ''; next !== null;) {
				const more: string = next === '' ? '' : `&continuation-token=${encodeURIComponent(next)}`;
				const response = await ask('GET', `${bucket}?list-type=2&prefix=files%2F${more}`);
				if (!response.ok) await refuse('list', response);
				const xml = await response.text();
				for (const [, one] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
					const name = textOf(one!, 'Key').replace(/^files\//, '');
					const at = Date.parse(textOf(one!, 'LastModified'));
					if (sha256Pattern.test(name) && at < moment) yield name;
				}
				next = textOf(xml, 'NextContinuationToken') || null;
			}
		}
	};
}

function textOf(xml: string, element: string): string {
	const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';
	return found
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&amp;', '&');
}
