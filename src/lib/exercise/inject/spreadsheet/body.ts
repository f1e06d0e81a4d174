import { isSafeLink, type Block, type Inline, type Mark, type RichText } from '../../rich-text.ts';
import { bodyFromHtml, looksLikeHtml } from './html.ts';
import { plainText } from './table.ts';

/**
 * Formatted text in a cell is Markdown (DOMAIN 4.4), a small part of it: headings, lists, quotes, code, bold, italic,
 * struck out, links. A line is a paragraph, as in the editor. The two functions are not exact reverses: whether a body
 * has changed is decided by comparing texts, so that an untouched cell never costs a body its formatting.
 */
export function bodyToText(body: RichText): string {
	return plainText(body.content.map((block) => blockLines(block).join('\n')).join('\n'));
}

function blockLines(block: Block): string[] {
	const children = block.content ?? [];
	const inline = () => inlineText(children).split('\n');
	switch (block.type) {
		case 'heading':
			return [`${'#'.repeat(block.attrs?.level ?? 1)} ${inline().join(' ')}`];
		case 'bulletList':
			return listLines(children, () => '- ');
		case 'orderedList':
			return listLines(children, (index) => `${(block.attrs?.start ?? 1) + index}. `);
		case 'blockquote':
			return mixedLines(children).map((line) => `> ${line}`);
		case 'codeBlock':
			return ['```', ...inlineText(children, true).split('\n'), '```'];
		case 'horizontalRule':
			return ['---'];
		default:
			return mixedLines(children);
	}
}

/** Children that are blocks, and runs of text between them. */
function mixedLines(children: readonly (Block | Inline)[]): string[] {
	const lines: string[] = [];
	let run: (Block | Inline)[] = [];
	const flush = () => {
		if (run.length > 0) lines.push(...inlineText(run).split('\n'));
		run = [];
	};
	for (const child of children) {
		if (child.type === 'text' || child.type === 'hardBreak') run.push(child);
		else {
			flush();
			lines.push(...blockLines(child as Block));
		}
	}
	flush();
	return lines;
}

function listLines(items: readonly (Block | Inline)[], mark: (index: number) => string): string[] {
	return items.flatMap((item, index) => {
		const lines = item.type === 'text' ? [item.text ?? ''] : mixedLines((item as Block).content ?? []);
		const first = mark(index);
		return lines.map((line, n) => (n === 0 ? first + line : '  ' + line));
	});
}

function inlineText(nodes: readonly (Block | Inline)[], code = false): string {
	return nodes
		.map((node) => {
			if (node.type === 'hardBreak') return '\n';
			if (node.type !== 'text') return '';
			const { text = '', marks = [] } = node;
			// a mark around spaces alone, or across a line, would not be read again as one
			return code || text.trim() === '' || text.includes('\n') ? text : marked(text, marks);
		})
		.join('');
}

function marked(text: string, marks: readonly Mark[]): string {
	const [, before, words, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text)!;
	let inner = words!;
	for (const mark of marks) {
		if (mark.type === 'code') inner = '`' + inner + '`';
		else if (mark.type === 'bold') inner = `**${inner}**`;
		else if (mark.type === 'italic') inner = `*${inner}*`;
		else if (mark.type === 'strike') inner = `~~${inner}~~`;
		else if (mark.type === 'link' && mark.attrs) inner = `[${inner}](${mark.attrs.href})`;
	}
	return `${before}${inner}${after}`;
}

/** Reads the text of a cell as a body: HTML where it is, otherwise lines with the Markdown above. Time grows with length only. */
export function bodyFromText(input: string): RichText {
	const text = plainText(input);
	if (looksLikeHtml(text)) return bodyFromHtml(text);
	const content: Block[] = [];
	const lines = text.split('\n');
	for (let i = 0; i < lines.length; i += 1) {
		const line = lines[i]!.trim();
		if (line === '') continue;
		if (line.startsWith('```')) {
			const end = lines.findIndex((other, n) => n > i && other.trim().startsWith('```'));
			if (end > i) {
				const code = lines.slice(i + 1, end).join('\n');
				content.push({ type: 'codeBlock', ...(code !== '' && { content: [{ type: 'text', text: code }] }) });
				i = end;
				continue;
			}
		}
		const heading = /^(#{1,4}) (.+)$/.exec(line);
		const item = /^(?:([-*•‣▪–]) |(\d{1,4})[.)] )(.+)$/.exec(line);
		const quote = /^> ?(.+)$/.exec(line);
		if (/^-{3,}$/.test(line)) content.push({ type: 'horizontalRule' });
		else if (heading) {
			content.push({
				type: 'heading',
				attrs: { level: heading[1]!.length },
				content: readInline(heading[2]!)
			});
		} else if (item) {
			addItem(content, item[2] === undefined ? null : Number(item[2]), readInline(item[3]!));
		} else if (quote) addQuote(content, readInline(quote[1]!));
		else content.push({ type: 'paragraph', content: readInline(line) });
	}
	return { type: 'doc', content };
}

/** Continues the list before it, or begins one. */
function addItem(content: Block[], number: number | null, inline: Inline[]): void {
	const item: Block = { type: 'listItem', content: [{ type: 'paragraph', content: inline }] };
	const type = number === null ? 'bulletList' : 'orderedList';
	const last = content.at(-1);
	if (last?.type === type) last.content!.push(item);
	else content.push({ type, ...(number !== null && { attrs: { start: number } }), content: [item] });
}

function addQuote(content: Block[], inline: Inline[]): void {
	const paragraph: Block = { type: 'paragraph', content: inline };
	const last = content.at(-1);
	if (last?.type === 'blockquote') last.content!.push(paragraph);
	else content.push({ type: 'blockquote', content: [paragraph] });
}

/** A mark needs words at both ends, so that `2 * 3 * 4` and file names stay what they are. */
const inlineMark =
	/\*\*(?=\S)([^*\n]{1,2000}?\S|\S)\*\*|(?<![\w*])\*(?=[^\s*])([^*\n]{1,2000}?)(?<=\S)\*(?![\w*])|~~(?=\S)([^~\n]{1,2000})~~|`([^`\n]{1,2000})`|\[([^\][\n]{1,500})\]\(([^()\s]{1,2000})\)/g;

function readInline(line: string): Inline[] {
	const nodes: Inline[] = [];
	const put = (text: string, mark?: Mark) => {
		if (text !== '') nodes.push({ type: 'text', text, ...(mark && { marks: [mark] }) });
	};
	let from = 0;
	// a paragraph with thousands of asterisks is no formatted text
	const matches = (line.match(/[*~`[]/g)?.length ?? 0) > 400 ? [] : line.matchAll(inlineMark);
	for (const match of matches) {
		const [whole, bold, italic, strike, code, linkText, href] = match;
		put(line.slice(from, match.index));
		from = match.index + whole.length;
		if (bold !== undefined) put(bold, { type: 'bold' });
		else if (italic !== undefined) put(italic, { type: 'italic' });
		else if (strike !== undefined) put(strike, { type: 'strike' });
		else if (code !== undefined) put(code, { type: 'code' });
		else if (isSafeLink(href!)) put(linkText!, { type: 'link', attrs: { href: href! } });
		else put(whole);
	}
	put(line.slice(from));
	return nodes;
}
