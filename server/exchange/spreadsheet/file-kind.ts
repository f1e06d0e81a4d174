/**
 * What kind of file the bytes are, whatever the name says: the sentence for each kind that is no XLSX or CSV tells the
 * planner what to do instead.
 */
export type FileKind =
	{ kind: 'zip' } | { kind: 'text' } | { kind: 'json' } | { kind: 'refused'; message: string };

const notSpreadsheet = 'This file is not a spreadsheet. Muster reads XLSX and CSV.';

export function fileKind(bytes: Uint8Array): FileKind {
	if (bytes.length === 0) return refused('This file is empty.');
	const starts = (...signature: number[]) => signature.every((byte, index) => bytes[index] === byte);
	const ascii = (text: string) => starts(...[...text].map((character) => character.charCodeAt(0)));
	if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0x50, 0x4b, 0x05, 0x06)) return { kind: 'zip' };
	if (starts(0xd0, 0xcf, 0x11, 0xe0)) {
		return hasUtf16(bytes, 'EncryptedPackage')
			? refused('This workbook is protected by a password. Remove the password and upload it again.')
			: refused('This is an old Excel file (.xls). Save it as .xlsx and upload it again.');
	}
	if (ascii('%PDF'))
		return refused('This is a PDF. Upload the spreadsheet that it was made from, as XLSX or CSV.');
	if (ascii('{\\rtf')) return refused('This is a text document (RTF). Muster reads XLSX and CSV.');
	const pictures = [
		[0x89, 0x50, 0x4e, 0x47],
		[0xff, 0xd8, 0xff],
		[0x47, 0x49, 0x46, 0x38],
		[0x42, 0x4d]
	];
	if (pictures.some((signature) => starts(...signature)))
		return refused('This is a picture. Muster reads XLSX and CSV.');
	if (starts(0x1f, 0x8b) || ascii('7z\xbc\xaf') || ascii('Rar!') || starts(0xfd, 0x37, 0x7a)) {
		return refused('This is an archive. Unpack it and upload the spreadsheet that is in it.');
	}
	const isUtf16 = starts(0xff, 0xfe) || starts(0xfe, 0xff);
	const head = bytes.subarray(0, 64 * 1024);
	if (!isUtf16 && (head.includes(0) || controlShare(head) > 0.02)) return refused(notSpreadsheet);
	const opening = new TextDecoder('latin1')
		.decode(bytes.subarray(0, 200))
		.replace(/^(?:ï»¿|\s)+/, '')
		.toLowerCase();
	if (/^(?:<\?xml|<!doctype|<html|<workbook|<table)/.test(opening)) {
		return refused(
			'This is a web page or XML, not a spreadsheet. Open it in your spreadsheet program and save it as XLSX.'
		);
	}
	if (/^[[{]\s*(?:["{[]|\})/.test(opening)) return { kind: 'json' };
	return { kind: 'text' };
}

const refused = (message: string): FileKind => ({ kind: 'refused', message });

function hasUtf16(bytes: Uint8Array, text: string): boolean {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(Buffer.from(text, 'utf16le'));
}

/** Share of control characters that no text has. */
function controlShare(bytes: Uint8Array): number {
	let controls = 0;
	for (const byte of bytes)
		if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12) controls += 1;
	return controls / bytes.length;
}
