import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';

// this runs in a worker of its own already
configure({ useWebWorkers: false });

/** Files in a ZIP that opens with the passphrase alone: AES with 256 bits, as 7-Zip, WinZip and macOS tools read it. */
export async function encryptedArchive(
	files: readonly { name: string; bytes: Uint8Array }[],
	passphrase: string
): Promise<Uint8Array> {
	const zip = new ZipWriter(new Uint8ArrayWriter(), { password: passphrase, encryptionStrength: 3 });
	for (const { name, bytes } of files) await zip.add(name, new Uint8ArrayReader(bytes));
	return zip.close();
}
