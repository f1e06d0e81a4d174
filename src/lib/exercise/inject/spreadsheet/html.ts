import {
	cleanRichText,
	isSafeLink,
	type Block,
	type Inline,
	type Mark,
	type RichText
} from '../../rich-text.ts';

/*
 * HTML in cells, as platforms export it. Only structure and plain marks are taken over; scripts, styles and attributes
 * other than a safe `href` are dropped, and the result passes the same allow-list as everything else (PROMISES R18).
 */

const known =
	/<\/?(?:p|br|div|span|b|strong|i|em|u|s|del|a|ul|ol|li|h[1-6]|table|tbody|thead|tr|td|th|font|blockquote|pre|code|hr|img|script|style|html|body)(?:\s[^<>]*)?\/?>/i;

/** True only for tags that people and programs write; `a < b` and `<name of bank>` are text. */
export function looksLikeHtml(text: string): boolean {
	return text.includes('<') && known.test(text);
}

const markTags = new Map(
	Object.entries<Mark['type']>({
		b: 'bold',
		strong: 'bold',
		i: 'italic',
		em: 'italic',
		u: 'underline',
		s: 'strike',
		del: 'strike',
		code: 'code'
	})
);
/** Their content is never text. */
const silent = new Set(['script', 'style', 'head', 'title', 'template']);

export function bodyFromHtml(html: string): RichText {
	const content: Block[] = [];
	/** the list being written, innermost last; nesting is flattened to one level */
	let list: Block | null = null;
	let inItem = false;
	let line: Inline[] = [];
	let heading = 0;
	let marks: Mark[] = [];
	let quiet: string | null = null;

	const flush = () => {
		const inline = trimmed(line);
		line = [];
		if (inline.length === 0) return;
		if (list && inItem) {
			list.content!.push({ type: 'listItem', content: [{ type: 'paragraph', content: inline }] });
			inItem = false;
		} else if (heading > 0)
			content.push({ type: 'heading', attrs: { level: Math.min(heading, 4) }, content: inline });
		else content.push({ type: 'paragraph', content: inline });
	};
	const text = (raw: string) => {
		const words = decodeEntities(raw).replace(/\s+/g, ' ');
		if (quiet === null && words !== '')
			line.push({ type: 'text', text: words, ...(marks.length > 0 && { marks: [...marks] }) });
	};

	let at = 0;
	while (at < html.length) {
		const open = html.indexOf('<', at);
		const close = open < 0 ? -1 : html.indexOf('>', open);
		if (open < 0 || close < 0) {
			text(html.slice(at));
			break;
		}
		const tag = /^<(\/?)([a-z][a-z0-9]*)\b/i.exec(html.slice(open, open + 20));
		if (!tag && !html.startsWith('<!', open)) {
			text(html.slice(at, open + 1));
			at = open + 1;
			continue;
		}
		text(html.slice(at, open));
		at = close + 1;
		if (!tag) {
			if (html.startsWith('<!--', open)) {
				const end = html.indexOf('-->', open);
				at = end < 0 ? html.length : end + 3;
			}
			continue;
		}
		const name = tag[2]!.toLowerCase();
		const closing = tag[1] === '/';
		if (quiet !== null) {
			if (closing && name === quiet) quiet = null;
			continue;
		}
		if (silent.has(name)) {
			if (!closing) quiet = name;
		} else if (markTags.has(name)) {
			const type = markTags.get(name)!;
			marks = marks.filter((mark) => mark.type !== type);
			if (!closing) marks.push({ type });
		} else if (name === 'a') {
			marks = marks.filter((mark) => mark.type !== 'link');
			const href = closing
				? undefined
				: /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(html.slice(open, close));
			const target = decodeEntities((href?.[1] ?? href?.[2] ?? href?.[3] ?? '').trim());
			if (isSafeLink(target)) marks.push({ type: 'link', attrs: { href: target } });
		} else if (name === 'br') flush();
		else if (name === 'hr') {
			flush();
			content.push({ type: 'horizontalRule' });
		} else if (name === 'ul' || name === 'ol') {
			flush();
			if (closing) {
				if (list && list.content!.length > 0) content.push(list);
				list = null;
			} else
				list ??= {
					type: name === 'ul' ? 'bulletList' : 'orderedList',
					...(name === 'ol' && { attrs: { start: 1 } }),
					content: []
				};
			inItem = false;
		} else if (name === 'li') {
			flush();
			inItem = !closing && list !== null;
		} else if (name === 'td' || name === 'th') {
			if (closing) line.push({ type: 'text', text: ' ' });
		} else if (/^h[1-6]$/.test(name)) {
			flush();
			heading = closing ? 0 : Number(name[1]);
		} else if (!['span', 'font', 'img', 'tbody', 'thead'].includes(name)) flush();
	}
	flush();
	if (list && list.content!.length > 0) content.push(list);
	return cleanRichText({ type: 'doc', content });
}

/** Without spaces at both ends. */
function trimmed(line: readonly Inline[]): Inline[] {
	const inline = line.map((node) => ({ ...node }));
	while (inline[0] && (inline[0].text = inline[0].text!.trimStart()) === '') inline.shift();
	for (let last = inline.at(-1); last; last = inline.at(-1)) {
		last.text = last.text!.trimEnd();
		if (last.text !== '') break;
		inline.pop();
	}
	return inline;
}

const entities = new Map(
	Object.entries<string>({
		amp: '&',
		lt: '<',
		gt: '>',
		quot: '"',
		apos: "'",
		nbsp: ' ',
		ndash: '–',
		mdash: '—',
		hellip: '…',
		bull: '•',
		rsquo: '’',
		lsquo: '‘',
		rdquo: '”',
		ldquo: '“',
		eacute: 'é',
		egrave: 'è',
		agrave: 'à',
		ccedil: 'ç',
		auml: 'ä',
		ouml: 'ö',
		uuml: 'ü',
		szlig: 'ß',
		ntilde: 'ñ',
		euro: '€'
	})
);

function decodeEntities(text: string): string {
	return text.replace(
		/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi,
		(whole, decimal?: string, hex?: string, name?: string) => {
			if (name !== undefined) return entities.get(name.toLowerCase()) ?? whole;
			const code = decimal === undefined ? parseInt(hex!, 16) : Number(decimal);
			return code > 31 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
				? String.fromCodePoint(code)
				: whole;
		}
	);
}
