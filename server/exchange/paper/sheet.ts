import PDFDocument from 'pdfkit';
import { registerFonts, type FontPart, type PartFont } from '../../readiness/kit/fonts.ts';

export const page = { width: 595.28, height: 841.89, margin: 48, top: 62, bottom: 62 };
export const textWidth = page.width - 2 * page.margin;
const lineHeight = 1.4;
export const ink = '#14181f';
export const soft = '#475063';
/** of headings in a book */
export const heading = '#102a43';
const rule = '#8b94a3';
/** signs of a word that can stand on one line, at the smallest size */
const longest = 300;

interface Run {
	part: FontPart;
	text: string;
}

export interface Style {
	x?: number;
	/** right edge, from the left of the page */
	to?: number;
	colour?: string;
	bold?: boolean;
}

export interface Span {
	text: string;
	bold: boolean;
}

/** Lines that were broken from spans, each as spans again: blanks come and go where a line breaks, signs do not. */
export function spansOfLines(lines: readonly string[], spans: readonly Span[]): Span[][] {
	const isBold = spans.flatMap(({ text, bold }) =>
		text
			.split('')
			.filter((sign) => !/\s/.test(sign))
			.map(() => bold)
	);
	let at = 0;
	return lines.map((line) => {
		const pieces: Span[] = [];
		for (const sign of line.split('')) {
			const last = pieces.at(-1);
			// a blank stays with the word before it
			const bold = /\s/.test(sign) ? (last?.bold ?? false) : isBold[at++]!;
			if (last?.bold === bold) last.text += sign;
			else pieces.push({ text: sign, bold });
		}
		return pieces;
	});
}

/**
 * A4 sheets of a PDF: text that breaks into lines and pages, in every script that the fonts have, tables, and the marking
 * above and below each page. Runs in a worker: a long document takes seconds.
 */
export class PdfSheets {
	readonly doc: PDFKit.PDFDocument;
	/** where the next line stands */
	y = page.top;
	readonly #chunks: Uint8Array[] = [];
	readonly #ended: Promise<void>;
	readonly #fonts: PartFont[];
	readonly #partOf = new Map<string, FontPart>();
	readonly #widths = new Map<string, number>();
	#chapter: PDFKit.PDFOutline | null = null;

