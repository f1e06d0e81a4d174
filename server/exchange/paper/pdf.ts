import { markingOf, markingWordOf } from '#lib/exercise/exercise/kind.ts';
import type { Block, Inline, RichText } from '#lib/exercise/rich-text.ts';
import { tlpColour, tlpLabel } from '#lib/standards/tlp.ts';
import { translator } from '#lib/text/index.ts';
import { HeadingNumbers } from './numbers.ts';
import type { Paper, PaperPart } from './paper.ts';
import { heading, page, PdfSheets, soft, type Span } from './sheet.ts';

const say = translator('en');

/** A report as PDF: marking and label above and below every page (DOMAIN 8.5, PROMISES P8). */
export async function writePdfPaper(paper: Paper): Promise<Uint8Array> {
	const sheets = new PdfSheets(`${paper.kind}: ${paper.title}`);
	const space = { kind: paper.space };
	const marking = [
		markingOf(space),
		tlpLabel(paper.tlp),
		...(paper.book?.version ? [paper.book.version] : [])
	];
	sheets.doc.info.Subject = `${markingOf(space)} · ${tlpLabel(paper.tlp)}`;
	sheets.doc.info.Keywords = `${markingWordOf(space)}, ${tlpLabel(paper.tlp)}`;
	if (paper.book) writeBook(sheets, paper);
	else {
		sheets.write(`${paper.exercise} · ${paper.kind}`, 10, { colour: soft });
		sheets.write(paper.title, 20, { bold: true });
		sheets.y += 4;
		writeAbout(sheets, paper);
		sheets.y += 6;
		sheets.line();
		sheets.y += 8;
		for (const part of paper.parts) writePart(sheets, part, null);
	}
	sheets.y += 10;
	sheets.write(paper.note, 8, { colour: soft });
	return sheets.finish(marking.join(' · '), {
		page: say('reports.paper.page'),
		of: say('reports.paper.of')
	});
}

function writeAbout(sheets: PdfSheets, { about }: Paper, size = 9): void {
	for (const { label, text } of about) {
		const top = sheets.y;
		sheets.write(label, size, { colour: soft, to: page.margin + 130 });
		const below = sheets.y;
		// a long label, or the end of a page, moves the text down with it
		if (below > top) sheets.y = top;
		sheets.write(text, size, { x: page.margin + 136 });
		sheets.y = Math.max(sheets.y, below > top ? below : sheets.y) + (size > 9 ? 4 : 0);
	}
}

/** Title page, contents with the pages that are known in the end, the report. */
function writeBook(sheets: PdfSheets, paper: Paper): void {
	sheets.y = 190;
	sheets.centred(markingOf({ kind: paper.space }), 14, { bold: true });
	sheets.y += 26;
	sheets.centred(paper.exercise, 26, { bold: true });
	sheets.y += 6;
	sheets.centred(paper.title, 17);
	sheets.y += 4;
	sheets.centred(paper.kind, 12, { colour: soft });
	sheets.y += 18;
	sheets.tag(tlpLabel(paper.tlp), tlpColour(paper.tlp), 14);
	sheets.y += 34;
	writeAbout(sheets, paper, 9.5);

	const numbers = new HeadingNumbers();
	const entries = paper.parts.flatMap((part) =>
		part.is === 'heading'
			? [{ level: part.level ?? 1, text: numbers.next(part.level ?? 1, part.text), page: 0 }]
			: []
	);
	const listed = entries.filter(({ level }) => level < 3);
	const contents = new Contents(sheets, say('aar.paper.contents'), listed);
	sheets.newPage();
	let next = 0;
	for (const part of paper.parts) {
		const entry = part.is === 'heading' ? entries[next++]! : null;
		writePart(sheets, part, entry);
	}
	contents.write();
}

