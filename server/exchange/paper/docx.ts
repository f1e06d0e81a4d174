import { Document, Packer, Paragraph, TextRun } from 'docx';
import { markingOf, markingWordOf } from '#lib/exercise/exercise/kind.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import {
	bullet,
	heading,
	Numbering,
	orderedList,
	paragraph,
	plain,
	richText,
	runs,
	soft,
	table
} from '../report/words.ts';
import { orderedLevels, section, style } from '../report/write.ts';
import type { Paper, PaperPart } from './paper.ts';

/** A report as DOCX: marking and label in header and footer of every page (DOMAIN 8.5, PROMISES P8). */
export async function writeDocxPaper(paper: Paper): Promise<Uint8Array> {
	const numbering = new Numbering();
	const space = { kind: paper.space };
	const document = new Document({
		title: plain(`${paper.kind}: ${paper.title}`),
		subject: `${markingOf(space)} · ${tlpLabel(paper.tlp)}`,
		keywords: `${markingWordOf(space)}, ${tlpLabel(paper.tlp)}`,
		creator: 'Muster',
		styles: {
			default: {
				document: { run: { font: 'Calibri', size: 22, language: { value: 'en-GB' } } },
				heading1: style(36, 60),
				heading2: style(26, 280),
				heading3: style(23, 220),
				heading4: style(22, 180)
			}
		},
		numbering: { config: [{ reference: orderedList, levels: orderedLevels }] },
		sections: [
			section(space, paper.tlp, 'portrait', [
				paragraph(`${paper.exercise} · ${paper.kind}`, soft),
				heading(paper.title, 1),
				...paper.about.map(
					({ label, text }) =>
						new Paragraph({
							spacing: { after: 40 },
							children: [...runs(`${label}: `, soft), ...runs(text)]
						})
				),
				...paper.parts.flatMap((part) => partOf(part, numbering)),
				new Paragraph({ spacing: { before: 300 }, children: runs(paper.note, { ...soft, size: 18 }) })
			])
		]
	});
	return new Uint8Array(await Packer.toArrayBuffer(document));
}

function partOf(part: PaperPart, numbering: Numbering) {
	switch (part.is) {
		case 'heading':
			return [heading(part.text, 2)];
		case 'text':
			return richText(part.text, numbering, 2);
		case 'lines':
			return part.lines.map((line) => bullet(runs(line)));
		case 'table':
			return [table(part.columns, part.rows), new Paragraph({ children: [new TextRun('')] })];
		case 'field':
			return [
				new Paragraph({
					keepNext: true,
					spacing: { before: 120 },
					children: runs(part.label, { ...soft, bold: true })
				}),
				...(typeof part.text === 'string' ? [paragraph(part.text)] : richText(part.text, numbering, 3))
			];
	}
}
