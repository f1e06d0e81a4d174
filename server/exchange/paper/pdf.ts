import { markingOf, markingWordOf } from '#lib/exercise/exercise/kind.ts';
import type { Block, Inline, RichText } from '#lib/exercise/rich-text.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import { translator } from '#lib/text/index.ts';
import type { Paper } from './paper.ts';
import { page, PdfSheets, soft, type Span } from './sheet.ts';

const say = translator('en');

/** A report as PDF: marking and label above and below every page (DOMAIN 8.5, PROMISES P8). */
export async function writePdfPaper(paper: Paper): Promise<Uint8Array> {
	const sheets = new PdfSheets(`${paper.kind}: ${paper.title}`);
	const space = { kind: paper.space };
	const marking = `${markingOf(space)} · ${tlpLabel(paper.tlp)}`;
	sheets.doc.info.Subject = marking;
	sheets.doc.info.Keywords = `${markingWordOf(space)}, ${tlpLabel(paper.tlp)}`;
	sheets.write(`${paper.exercise} · ${paper.kind}`, 10, { colour: soft });
	sheets.write(paper.title, 20, { bold: true });
	sheets.y += 4;
	for (const { label, text } of paper.about) {
		const top = sheets.y;
		sheets.write(label, 9, { colour: soft, to: page.margin + 110 });
		const below = sheets.y;
		// a long label, or the end of a page, moves the text down with it
		if (below > top) sheets.y = top;
		sheets.write(text, 9, { x: page.margin + 116 });
		sheets.y = Math.max(sheets.y, below > top ? below : sheets.y);
	}
	sheets.y += 6;
	sheets.line();
	sheets.y += 8;
	for (const part of paper.parts) {
		switch (part.is) {
			case 'heading':
				sheets.y += 6;
				sheets.room(50);
				sheets.write(part.text, 13, { bold: true });
				sheets.y += 2;
				break;
			case 'text':
				writeRich(sheets, part.text, page.margin);
				break;
			case 'lines':
				for (const line of part.lines) item(sheets, '•', [{ text: line, bold: false }], page.margin);
				sheets.y += 3;
				break;
			case 'table':
				sheets.table(part.columns, part.rows);
				break;
			case 'field':
				sheets.room(32);
				sheets.write(part.label, 9, { colour: soft, bold: true });
				if (typeof part.text === 'string') sheets.write(part.text, 10, { x: page.margin + 10 });
				else writeRich(sheets, part.text, page.margin + 10);
				sheets.y += 4;
				break;
		}
	}
	sheets.y += 10;
	sheets.write(paper.note, 8, { colour: soft });
	return sheets.finish(marking, {
		page: say('reports.paper.page'),
		of: say('reports.paper.of')
	});
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
