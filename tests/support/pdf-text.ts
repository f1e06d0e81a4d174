import { inflateSync } from 'node:zlib';

/**
 * What copying and searching find in a PDF that pdfkit wrote: the signs of its text, in the order in which they are drawn,
 * read through each font's own table of signs (ToUnicode). What is drawn without a sign is not there.
 */
export function textOfPdf(pdf: Uint8Array): string {
	const objects = objectsOf(Buffer.from(pdf).toString('latin1'));
	const stream = (id: string) => {
		const body = objects.get(id) ?? '';
		const found = /\/Length (\d+)[\s\S]*?\/Filter \/FlateDecode[\s\S]*?stream\r?\n/.exec(body);
		if (!found) return '';
		const from = found.index + found[0].length;
		return inflateSync(Buffer.from(body.slice(from, from + Number(found[1])), 'latin1')).toString('latin1');
	};
	// pdfkit gives a font one name in the whole document
	const fonts = new Map<string, string[]>();
	for (const body of objects.values())
		for (const [, name, id] of body.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
			const table = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id!) ?? '');
			if (table) fonts.set(name!, signsOf(stream(table[1]!)));
		}
	const text: string[] = [];
	for (const [id, body] of objects) {
		if (!/\/Type \/Page\b(?!s)/.test(body)) continue;
		const contents = /\/Contents (\d+) 0 R/.exec(body);
		if (contents) text.push(drawnIn(stream(contents[1]!), fonts));
		else throw new Error(`Page ${id} has no contents.`);
	}
	return text.join('\n');
}

function objectsOf(file: string): Map<string, string> {
	const objects = new Map<string, string>();
	for (const [, id, body] of file.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g))
		objects.set(id!, body!);
	return objects;
}

/** By number of the glyph. */
function signsOf(table: string): string[] {
	const signs: string[] = [];
	for (const [, first, list] of table.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/gi))
		for (const [n, [, codes]] of [...list!.matchAll(/<([^>]*)>/g)].entries())
			signs[parseInt(first!, 16) + n] = codes!
				.split(' ')
				.filter(Boolean)
				.map((code) => String.fromCharCode(parseInt(code, 16)))
				.join('');
	return signs;
}

function drawnIn(content: string, fonts: ReadonlyMap<string, string[]>): string {
	let signs: string[] = [];
	const lines: string[] = [];
	for (const [, font, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
		if (font) signs = fonts.get(font) ?? [];
		else
			lines.push(
				[...shown!.matchAll(/<([0-9a-f]+)>/gi)]
					.flatMap(([, codes]) => codes!.match(/.{4}/g) ?? [])
					.map((code) => signs[parseInt(code, 16)] ?? '')
					.join('')
			);
	}
	return lines.join('\n');
}
