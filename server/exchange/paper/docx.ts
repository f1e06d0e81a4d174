import { AlignmentType, Document, Packer, Paragraph, TableOfContents, TextRun, type Table } from 'docx';
import { estimatePageNumbers } from 'docx/layout';
import { markingOf, markingWordOf } from '#lib/exercise/exercise/kind.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import { translator } from '#lib/text/index.ts';
import { HeadingNumbers } from './numbers.ts';
import { label, orderedLevels, section, style } from './page.ts';
import type { Paper, PaperPart } from './paper.ts';
import {
	bullet,
	heading,
	Numbering,
	orderedList,
	pageWidth,
	paragraph,
	plain,
	richText,
	runs,
	soft,
	table
} from './words.ts';

const say = translator('en');
const spaceOf = ({ space }: Paper) => ({ kind: space });

/** More lines are not laid out beforehand, which takes as long as writing them many times: Word counts their pages then. */
const laidOutAtMost = 1500;
const linesOf = ({ parts }: Paper) =>
	parts.reduce((sum, part) => sum + (part.is === 'table' ? part.rows.length : 1), 0);

/** A report as DOCX: marking and label in header and footer of every page (DOMAIN 8.5, PROMISES P8). */
export async function writeDocxPaper(paper: Paper): Promise<Uint8Array> {
	const numbering = new Numbering();
	const { book } = paper;
	const space = spaceOf(paper);
	const document = new Document({
		title: plain(`${paper.kind}: ${paper.title}`),
		subject: `${markingOf(space)} · ${tlpLabel(paper.tlp)}`,
		keywords: `${markingWordOf(space)}, ${tlpLabel(paper.tlp)}`,
		creator: 'Muster',
		// the contents of a book name pages before Word has counted them
		...(book && linesOf(paper) <= laidOutAtMost && { pageNumbers: estimatePageNumbers }),
		styles: {
			default: {
				document: { run: { font: 'Calibri', size: 22, language: { value: 'en-GB' } } },
				heading1: book ? style(32, 360) : style(36, 60),
				heading2: style(26, 280),
				heading3: style(23, 220),
				heading4: style(22, 180)
			}
		},
		numbering: { config: [{ reference: orderedList, levels: orderedLevels }] },
		sections: book ? bookSections(paper, numbering, book.version) : [sheet(paper, numbering)]
	});
	return new Uint8Array(await Packer.toArrayBuffer(document));
}

function sheet(paper: Paper, numbering: Numbering) {
	return section(spaceOf(paper), paper.tlp, 'portrait', [
		paragraph(`${paper.exercise} · ${paper.kind}`, soft),
		heading(paper.title, 1),
		...paper.about.map(
			({ label: what, text }) =>
				new Paragraph({
					spacing: { after: 40 },
					children: [...runs(`${what}: `, soft), ...runs(text)]
				})
		),
		...paper.parts.flatMap((part) =>
			partOf(part, { numbering, under: 2, numbers: null, width: pageWidth.portrait })
		),
		note(paper)
	]);
}

const note = ({ note: text }: Paper) =>
	new Paragraph({ spacing: { before: 300 }, children: runs(text, { ...soft, size: 18 }) });

/** Title page and contents, the report, and from where it is wide on, pages that lie on their side. */
function bookSections(paper: Paper, numbering: Numbering, version: string) {
	const at = paper.parts.findIndex((part) => part.is === 'wide');
	const [upright, wide] = at < 0 ? [paper.parts, []] : [paper.parts.slice(0, at), paper.parts.slice(at + 1)];
	const numbers = new HeadingNumbers();
	const write = (parts: readonly PaperPart[], width: number) =>
		parts.flatMap((part) => partOf(part, { numbering, under: 3, numbers, width }));
	return [
		section(
			spaceOf(paper),
			paper.tlp,
			'portrait',
			[
				...titlePage(paper),
				new Paragraph({
					pageBreakBefore: true,
					spacing: { after: 160 },
					children: runs(say('aar.paper.contents'), { bold: true, size: 32, color: '102A43' })
				}),
				new TableOfContents(say('aar.paper.contents'), {
					hyperlink: true,
					headingStyleRange: '1-2',
					// no question before anything is read
					beginDirty: false
				}),
				new Paragraph({ pageBreakBefore: true, children: [] }),
				...write(upright, pageWidth.portrait),
				...(wide.length === 0 ? [note(paper)] : [])
			],
			version
		),
		...(wide.length > 0
			? [
					section(
						spaceOf(paper),
						paper.tlp,
						'landscape',
						[...write(wide, pageWidth.landscape), note(paper)],
						version
					)
				]
			: [])
	];
}

function titlePage(paper: Paper) {
	const centred = (children: TextRun[], before = 0) =>
		new Paragraph({ alignment: AlignmentType.CENTER, spacing: { before, after: 160 }, children });
	const own = translator('en', paper.space);
	return [
		centred([new TextRun({ text: markingOf(spaceOf(paper)), bold: true, size: 28 })], 1400),
		centred(runs(paper.exercise, { bold: true, size: 52, color: '102A43' }), 600),
		centred(runs(paper.title, { size: 36 })),
		centred(runs(paper.kind, { ...soft, size: 26 })),
		centred([label(paper.tlp, 32)], 300),
		new Paragraph({ spacing: { before: 500 }, children: [] }),
		table(
			[
				{ title: own('review.report.head.what'), share: 3 },
				{ title: own('review.report.head.value'), share: 7 }
			],
			paper.about.map(({ label: what, text }) => [what, text])
		)
	];
}

interface Place {
	numbering: Numbering;
	/** headings of written text stand below this level */
	under: 2 | 3;
	/** of a book; null: headings have no numbers */
	numbers: HeadingNumbers | null;
	width: number;
}

function partOf(part: PaperPart, { numbering, under, numbers, width }: Place): (Paragraph | Table)[] {
	switch (part.is) {
		case 'heading': {
			if (!numbers) return [heading(part.text, 2)];
			const level = part.level ?? 1;
			return [
				heading(numbers.next(level, part.text), level, part.isNewPage ? { pageBreakBefore: true } : {})
			];
		}
		case 'text':
			return richText(part.text, numbering, under);
		case 'paragraph':
			return [
				paragraph(
					part.text,
					part.tone === 'soft' ? { ...soft, size: 19 } : part.tone === 'bold' ? { bold: true } : {}
				)
			];
		case 'lines':
			return part.lines.map((line) => bullet(runs(line)));
		case 'table':
			return [
				table(part.columns, part.rows, { width, ...(part.isSmall && { size: 16 }) }),
				new Paragraph({ spacing: { after: 60 }, children: [new TextRun('')] })
			];
		case 'field':
			return [
				new Paragraph({
					keepNext: true,
					spacing: { before: 120 },
					children: runs(part.label, { ...soft, bold: true })
				}),
				...(typeof part.text === 'string' ? [paragraph(part.text)] : richText(part.text, numbering, 3))
			];
		case 'wide':
			return [];
	}
}
