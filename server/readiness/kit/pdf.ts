import PDFDocument from 'pdfkit';
import { registerFonts, type FontPart } from './fonts.ts';

/** The plan on paper, in the words of the page: everything is a text by now. */
export interface PaperPlan {
	/** `EXERCISE EXERCISE EXERCISE · TLP:AMBER` */
	marking: string;
	title: string;
	/** what and when, below the title */
	about: string[];
	words: { contents: string; page: string; of: string };
	injects: PaperInject[];
}
export interface PaperInject {
	/** `D1 10:42`, or why there is none */
	time: string;
	reference: string;
	title: string;
	/** label and text, in order; empty ones are left out */
	fields: { label: string; text: string }[];
}

const page = { width: 595.28, height: 841.89, margin: 48, top: 62, bottom: 62 };
const width = page.width - 2 * page.margin;
const lineHeight = 1.4;

interface Run {
	part: FontPart;
	text: string;
}

/** A4, with the marking above and below each page, `page x of y`, and the list by time. */
export async function writePdf(plan: PaperPlan): Promise<Uint8Array> {
	const doc = new PDFDocument({ size: 'A4', margin: 0, bufferPages: true, autoFirstPage: false });
	const chunks: Uint8Array[] = [];
	doc.on('data', (chunk: Uint8Array) => chunks.push(chunk));
	const ended = new Promise<void>((resolve, reject) => {
		doc.on('end', resolve);
		doc.on('error', reject);
	});
	doc.info.Title = plan.title;
	doc.addPage();
	const fonts = registerFonts(doc);
	const partOf = new Map<string, FontPart>();
	let y = page.top;

	const newPage = () => {
		doc.addPage();
		y = page.top;
	};
	const room = (height: number) => {
		if (y + height > page.height - page.bottom) newPage();
	};

	/** A sign that no part of the font has is shown as `?`: better than nothing on paper. */
	function runsOf(text: string): Run[] {
		const runs: Run[] = [];
		for (const sign of text) {
			let part = partOf.get(sign);
			const code = sign.codePointAt(0)!;
			part ??= fonts.find((font) => font.has(code))?.part;
			if (part) partOf.set(sign, part);
			const shown = part ? sign : code < 32 ? ' ' : '?';
			const last = runs.at(-1);
			if (last && (last.part === (part ?? 'latin') || (sign === ' ' && last))) last.text += shown;
			else runs.push({ part: part ?? 'latin', text: shown });
		}
		return runs;
	}
	const widths = new Map<string, number>();
	function measure(text: string, size: number): number {
		const key = `${size} ${text}`;
		let known = widths.get(key);
		if (known === undefined) {
			known = runsOf(text).reduce(
				(sum, run) => sum + doc.font(run.part).fontSize(size).widthOfString(run.text),
				0
			);
			if (widths.size < 50_000) widths.set(key, known);
		}
		return known;
	}
	function draw(text: string, x: number, size: number, colour: string, bold: boolean): void {
		let at = x;
		for (const run of runsOf(text)) {
			doc.font(run.part).fontSize(size).fillColor(colour);
			if (bold) doc.lineWidth(size / 34).strokeColor(colour);
			doc.text(run.text, at, y, { lineBreak: false, ...(bold && { stroke: true, fill: true }) });
			at += doc.widthOfString(run.text);
		}
	}
	function linesOf(text: string, size: number, room: number): string[] {
		const lines: string[] = [];
		for (const paragraph of text.split('\n')) {
			let line = '';
			for (let word of paragraph.split(/\s+/).filter(Boolean)) {
				// an address without a blank is cut where the line ends
				while (measure(word, size) > room) {
					let fits = Math.max(1, Math.floor((word.length * room) / measure(word, size)) - 1);
					while (fits > 1 && measure(word.slice(0, fits), size) > room) fits--;
					if (line !== '') lines.push(line);
					lines.push(word.slice(0, fits));
					line = '';
					word = word.slice(fits);
				}
				const longer = line === '' ? word : `${line} ${word}`;
				if (measure(longer, size) <= room) line = longer;
				else {
					lines.push(line);
					line = word;
				}
			}
			lines.push(line);
		}
		return lines;
	}
	function write(
		text: string,
		size: number,
		given: { x?: number; colour?: string; bold?: boolean } = {}
	): void {
		const { x = page.margin, colour = '#14181f', bold = false } = given;
		for (const line of linesOf(text, size, page.width - page.margin - x)) {
			room(size * lineHeight);
			if (line !== '') draw(line, x, size, colour, bold);
			y += size * lineHeight;
		}
	}

	y = page.top + 40;
	write(plan.title, 22, { bold: true });
	y += 6;
	for (const line of plan.about) write(line, 10, { colour: '#475063' });
	y += 16;
	write(plan.words.contents, 13, { bold: true });
	y += 4;

	// the list is written when the pages of the injects are known; it takes as many lines as there are injects
	const rowHeight = 13;
	const rows: { page: number; y: number }[] = [];
	for (let i = 0; i < plan.injects.length; i++) {
		room(rowHeight);
		rows.push({ page: doc.bufferedPageRange().count - 1, y });
		y += rowHeight;
	}
	const startsOn: number[] = [];
	if (plan.injects.length > 0) newPage();
	for (const inject of plan.injects) {
		// a heading does not stand alone at the foot of a page
		room(90);
		startsOn.push(doc.bufferedPageRange().count);
		doc
			.moveTo(page.margin, y)
			.lineTo(page.margin + width, y)
			.lineWidth(0.7)
			.strokeColor('#8b94a3')
			.stroke();
		y += 6;
		write([inject.time, inject.reference].filter(Boolean).join(' · '), 9, { colour: '#475063' });
		write(inject.title, 13, { bold: true });
		y += 2;
		for (const { label, text } of inject.fields) {
			if (text.trim() === '') continue;
			room(30);
			write(label, 8, { colour: '#475063', bold: true });
			write(text, 10, { x: page.margin + 10 });
			y += 2;
		}
		y += 10;
	}

	for (const [i, inject] of plan.injects.entries()) {
		doc.switchToPage(rows[i]!.page);
		y = rows[i]!.y;
		const [time] = linesOf(inject.time, 9, 96);
		draw(time ?? '', page.margin, 9, '#475063', false);
		const [name] = linesOf([inject.reference, inject.title].filter(Boolean).join('  '), 9, width - 140);
		draw(name ?? '', page.margin + 100, 9, '#14181f', false);
		const number = String(startsOn[i]);
		draw(number, page.margin + width - measure(number, 9), 9, '#475063', false);
	}
	const { count } = doc.bufferedPageRange();
	for (let i = 0; i < count; i++) {
		doc.switchToPage(i);
		for (const at of [26, page.height - 38]) {
			y = at;
			doc.rect(page.margin, y - 4, width, 18).fill('#fde68a');
			draw(plan.marking, page.margin + 6, 9, '#14181f', true);
			const number = `${plan.words.page} ${i + 1} ${plan.words.of} ${count}`;
			draw(number, page.margin + width - 6 - measure(number, 9), 9, '#14181f', false);
		}
	}
	doc.end();
	await ended;
	return new Uint8Array(Buffer.concat(chunks));
}