	constructor(title: string) {
		const doc = new PDFDocument({ size: 'A4', margin: 0, bufferPages: true, autoFirstPage: false });
		this.doc = doc;
		doc.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk));
		this.#ended = new Promise<void>((resolve, reject) => {
			doc.on('end', resolve);
			doc.on('error', reject);
		});
		doc.info.Title = title;
		doc.addPage();
		this.#fonts = registerFonts(doc);
	}

	newPage(): void {
		this.doc.addPage();
		this.y = page.top;
	}

	/** A next page where so much does not fit on this one. */
	room(height: number): void {
		if (this.y + height > page.height - page.bottom) this.newPage();
	}

	get pages(): number {
		return this.doc.bufferedPageRange().count;
	}

	/** A sign that no part of the font has is shown as `?`: better than nothing on paper. */
	#runsOf(text: string): Run[] {
		const runs: Run[] = [];
		for (const sign of text) {
			let part = this.#partOf.get(sign);
			const code = sign.codePointAt(0)!;
			part ??= this.#fonts.find((font) => font.has(code))?.part;
			if (part) this.#partOf.set(sign, part);
			const shown = part ? sign : code < 32 ? ' ' : '?';
			const last = runs.at(-1);
			if (last && (last.part === (part ?? 'latin') || (sign === ' ' && last))) last.text += shown;
			else runs.push({ part: part ?? 'latin', text: shown });
		}
		return runs;
	}

	measure(text: string, size: number): number {
		const key = `${size} ${text}`;
		let known = this.#widths.get(key);
		if (known === undefined) {
			known = this.#runsOf(text).reduce(
				(sum, run) => sum + this.doc.font(run.part).fontSize(size).widthOfString(run.text),
				0
			);
			if (this.#widths.size < 50_000) this.#widths.set(key, known);
		}
		return known;
	}

	/** One line where the pen is; it does not move. */
	draw(text: string, x: number, size: number, colour: string, bold: boolean): void {
		let at = x;
		for (const run of this.#runsOf(text)) {
			this.doc.font(run.part).fontSize(size).fillColor(colour);
			if (bold) this.doc.lineWidth(size / 34).strokeColor(colour);
			this.doc.text(run.text, at, this.y, {
				lineBreak: false,
				...(bold && { stroke: true, fill: true })
			});
			at += this.doc.widthOfString(run.text);
		}
	}

	linesOf(text: string, size: number, room: number): string[] {
		const lines: string[] = [];
		for (const paragraph of text.split('\n')) {
			let line = '';
			for (let word of paragraph.split(/\s+/).filter(Boolean)) {
				// an address without a blank is cut where the line ends; no line has more signs than are measured
				for (
					let head = word.slice(0, longest);
					this.measure(head, size) > room;
					head = word.slice(0, longest)
				) {
					let fits = Math.max(1, Math.floor((head.length * room) / this.measure(head, size)) - 1);
					while (fits > 1 && this.measure(head.slice(0, fits), size) > room) fits--;
					if (line !== '') lines.push(line);
					lines.push(word.slice(0, fits));
					line = '';
					word = word.slice(fits);
				}
				const longer = line === '' ? word : `${line} ${word}`;
				if (this.measure(longer, size) <= room) line = longer;
				else {
					lines.push(line);
					line = word;
				}
			}
			lines.push(line);
		}
		return lines;
	}

	write(text: string, size: number, style: Style = {}): void {
		const { x = page.margin, to = page.width - page.margin, colour = ink, bold = false } = style;
		for (const line of this.linesOf(text, size, to - x)) {
			this.room(size * lineHeight);
			if (line !== '') this.draw(line, x, size, colour, bold);
			this.y += size * lineHeight;
		}
	}

	/** The same of text in which some words are bold. */
	writeSpans(spans: readonly Span[], size: number, style: Style = {}): void {
		const { x = page.margin, to = page.width - page.margin, colour = ink } = style;
		const lines = this.linesOf(spans.map(({ text }) => text).join(''), size, to - x);
		for (const pieces of spansOfLines(lines, spans)) {
			this.room(size * lineHeight);
			let left = x;
			for (const { text, bold } of pieces) {
				this.draw(text, left, size, colour, bold);
				left += this.measure(text, size);
			}
			this.y += size * lineHeight;
		}
	}

	/** Lines in the middle of the page. */
	centred(text: string, size: number, style: Pick<Style, 'colour' | 'bold'> = {}): void {
		for (const line of this.linesOf(text, size, textWidth)) {
			this.room(size * lineHeight);
			const x = page.margin + (textWidth - this.measure(line, size)) / 2;
			if (line !== '') this.draw(line, x, size, style.colour ?? ink, style.bold ?? false);
			this.y += size * lineHeight;
		}
	}

	/** A label in its colour on black, in the middle (FIRST, TLP 2.0). */
	tag(text: string, colour: string, size: number): void {
		const width = this.measure(text, size) + 2 * size;
		const x = page.margin + (textWidth - width) / 2;
		this.doc.rect(x, this.y - size * 0.4, width, size * 1.9).fill('#000000');
		this.draw(text, x + size, size, colour, true);
		this.y += size * 1.9;
	}

	/** A place that contents and a reader's list of bookmarks lead to. */
	mark(text: string, level: 1 | 2 | 3): void {
		this.doc.addNamedDestination(text, 'XYZ', 0, this.y - 8, null);
		if (level === 1) this.#chapter = this.doc.outline.addItem(text);
		else if (level === 2) (this.#chapter ?? this.doc.outline).addItem(text);
	}

	/** A line of contents: it leads to the place of the same words. */
	entry(text: string, number: string, level: number): void {
		const size = level === 1 ? 10.5 : 9.5;
		const x = page.margin + (level - 1) * 16;
		const right = page.margin + textWidth;
		const room = right - x - 40;
		const [line = '', ...rest] = this.linesOf(text, size, room);
		const shown = rest.length > 0 ? `${line}…` : line;
		const top = this.y;
		this.draw(shown, x, size, ink, level === 1);
		const end = x + this.measure(shown, size) + 6;
		const start = right - this.measure(number, size) - 6;
		this.draw(number, start + 6, size, ink, false);
		if (start > end)
			this.doc
				.moveTo(end, top + size * 0.85)
				.lineTo(start, top + size * 0.85)
				.lineWidth(0.6)
				.dash(1, { space: 2.4 })
				.strokeColor(rule)
				.stroke()
				.undash();
		this.doc.goTo(x, top, right - x, size * lineHeight, text);
		this.y += size * lineHeight + (level === 1 ? 3 : 1);
	}

	line(colour = rule): void {
		this.doc
			.moveTo(page.margin, this.y)
			.lineTo(page.margin + textWidth, this.y)
			.lineWidth(0.7)
			.strokeColor(colour)
			.stroke();
	}

	/** Rows of cells; a row stays on one page unless it is longer than one, and the head stands on every page. */
	table(
		columns: readonly { title: string; share: number; right?: boolean }[],
		rows: readonly (readonly string[])[],
		size = 9
	): void {
		const shares = columns.reduce((sum, { share }) => sum + share, 0);
		const widths = columns.map(({ share }) => (share / shares) * textWidth);
		const lefts = widths.map((_, i) => page.margin + widths.slice(0, i).reduce((sum, one) => sum + one, 0));
		const cellsOf = (row: readonly string[]) =>
			row.map((text, i) => this.linesOf(text, size, widths[i]! - 6));
		const drawRow = (cells: string[][], bold: boolean) => {
			const top = this.y;
			for (const [i, lines] of cells.entries()) {
				this.y = top + 2;
				for (const line of lines) {
					const left = columns[i]?.right
						? lefts[i]! + Math.max(widths[i]! - 6 - this.measure(line, size), 0)
						: lefts[i]!;
					if (line !== '') this.draw(line, left, size, bold ? soft : ink, bold);
					this.y += size * lineHeight;
				}
			}
			this.y = top + heightOf(cells);
			this.line('#c4cdd5');
		};
		const heightOf = (cells: string[][]) =>
			Math.max(...cells.map((lines) => lines.length)) * size * lineHeight + 5;
		const heads = cellsOf(columns.map(({ title }) => title));
		this.room(heightOf(heads) + 40);
		drawRow(heads, true);
		const most = page.height - page.top - page.bottom - heightOf(heads) - 10;
		for (const row of rows) {
			let cells = cellsOf(row);
			// what is longer than a page goes on on the next
			while (heightOf(cells) > most) {
				const fit = Math.floor((most - 5) / (size * lineHeight));
				this.newPage();
				drawRow(heads, true);
				drawRow(
					cells.map((lines) => lines.slice(0, fit)),
					false
				);
				cells = cells.map((lines) => lines.slice(fit));
			}
			if (this.y + heightOf(cells) > page.height - page.bottom) {
				this.newPage();
				drawRow(heads, true);
			}
			drawRow(cells, false);
		}
		this.y += 6;
	}

	/** The marking and `page x of y` on every page; then the bytes. */
	async finish(marking: string, words: { page: string; of: string }): Promise<Uint8Array> {
		const count = this.pages;
		for (let i = 0; i < count; i++) {
			this.doc.switchToPage(i);
			for (const at of [26, page.height - 38]) {
				this.y = at;
				this.doc.rect(page.margin, this.y - 4, textWidth, 18).fill('#fde68a');
				this.draw(marking, page.margin + 6, 9, ink, true);
				const number = `${words.page} ${i + 1} ${words.of} ${count}`;
				this.draw(number, page.margin + textWidth - 6 - this.measure(number, 9), 9, ink, false);
			}
		}
		this.doc.end();
		await this.#ended;
		return new Uint8Array(Buffer.concat(this.#chunks));
	}
}
