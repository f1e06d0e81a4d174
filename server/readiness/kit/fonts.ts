import { createRequire } from 'node:module';

/**
 * Inter in its parts by script, as @fontsource ships it. pdfkit embeds only the signs that are used, but fontkit cannot
 * copy them out of WOFF2, where outlines are stored in another form: they are written anew here from their paths.
 */
export const fontParts = ['latin', 'latin-ext', 'greek', 'greek-ext', 'cyrillic', 'cyrillic-ext'] as const;
export type FontPart = (typeof fontParts)[number];

const resolve = createRequire(import.meta.url).resolve;

interface PathCommand {
	command: string;
	args: number[];
}
interface Glyph {
	path: { commands: PathCommand[]; bbox: { minX: number; minY: number; maxX: number; maxY: number } };
	advanceWidth: number;
	_getMetrics(): { leftBearing: number };
}
interface Subset {
	font: { getGlyph(id: number): Glyph };
	glyf: Uint8Array[];
	loca: { offsets: number[] };
	hmtx: { metrics: { advance: number; bearing: number }[] };
	offset: number;
	_addGlyph(id: number): number;
}
interface Embedded {
	font: {
		characterSet: readonly number[];
		hasGlyphForCodePoint(code: number): boolean;
		glyphForCodePoint(code: number): unknown;
	};
	subset: Subset;
}

export interface PartFont {
	part: FontPart;
	has: (code: number) => boolean;
}

/** Makes the parts known to a document; returns which signs each has. */
export function registerFonts(doc: PDFKit.PDFDocument): PartFont[] {
	return fontParts.map((part) => {
		doc.registerFont(part, resolve(`@fontsource-variable/inter/files/inter-${part}-wght-normal.woff2`));
		doc.font(part);
		const embedded = (doc as unknown as { _font: Embedded })._font;
		embedded.subset._addGlyph = addOutline;
		for (const code of inOrderOfMeaning(embedded.font.characterSet)) embedded.font.glyphForCodePoint(code);
		return { part, has: (code) => embedded.font.hasGlyphForCodePoint(code) };
	});
}

/**
 * Every sign of a font, to be asked for before anything is drawn. fontkit makes each glyph once, and who asks first says
 * which sign it is: a letter that is first asked for as a part of another (the A in Ä, the dot in !) would be no sign for
 * ever, drawn but neither found nor copied. Where two signs share a glyph, a modifier letter gives way: ’ before ʼ.
 */
function inOrderOfMeaning(codes: readonly number[]): number[] {
	const isModifier = (code: number) => code >= 0x2b0 && code <= 0x2ff;
	return [...codes].sort((a, b) => Number(isModifier(a)) - Number(isModifier(b)) || a - b);
}

function addOutline(this: Subset, id: number): number {
	const glyph = this.font.getGlyph(id);
	const bytes = outline(glyph.path);
	this.glyf.push(bytes);
	this.loca.offsets.push(this.offset);
	this.hmtx.metrics.push({
		advance: glyph.advanceWidth,
		bearing: Math.round(glyph._getMetrics().leftBearing)
	});
	this.offset += bytes.length;
	return this.glyf.length - 1;
}

/** A TrueType outline: its points one by one, each as a full number. */
export function outline({ commands, bbox }: Glyph['path']): Uint8Array {
	const points: { x: number; y: number; on: boolean }[] = [];
	const ends: number[] = [];
	for (const { command, args } of commands) {
		if (command === 'moveTo' && points.length > 0 && ends.at(-1) !== points.length - 1)
			ends.push(points.length - 1);
		for (let i = 0; i < args.length; i += 2)
			points.push({
				x: Math.round(args[i]!),
				y: Math.round(args[i + 1]!),
				on: command !== 'quadraticCurveTo' || i === 2
			});
	}
	if (points.length === 0) return new Uint8Array(0);
	if (ends.at(-1) !== points.length - 1) ends.push(points.length - 1);
	const size = 10 + ends.length * 2 + 2 + points.length * 5;
	const bytes = new Uint8Array(Math.ceil(size / 4) * 4);
	const view = new DataView(bytes.buffer);
	let at = 0;
	const int16 = (value: number) => {
		view.setInt16(at, value);
		at += 2;
	};
	for (const value of [ends.length, bbox.minX, bbox.minY, bbox.maxX, bbox.maxY]) int16(Math.round(value));
	for (const end of ends) int16(end);
	int16(0);
	for (const { on } of points) bytes[at++] = on ? 1 : 0;
	for (const [i, { x }] of points.entries()) int16(x - (points[i - 1]?.x ?? 0));
	for (const [i, { y }] of points.entries()) int16(y - (points[i - 1]?.y ?? 0));
	return bytes;
}
