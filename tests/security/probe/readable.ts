import { gunzipSync } from 'node:zlib';
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';

configure({ useWebWorkers: false });

/** An answer as text, packed files in it unpacked: archives, workbooks, documents, and files in them. */
export async function unpacked(bytes: Uint8Array, password?: string): Promise<string> {
	if (bytes[0] === 0x1f && bytes[1] === 0x8b) return unpacked(gunzipSync(bytes), password);
	if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return Buffer.from(bytes).toString('latin1');
	const parts: string[] = [];
	const zip = new ZipReader(new Uint8ArrayReader(bytes), password === undefined ? {} : { password });
	for (const entry of await zip.getEntries()) {
		parts.push(entry.filename);
		if (!entry.directory && (!entry.encrypted || password !== undefined))
			parts.push(await unpacked(await entry.getData(new Uint8ArrayWriter()), password));
	}
	await zip.close();
	return parts.join('\n');
}

/**
 * The same text, and behind it what is written in it in other ways: lines of calendars joined, base64 read, and bytes as
 * PostgreSQL writes them.
 */
export function readable(text: string): string {
	return [
		text,
		...(/\r\n[ \t]/.test(text) ? [text.replace(/\r\n[ \t]/g, '')] : []),
		...[...text.matchAll(/\\x((?:[0-9a-f]{2}){12,})/g)].map(([, hex]) =>
			Buffer.from(hex!, 'hex').toString('latin1')
		),
		...[...text.matchAll(/[A-Za-z0-9+/]{32,}={0,2}/g)].map(([run]) =>
			Buffer.from(run, 'base64').toString('latin1')
		)
	].join('\n');
}
