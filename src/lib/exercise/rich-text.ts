import { z } from 'zod';
import * as Y from 'yjs';
import { storableText } from '#lib/storable.ts';

/**
 * Formatted text as plain JSON: the subset of the editor's document that Muster shows. Everything that is not on
 * this list is dropped when read, so hostile markup ends here (PROMISES R18).
 */
export interface RichText {
	type: 'doc';
	content: Block[];
}
export interface Block {
	type:
		| 'paragraph'
		| 'heading'
		| 'bulletList'
		| 'orderedList'
		| 'listItem'
		| 'blockquote'
		| 'codeBlock'
		| 'horizontalRule';
	attrs?: { level?: number; start?: number };
	content?: (Block | Inline)[];
}
export interface Inline {
	type: 'text' | 'hardBreak';
	text?: string;
	marks?: Mark[];
}
export interface Mark {
	type: 'bold' | 'italic' | 'underline' | 'strike' | 'code' | 'link';
	attrs?: { href: string };
}

const blockTypes = new Set([
	'paragraph',
	'heading',
	'bulletList',
	'orderedList',
	'listItem',
	'blockquote',
	'codeBlock',
	'horizontalRule'
]);
const markTypes = new Set(['bold', 'italic', 'underline', 'strike', 'code', 'link']);
/** Deeper nesting than any person writes; stops a document made to overflow the stack. */
const maxDepth = 20;

/**
 * Links are https or mailto, or inside Muster: never `javascript:`, and never another host dressed as a path, for which
 * browsers take `//host`, `/\host` and `/<tab>/host` (PROMISES R18).
 */
export function isSafeLink(href: string): boolean {
	return /^(https:\/\/|mailto:|\/(?![/\\\s]))/i.test(href);
}

/** Keeps what is on the list, drops the rest; never throws. */
export function cleanRichText(value: unknown): RichText {
	const node = value as { type?: unknown; content?: unknown } | null;
	if (!node || typeof node !== 'object' || node.type !== 'doc') return emptyRichText();
	return {
		type: 'doc',
		content: cleanNodes(node.content, 0).filter(
			(n): n is Block => n.type !== 'text' && n.type !== 'hardBreak'
		)
	};
}

function cleanNodes(value: unknown, depth: number): (Block | Inline)[] {
	if (!Array.isArray(value) || depth > maxDepth) return [];
	return value.flatMap((raw: unknown) => {
		const node = raw as {
			type?: unknown;
			text?: unknown;
			marks?: unknown;
			attrs?: unknown;
			content?: unknown;
		} | null;
		if (!node || typeof node !== 'object' || typeof node.type !== 'string') return [];
		if (node.type === 'text') {
			if (typeof node.text !== 'string') return [];
			const text = storableText(node.text);
			if (text === '') return [];
			const marks = cleanMarks(node.marks);
			return [{ type: 'text' as const, text, ...(marks.length > 0 && { marks }) }];
		}
		if (node.type === 'hardBreak') return [{ type: 'hardBreak' as const }];
		if (!blockTypes.has(node.type)) return cleanNodes(node.content, depth + 1);
		const attrs = node.attrs as { level?: unknown; start?: unknown } | undefined;
		const block: Block = { type: node.type as Block['type'] };
		if (node.type === 'heading') block.attrs = { level: wholeNumber(attrs?.level, 1, 4) };
		if (node.type === 'orderedList') block.attrs = { start: wholeNumber(attrs?.start, 0, 999_999) };
		const content = cleanNodes(node.content, depth + 1);
		if (content.length > 0) block.content = content;
		return [block];
	});
}

/** The number, brought inside the bounds; 1 for what is no number. */
function wholeNumber(value: unknown, low: number, high: number): number {
	const number = typeof value === 'number' || typeof value === 'string' ? Math.trunc(Number(value)) : NaN;
	return Number.isNaN(number) ? 1 : Math.min(Math.max(number, low), high);
}

function cleanMarks(value: unknown): Mark[] {
	if (!Array.isArray(value)) return [];
	return value.flatMap((raw: unknown) => {
		const mark = raw as { type?: unknown; attrs?: { href?: unknown } } | null;
		if (!mark || typeof mark.type !== 'string' || !markTypes.has(mark.type)) return [];
		if (mark.type !== 'link') return [{ type: mark.type as Mark['type'] }];
		const href = mark.attrs?.href;
		return typeof href === 'string' && isSafeLink(href)
			? [{ type: 'link' as const, attrs: { href: storableText(href) } }]
			: [];
	});
}

