import {
	AlignmentType,
	BorderStyle,
	ExternalHyperlink,
	HeadingLevel,
	Paragraph,
	ShadingType,
	Table,
	TableCell,
	TableLayoutType,
	TableRow,
	TextRun,
	UnderlineType,
	VerticalAlign,
	WidthType,
	type IRunOptions,
	type ParagraphChild
} from 'docx';
import { isSafeLink, type Block, type Inline, type RichText } from '#lib/exercise/rich-text.ts';

/** Paragraphs, lists, tables: the few forms that the report is made of. */

/**
 * What XML 1.0 can hold. Hostile text may carry control characters or half a pair; Word would call the whole
 * document broken.
 */
export function plain(text: string): string {
	// eslint-disable-next-line no-control-regex
	return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

/** A text of several lines in one paragraph. */
export function runs(text: string, options: Omit<IRunOptions, 'text'> = {}): TextRun[] {
	return plain(text)
		.split(/\r\n?|\n/)
		.map((line, i) => new TextRun({ ...options, text: line, ...(i > 0 && { break: 1 }) }));
}

export function paragraph(text: string, options: Omit<IRunOptions, 'text'> = {}): Paragraph {
	return new Paragraph({ children: runs(text, options), spacing: { after: 120 } });
}

const levels = [
	HeadingLevel.HEADING_1,
	HeadingLevel.HEADING_2,
	HeadingLevel.HEADING_3,
	HeadingLevel.HEADING_4
] as const;

export function heading(
	text: string,
	level: 1 | 2 | 3 | 4,
	options: { pageBreakBefore?: boolean } = {}
): Paragraph {
	return new Paragraph({ heading: levels[level - 1]!, children: runs(text), keepNext: true, ...options });
}

export function bullet(children: ParagraphChild[]): Paragraph {
	return new Paragraph({ children, bullet: { level: 0 }, spacing: { after: 60 } });
}

export const soft = { color: '52606D' } as const;

// --- formatted text ---------------------------------------------------------------------------------------------------

/** Numbered lists each begin at 1: every list needs an instance of its own, counted over the whole document. */
export class Numbering {
	#instance = 0;
	next(): number {
		return ++this.#instance;
	}
}
export const orderedList = 'ordered';

/** Written text as paragraphs; its headings stand below level `under`. */
export function richText(value: RichText, numbering: Numbering, under: 1 | 2 | 3 = 2): Paragraph[] {
	return value.content.flatMap((block) => blocks(block, numbering, { under, list: -1 }));
}

interface Place {
	under: number;
	/** depth of lists around; -1: none */
	list: number;
	instance?: number;
	ordered?: boolean;
	quoted?: boolean;
}

/** Word knows nine levels of a list. */
const deepest = 8;

function blocks(block: Block, numbering: Numbering, place: Place): Paragraph[] {
	const children = block.content ?? [];
	const inner = (next: Place) =>
		children.flatMap((child) => (isBlock(child) ? blocks(child, numbering, next) : []));
	switch (block.type) {
		case 'heading': {
			const level = Math.min(place.under + (block.attrs?.level ?? 1), 4) as 1 | 2 | 3 | 4;
			return [new Paragraph({ heading: levels[level - 1]!, children: inline(children), keepNext: true })];
		}
		case 'bulletList':
			return inner({ ...place, list: Math.min(place.list + 1, deepest), ordered: false });
		case 'orderedList':
			return inner({
				...place,
				list: Math.min(place.list + 1, deepest),
				ordered: true,
				instance: numbering.next()
			});
		case 'listItem': {
			// only an item's first paragraph has the sign, its others stand below it
			const [first, ...rest] = children.filter(isBlock);
			return [
				...(first ? blocks(first, numbering, place) : []),
				...rest.flatMap((child) =>
					blocks(child, numbering, child.type === 'paragraph' ? { ...place, ordered: undefined } : place)
				)
			];
		}
		case 'blockquote':
			return inner({ ...place, quoted: true });
		case 'codeBlock':
			return [
				new Paragraph({
					children: inline(children, { font: 'Consolas', size: 18 }),
					shading: { type: ShadingType.CLEAR, fill: 'F1F3F5' },
					spacing: { after: 120 }
				})
			];
		case 'horizontalRule':
			return [new Paragraph({ thematicBreak: true })];
		case 'paragraph':
			return [
				new Paragraph({
					children: inline(children, place.quoted ? soft : {}),
					spacing: { after: place.list >= 0 ? 60 : 120 },
					...(place.quoted && {
						indent: { left: 340 },
						border: { left: { style: BorderStyle.SINGLE, size: 12, color: 'C4CDD5', space: 8 } }
					}),
					...listSign(place)
				})
			];
	}
}

function listSign({ list, ordered, instance }: Place) {
	if (list < 0) return {};
	if (ordered === undefined) return { indent: { left: 720 * (list + 1) } };
	return ordered
		? { numbering: { reference: orderedList, level: list, instance: instance ?? 0 } }
		: { bullet: { level: list } };
}

const isBlock = (node: Block | Inline): node is Block => node.type !== 'text' && node.type !== 'hardBreak';

function inline(nodes: readonly (Block | Inline)[], base: Omit<IRunOptions, 'text'> = {}): ParagraphChild[] {
	return nodes.flatMap((node): ParagraphChild[] => {
		if (isBlock(node)) return [];
		if (node.type === 'hardBreak') return [new TextRun({ break: 1 })];
		const marks = node.marks ?? [];
		const has = (type: string) => marks.some((mark) => mark.type === type);
		const link = marks.find((mark) => mark.type === 'link')?.attrs?.href;
		const options: Omit<IRunOptions, 'text'> = {
			...base,
			...(has('bold') && { bold: true }),
			...(has('italic') && { italics: true }),
			...(has('strike') && { strike: true }),
			...(has('underline') && { underline: { type: UnderlineType.SINGLE } }),
			...(has('code') && { font: 'Consolas' })
		};
		const children = runs(node.text ?? '', link ? { ...options, style: 'Hyperlink' } : options);
		// a link into Muster leads nowhere from a file
		return link && isSafeLink(link) && !link.startsWith('/')
			? [new ExternalHyperlink({ link: plain(link), children })]
			: children;
	});
}

// --- tables -----------------------------------------------------------------------------------------------------------

export interface Column {
	title: string;
	/** share of the page's width */
	share: number;
	right?: boolean;
}

/** Twentieths of a point between the margins. */
export const pageWidth = { portrait: 9638, landscape: 14570 } as const;

export type Cell = string | Paragraph[];

export function table(
	columns: readonly Column[],
	rows: readonly (readonly Cell[])[],
	{ width = pageWidth.portrait, size = 18 }: { width?: number; size?: number } = {}
): Table {
	const shares = columns.reduce((sum, column) => sum + column.share, 0);
	const widths = columns.map((column) => Math.floor((column.share / shares) * width));
	const line = { style: BorderStyle.SINGLE, size: 4, color: 'C4CDD5' };
	const none = { style: BorderStyle.NONE, size: 0, color: 'auto' };
	const cell = (content: Cell, index: number, head: boolean) =>
		new TableCell({
			width: { size: widths[index]!, type: WidthType.DXA },
			verticalAlign: VerticalAlign.TOP,
			...(head && { shading: { type: ShadingType.CLEAR, fill: 'EDF0F3' } }),
			children:
				typeof content === 'string'
					? [
							new Paragraph({
								children: runs(content, { size, ...(head && { bold: true }) }),
								...(columns[index]?.right && { alignment: AlignmentType.RIGHT })
							})
						]
					: content
		});
	return new Table({
		layout: TableLayoutType.FIXED,
		width: { size: width, type: WidthType.DXA },
		columnWidths: widths,
		margins: { top: 40, bottom: 40, left: size < 18 ? 50 : 80, right: size < 18 ? 50 : 80 },
		borders: {
			top: line,
			bottom: line,
			insideHorizontal: line,
			left: none,
			right: none,
			insideVertical: none
		},
		rows: [
			new TableRow({
				tableHeader: true,
				cantSplit: true,
				children: columns.map((column, i) => cell(column.title, i, true))
			}),
			...rows.map(
				(row) =>
					new TableRow({
						// a line is read as a whole; only written texts may go over to the next page
						cantSplit: row.every((content) => typeof content === 'string'),
						children: row.map((content, i) => cell(content, i, false))
					})
			)
		]
	});
}