function writePart(
	sheets: PdfSheets,
	part: PaperPart,
	/** of a heading in a book: with its number, and where it came to stand */
	entry: { text: string; level: 1 | 2 | 3; page: number } | null
): void {
	switch (part.is) {
		case 'heading': {
			if (!entry) {
				sheets.y += 6;
				sheets.room(50);
				sheets.write(part.text, 13, { bold: true });
				sheets.y += 2;
				break;
			}
			const size = ([17, 13, 11] as const)[entry.level - 1]!;
			if (part.isNewPage && sheets.y > page.top) sheets.newPage();
			if (sheets.y > page.top) sheets.y += size * 0.9;
			// with the first lines of what stands under it
			sheets.room(entry.level === 1 ? 130 : 90);
			entry.page = sheets.pages;
			sheets.mark(entry.text, entry.level);
			sheets.write(entry.text, size, { bold: true, colour: heading });
			sheets.y += 4;
			break;
		}
		case 'text':
			writeRich(sheets, part.text, page.margin);
			break;
		case 'paragraph':
			sheets.write(part.text, part.tone === 'soft' ? 9 : size, {
				...(part.tone === 'soft' && { colour: soft }),
				...(part.tone === 'bold' && { bold: true })
			});
			sheets.y += 4;
			break;
		case 'lines':
			for (const line of part.lines) item(sheets, '•', [{ text: line, bold: false }], page.margin);
			sheets.y += 3;
			break;
		case 'table':
			sheets.table(part.columns, part.rows, part.isSmall ? 7.5 : 9);
			break;
		case 'field':
			sheets.room(32);
			sheets.write(part.label, 9, { colour: soft, bold: true });
			if (typeof part.text === 'string') sheets.write(part.text, 10, { x: page.margin + 10 });
			else writeRich(sheets, part.text, page.margin + 10);
			sheets.y += 4;
			break;
		case 'wide':
			break;
	}
}

/** Pages that are kept free until it is known on which page each heading stands. */
class Contents {
	readonly #sheets: PdfSheets;
	readonly #title: string;
	readonly #entries: readonly { text: string; level: number; page: number }[];
	readonly #first: number;
	/** lines of a page of contents */
	static readonly #perPage = 40;

	constructor(
		sheets: PdfSheets,
		title: string,
		entries: readonly { text: string; level: number; page: number }[]
	) {
		this.#sheets = sheets;
		this.#title = title;
		this.#entries = entries;
		this.#first = sheets.pages;
		for (let kept = 0; kept < Math.max(1, Math.ceil(entries.length / Contents.#perPage)); kept++)
			sheets.newPage();
	}

	write(): void {
		const sheets = this.#sheets;
		const { y } = sheets;
		const last = sheets.pages - 1;
		for (const [i, { text, level, page: at }] of this.#entries.entries()) {
			const line = i % Contents.#perPage;
			if (line === 0) {
				sheets.doc.switchToPage(this.#first + i / Contents.#perPage);
				sheets.y = page.top;
				if (i === 0) sheets.write(this.#title, 17, { bold: true, colour: heading });
				sheets.y += 8;
			}
			sheets.entry(text, String(at), level);
		}
		sheets.doc.switchToPage(last);
		sheets.y = y;
	}
}

function item(sheets: PdfSheets, sign: string, spans: readonly Span[], x: number): void {
	sheets.room(14);
	const top = sheets.y;
	sheets.draw(sign, x, 10, soft, false);
	sheets.y = top;
	sheets.writeSpans(spans, 10, { x: x + 14 });
}

const size = 10;

/** Written text with its blocks, and what is bold in a line; other marks are left out, the words are whole. */
function writeRich(sheets: PdfSheets, text: RichText, x: number): void {
	for (const block of text.content) writeBlock(sheets, block, x);
}

function writeBlock(sheets: PdfSheets, block: Block, x: number, sign?: string): void {
	const children = block.content ?? [];
	switch (block.type) {
		case 'bulletList':
		case 'orderedList': {
			let number = block.attrs?.start ?? 1;
			for (const child of children)
				if (isBlock(child)) writeBlock(sheets, child, x, block.type === 'orderedList' ? `${number++}.` : '•');
			sheets.y += 2;
			return;
		}
		case 'listItem': {
			const [first, ...rest] = children.filter(isBlock);
			if (first) item(sheets, sign ?? '•', spansOf(first), x);
			for (const child of rest) writeBlock(sheets, child, x + 14);
			return;
		}
		case 'blockquote':
			for (const child of children) if (isBlock(child)) writeBlock(sheets, child, x + 14);
			return;
		case 'horizontalRule':
			sheets.y += 4;
			sheets.line();
			sheets.y += 4;
			return;
		case 'heading':
			sheets.y += 3;
			sheets.room(36);
			sheets.writeSpans(
				spansOf(block).map(({ text }) => ({ text, bold: true })),
				11,
				{ x }
			);
			return;
		default:
			sheets.writeSpans(spansOf(block), size, { x });
			sheets.y += 3;
	}
}

const isBlock = (node: Block | Inline): node is Block => node.type !== 'text' && node.type !== 'hardBreak';
const spansOf = (block: Block): Span[] =>
	(block.content ?? []).flatMap((node): Span[] =>
		isBlock(node)
			? spansOf(node)
			: [
					{
						text: node.type === 'hardBreak' ? '\n' : (node.text ?? ''),
						bold: node.marks?.some(({ type }) => type === 'bold') ?? false
					}
				]
	);