export function emptyRichText(): RichText {
	return { type: 'doc', content: [] };
}

/** Plain text to paragraphs: an empty line or a line break begins the next one. */
export function richTextFromText(text: string): RichText {
	const lines = text.replace(/\r\n?/g, '\n').split('\n');
	return {
		type: 'doc',
		content: lines
			.filter((line) => line.trim() !== '')
			.map((line) => ({
				type: 'paragraph' as const,
				content: [{ type: 'text' as const, text: line.trim() }]
			}))
	};
}

/** The words alone, a line for each block: for search, CSV and notices. */
export function textOfRichText(text: RichText): string {
	const lines: string[] = [];
	const walk = (nodes: readonly (Block | Inline)[]): string => {
		let inline = '';
		for (const node of nodes) {
			if (node.type === 'text') inline += (node as Inline).text ?? '';
			else if (node.type === 'hardBreak') inline += '\n';
			else {
				const own = walk((node as Block).content ?? []);
				if (own !== '') lines.push(own);
			}
		}
		return inline;
	};
	const rest = walk(text.content);
	if (rest !== '') lines.push(rest);
	return lines.join('\n');
}

export function isEmptyRichText(text: RichText): boolean {
	return textOfRichText(text).trim() === '';
}

/** At the wire: any object; what is not allowed is dropped, so the value that goes on is clean. */
export const richTextSchema = z.unknown().transform((value) => cleanRichText(value));

/** Reads the editor's shared fragment (Tiptap on Yjs) as plain JSON. */
export function readFragment(fragment: Y.XmlFragment): RichText {
	return cleanRichText({ type: 'doc', content: fragment.toArray().flatMap((node) => readXml(node, 0)) });
}

function readXml(node: unknown, depth: number): unknown[] {
	if (depth > maxDepth) return [];
	if (node instanceof Y.XmlText) {
		const delta = node.toDelta() as { insert?: unknown; attributes?: Record<string, unknown> }[];
		return delta.flatMap((part) => {
			if (typeof part.insert !== 'string') return [];
			const marks = Object.entries(part.attributes ?? {})
				.filter(([, value]) => value !== null && value !== false)
				// y-tiptap suffixes a mark that may overlap itself with `--hash`
				.map(([type, attrs]) => ({ type: type.replace(/--.*$/, ''), attrs }));
			return [{ type: 'text', text: part.insert, marks }];
		});
	}
	if (node instanceof Y.XmlElement) {
		const content = node.toArray().flatMap((child) => readXml(child, depth + 1));
		return [{ type: node.nodeName, attrs: node.getAttributes(), content }];
	}
	return [];
}

/** Writes plain JSON into an empty fragment, in the form that the editor itself writes. Call inside a transaction. */
export function writeFragment(fragment: Y.XmlFragment, text: RichText): void {
	if (fragment.length > 0) fragment.delete(0, fragment.length);
	fragment.insert(0, text.content.flatMap(toXml) as (Y.XmlElement | Y.XmlText)[]);
}

function toXml(node: Block | Inline): (Y.XmlElement | Y.XmlText)[] {
	if (node.type === 'text') return [inlineText([node as Inline])];
	const element = new Y.XmlElement(node.type);
	const block = node as Block;
	for (const [key, value] of Object.entries(block.attrs ?? {})) {
		// levels are numbers in the editor's schema; Yjs keeps what it is given
		element.setAttribute(key, value as unknown as string);
	}
	const children: (Y.XmlElement | Y.XmlText)[] = [];
	let run: Inline[] = [];
	const flush = () => {
		if (run.length > 0) children.push(inlineText(run));
		run = [];
	};
	for (const child of block.content ?? []) {
		if (child.type === 'text') run.push(child as Inline);
		else {
			flush();
			children.push(...toXml(child));
		}
	}
	flush();
	if (children.length > 0) element.insert(0, children);
	return [element];
}

function inlineText(run: readonly Inline[]): Y.XmlText {
	const text = new Y.XmlText();
	text.applyDelta(
		run.map((part) => ({
			insert: part.text ?? '',
			attributes: Object.fromEntries((part.marks ?? []).map((mark) => [mark.type, mark.attrs ?? {}]))
		}))
	);
	return text;
}
