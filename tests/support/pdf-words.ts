import { inflateSync } from 'node:zlib';

interface PdfObject {
	head: string;
	stream: Buffer | null;
}

/**
 * The words on each page of a PDF that pdfkit wrote, without blanks (a line may be drawn in pieces): its content streams, read back to letters by the tables that its
 * fonts carry for whoever copies text out of it. `bold`: only what is drawn with a stroke around it.
 */
export function pdfPages(bytes: Uint8Array, only?: 'bold'): string[] {
	const objects = objectsOf(Buffer.from(bytes));
	const fonts = new Map<number, Map<number, string>>();
	for (const [id, { head }] of objects) {
		const table = /\/ToUnicode (\d+) 0 R/.exec(head)?.[1];
		if (table) fonts.set(id, lettersOf(objects.get(Number(table))!.stream!.toString('latin1')));
	}
	return [...objects.values()]
		.filter(({ head }) => /\/Type \/Page\b/.test(head))
		.map(({ head }) => {
			const [, contents] = /\/Contents (\d+) 0 R/.exec(head)!;
			const resources = /\/Resources (\d+) 0 R/.exec(head)?.[1];
			const named = resources ? objects.get(Number(resources))!.head : head;
			const byName = new Map(
				[...named.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, id]) => [name!, fonts.get(Number(id))!])
			);
			const content = objects.get(Number(contents))!.stream!.toString('latin1');
			// every piece of text is an object of its own
			const pieces = content.match(/BT\n[\s\S]*?ET\n/g) ?? [];
			const shown = only ? pieces.filter((piece) => /^2 Tr$/m.test(piece)) : pieces;
			return wordsOf(shown.join(''), byName);
		});
}

function objectsOf(bytes: Buffer): Map<number, PdfObject> {
	const text = bytes.toString('latin1');
	const objects = new Map<number, PdfObject>();
	for (const match of text.matchAll(/(\d+) 0 obj\n([\s\S]*?)(?:\nendobj|stream\n)/g)) {
		const [whole, id, head] = match;
		if (!whole.endsWith('stream\n')) {
			objects.set(Number(id), { head: head!, stream: null });
			continue;
		}
		const from = match.index + whole.length;
		const length = Number(/\/Length (\d+)/.exec(head!)![1]);
		const raw = bytes.subarray(from, from + length);
		objects.set(Number(id), { head: head!, stream: head!.includes('FlateDecode') ? inflateSync(raw) : raw });
	}
	return objects;
}

/** A ToUnicode table: `<0001> <0002> [<0045> <0058>]`, or single signs. */
function lettersOf(table: string): Map<number, string> {
	const letters = new Map<number, string>();
	const textOf = (hex: string) => {
		const buffer = Buffer.from(hex, 'hex');
		return buffer.swap16().toString('utf16le');
	};
	for (const [, from, , list] of table.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/gi)) {
		let code = parseInt(from!, 16);
		for (const [, hex] of list!.matchAll(/<([0-9a-f ]*)>/gi))
			letters.set(code++, textOf(hex!.replaceAll(' ', '')));
	}
	return letters;
}

function wordsOf(content: string, fonts: ReadonlyMap<string, ReadonlyMap<number, string>>): string {
	let letters: ReadonlyMap<number, string> = new Map();
	let words = '';
	for (const [, font, list] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[((?:<[0-9a-f]*>|[-\d.\s])*)\] TJ/gi)) {
		if (font) letters = fonts.get(font) ?? new Map();
		if (!list) continue;
		for (const [, hex] of list.matchAll(/<([0-9a-f]*)>/gi))
			for (let at = 0; at + 4 <= hex!.length; at += 4)
				words += letters.get(parseInt(hex!.slice(at, at + 4), 16)) ?? '';
	}
	return words.replace(/\s/g, '');
}
