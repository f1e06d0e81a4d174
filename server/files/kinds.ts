import { createReadStream } from 'node:fs';
import path from 'node:path';
import { fileTypeFromFile } from 'file-type';
import { AppError } from '#lib/errors.ts';

/*
 * What a file is, by its content. Its name is believed only among kinds of text, which look alike; a name that says
 * something else gets the right ending behind it, so that nobody opens a thing as what it is not.
 */

/** What one would send to people in an exercise, with the endings that its names may have. */
const binaries: Record<string, readonly string[]> = {
	'application/pdf': ['pdf'],
	'application/rtf': ['rtf'],
	'image/png': ['png'],
	'image/jpeg': ['jpg', 'jpeg'],
	'image/webp': ['webp'],
	'image/gif': ['gif'],
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
	'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
	'application/vnd.oasis.opendocument.text': ['odt'],
	'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
	'application/vnd.oasis.opendocument.presentation': ['odp'],
	'application/zip': ['zip'],
	'application/gzip': ['gz', 'tgz'],
	'application/x-7z-compressed': ['7z'],
	'application/vnd.tcpdump.pcap': ['pcap', 'cap'],
	'application/x-pcapng': ['pcapng'],
	'audio/mpeg': ['mp3'],
	'audio/x-m4a': ['m4a'],
	'audio/wav': ['wav'],
	'audio/ogg': ['ogg', 'oga'],
	'video/mp4': ['mp4', 'm4v'],
	'video/webm': ['webm'],
	'video/quicktime': ['mov']
};

/** Kinds of text, by the ending of the name. Another ending becomes text: `start.ps1.txt` starts nothing. */
const texts: Record<string, string> = {
	txt: 'text/plain',
	log: 'text/plain',
	md: 'text/markdown',
	csv: 'text/csv',
	tsv: 'text/tab-separated-values',
	ics: 'text/calendar',
	eml: 'message/rfc822',
	json: 'application/json',
	xml: 'application/xml',
	html: 'text/html',
	htm: 'text/html',
	svg: 'image/svg+xml'
};

/** A browser could take these for a page of ours: they leave as bytes without a kind. */
const active = new Set(['text/html', 'image/svg+xml', 'application/xml', 'application/xhtml+xml']);
export const servedType = (mediaType: string) =>
	active.has(mediaType) ? 'application/octet-stream' : mediaType;

export const nameLimit = 200;

export interface KnownFile {
	name: string;
	mediaType: string;
}

/** The kind of a file and the name that fits it; a kind that is not taken is refused with one sentence. */
export async function knowFile(file: string, givenName: string): Promise<KnownFile> {
	const name = cleanFileName(givenName);
	const ending = endingOf(name);
	const found = await fileTypeFromFile(file);
	if (found && found.mime !== 'application/xml') {
		const endings = binaries[found.mime];
		if (!endings) throw notTaken(name, found.ext);
		return { name: endings.includes(ending) ? name : withEnding(name, endings[0]!), mediaType: found.mime };
	}
	if (!(await isText(file))) throw notTaken(name, null);
	if (Object.hasOwn(texts, ending)) return { name, mediaType: texts[ending]! };
	return found
		? { name: withEnding(name, 'xml'), mediaType: 'application/xml' }
		: { name: withEnding(name, 'txt'), mediaType: 'text/plain' };
}

function notTaken(name: string, kind: string | null): AppError {
	return new AppError(
		'invalid',
		`“${name}” is not of a kind that can be attached${kind ? ` (by its content: ${kind})` : ''}. ` +
			'Documents, pictures, text, recordings and archives can; put anything else into a ZIP file.'
	);
}

/** The last part of a path, without what no name of a file needs: controls, marks that turn the direction, separators. */
export function cleanFileName(given: string): string {
	const last = given.normalize('NFC').split(/[/\\]/).at(-1)!;
	const clean = last
		.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '')
		.replace(/[<>:"|?*]/g, '_')
		.replace(/\s+/g, ' ')
		// a dot in front hides a file, one behind is lost on some systems
		.replace(/^[ .]+|[ .]+$/g, '');
	if (clean === '') return 'file';
	const ending = endingOf(clean);
	return ending === ''
		? cut(clean, nameLimit)
		: withEnding(clean.slice(0, -ending.length - 1), clean.slice(-ending.length));
}

const endingOf = (name: string) =>
	/^\.[A-Za-z0-9]{1,10}$/.exec(path.extname(name))?.[0].slice(1).toLowerCase() ?? '';

const withEnding = (name: string, ending: string) => `${cut(name, nameLimit - ending.length - 1)}.${ending}`;

/** Without half a character at the end. */
const cut = (text: string, length: number) => text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');

/** Text has no bytes that no text has, in whatever encoding; UTF-16 says so at its beginning. */
async function isText(file: string): Promise<boolean> {
	let first = true;
	for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
		if (first && ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff)))
			return true;
		first = false;
		for (const byte of chunk)
			if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27) return false;
	}
	return true;
}
