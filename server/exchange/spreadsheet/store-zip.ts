import { crc32 } from 'node:zlib';

/**
 * An uncompressed zip archive of these parts. The reader of cells gets this instead of the uploaded file: it then sees
 * exactly the bytes that were counted, and no second unpacking can be talked into anything.
 */
export function storeZip(parts: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
	const locals: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [path, bytes] of parts) {
		const name = Buffer.from(path, 'utf8');
		const sum = crc32(bytes);
		const local = Buffer.alloc(30);
		local.writeUInt32LE(0x04034b50, 0);
		local.writeUInt16LE(20, 4);
		local.writeUInt16LE(0x0800, 6);
		local.writeUInt32LE(sum, 14);
		local.writeUInt32LE(bytes.length, 18);
		local.writeUInt32LE(bytes.length, 22);
		local.writeUInt16LE(name.length, 26);
		const entry = Buffer.alloc(46);
		entry.writeUInt32LE(0x02014b50, 0);
		entry.writeUInt16LE(20, 4);
		entry.writeUInt16LE(20, 6);
		entry.writeUInt16LE(0x0800, 8);
		entry.writeUInt32LE(sum, 16);
		entry.writeUInt32LE(bytes.length, 20);
		entry.writeUInt32LE(bytes.length, 24);
		entry.writeUInt16LE(name.length, 28);
		entry.writeUInt32LE(offset, 42);
		locals.push(local, name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
		directory.push(entry, name);
		offset += local.length + name.length + bytes.length;
	}
	const size = directory.reduce((sum, part) => sum + part.length, 0);
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(parts.size, 8);
	end.writeUInt16LE(parts.size, 10);
	end.writeUInt32LE(size, 12);
	end.writeUInt32LE(offset, 16);
	const whole = new Uint8Array(offset + size + end.length);
	let at = 0;
	for (const part of [...locals, ...directory, end]) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}
