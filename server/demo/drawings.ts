import { once } from 'node:events';
import { crc32, deflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';
import { markingOf } from '#lib/exercise/exercise/kind.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import { Chance } from './chance.ts';

/** Files for the demonstration, drawn here: nobody's document and nobody's picture, and marked as exercise. */

// --- a page of a supplier, as PDF -----------------------------------------------------------------------------------------

const noticeLines = [
	'Product: Quayboard, terminal operating system',
	'Delivered: this morning between 01:30 and 03:00',
	'',
	'1. Do not install update 7.4.',
	'2. If it is installed: do not roll back, do not restart.',
	'3. Keep copies of memory of at least one server.',
	'4. Close remote maintenance that you do not need this hour.',
	'5. Look for a service named qb-sync, and tell your CSIRT.',
	'',
	'National CSIRTs can have the list of customers in their country.',
	'Product security desk'
];

/** A notice of one page, in the letters that every reader of PDF brings along. */
export async function noticePdf(): Promise<Buffer> {
	const doc = new PDFDocument({ size: 'A4', margin: 60, info: { Title: 'Withdrawal of update 7.4' } });
	const chunks: Buffer[] = [];
	doc.on('data', (chunk: Buffer) => chunks.push(chunk));
	const marking = `${markingOf({ kind: 'exercise' })} · ${tlpLabel('amber')} · SYNTHETIC`;
	doc.font('Helvetica-Bold').fontSize(10).text(marking, 60, 40);
	doc.fontSize(18).text('Withdrawal of update 7.4', 60, 90).moveDown();
	doc.font('Helvetica').fontSize(11);
	for (const line of noticeLines) doc.text(line === '' ? ' ' : line, { lineGap: 4 });
	doc.font('Helvetica-Bold').fontSize(10).text(marking, 60, 760);
	doc.end();
	await once(doc, 'end');
	return Buffer.concat(chunks);
}

// --- a screen of a monitoring desk, as PNG --------------------------------------------------------------------------------

type Colour = readonly [red: number, green: number, blue: number];
const colours = {
	ground: [250, 250, 248],
	line: [205, 208, 212],
	bar: [88, 110, 140],
	alarm: [190, 60, 50],
	mark: [150, 100, 20]
} as const satisfies Record<string, Colour>;

/** The letters of the marking, five by seven dots. */
const letters: Record<string, string> = {
	E: '11111 10000 10000 11110 10000 10000 11111',
	X: '10001 10001 01010 00100 01010 10001 10001',
	R: '11110 10001 10001 11110 10100 10010 10001',
	C: '01111 10000 10000 10000 10000 10000 01111',
	I: '11111 00100 00100 00100 00100 00100 11111',
	S: '01111 10000 10000 01110 00001 00001 11110'
};

/** Connections in each minute before and after the process began: quiet, then not. */
export function connectionsPng(width = 640, height = 300): Buffer {
	const pixels = Buffer.alloc(width * height * 3);
	const fill = (x: number, y: number, w: number, h: number, colour: Colour) => {
		for (let row = Math.max(y, 0); row < Math.min(y + h, height); row++)
			for (let column = Math.max(x, 0); column < Math.min(x + w, width); column++)
				pixels.set(colour, (row * width + column) * 3);
	};
	const write = (words: string, x: number, y: number, size: number) => {
		for (const [i, letter] of [...words].entries())
			for (const [row, dots] of (letters[letter] ?? '').split(' ').entries())
				for (const [column, dot] of [...dots].entries())
					if (dot === '1') fill(x + (i * 6 + column) * size, y + row * size, size, size, colours.mark);
	};
	fill(0, 0, width, height, colours.ground);
	write(markingOf({ kind: 'exercise' }), 20, 14, 2);
	const floor = height - 30;
	for (let line = 0; line <= 4; line++) fill(20, floor - line * 50, width - 40, 1, colours.line);
	const chance = new Chance(857);
	const minutes = 60;
	const wide = (width - 40) / minutes;
	for (let minute = 0; minute < minutes; minute++) {
		const isLate = minute >= 57;
		const high = Math.round(isLate ? chance.between(150, 200) : chance.between(4, 18));
		fill(
			Math.round(20 + minute * wide) + 1,
			floor - high,
			Math.round(wide) - 2,
			high,
			isLate ? colours.alarm : colours.bar
		);
	}
	return png(width, height, pixels);
}

function png(width: number, height: number, pixels: Buffer): Buffer {
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	// eight bits, red green blue
	head.set([8, 2, 0, 0, 0], 8);
	const rows = Buffer.alloc(height * (width * 3 + 1));
	for (let row = 0; row < height; row++)
		pixels.copy(rows, row * (width * 3 + 1) + 1, row * width * 3, (row + 1) * width * 3);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk('IHDR', head),
		chunk('IDAT', deflateSync(rows)),
		chunk('IEND', Buffer.alloc(0))
	]);
}

function chunk(kind: string, content: Buffer): Buffer {
	const named = Buffer.concat([Buffer.from(kind, 'latin1'), content]);
	const whole = Buffer.alloc(named.length + 8);
	whole.writeUInt32BE(content.length, 0);
	named.copy(whole, 4);
	whole.writeUInt32BE(crc32(named), named.length + 4);
	return whole;
}
