import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
	cleanRichText,
	isEmptyRichText,
	isSafeLink,
	readFragment,
	richTextFromText,
	textOfRichText,
	writeFragment,
	type Block,
	type Inline,
	type Mark,
	type RichText
} from '#lib/exercise/rich-text.ts';

const doc = (...content: unknown[]) => ({ type: 'doc', content });
const paragraph = (...content: unknown[]) => ({ type: 'paragraph', content });
const words = (text: string, ...marks: unknown[]) => ({
	type: 'text',
	text,
	...(marks.length > 0 && { marks })
});
const link = (href: unknown) => ({ type: 'link', attrs: { href } });

/** Each type and mark that is in a value. */
function partsOf(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(partsOf);
	if (!value || typeof value !== 'object') return [];
	const { type, content, marks } = value as { type: string; content?: unknown; marks?: unknown };
	return [type, ...partsOf(content), ...partsOf(marks)];
}
const depthOf = (nodes: readonly unknown[]): number =>
	1 + Math.max(0, ...nodes.map((node) => depthOf((node as { content?: unknown[] }).content ?? [])));

const allowed = new Set(
	'doc paragraph heading bulletList orderedList listItem blockquote codeBlock horizontalRule text hardBreak bold italic underline strike code link'.split(
		' '
	)
);

describe('cleaning', () => {
	it('[R18] drops what is not on the list and keeps the words inside it', () => {
		const hostile = doc(
			{ type: 'script', content: [words('alert(1)')] },
			{ type: 'iframe', attrs: { src: 'https://evil.example' } },
			paragraph(words('kept', { type: 'bold' }, { type: 'onclick' }), { type: 'image', attrs: { src: 'x' } }),
			{ type: 'table', content: [{ type: 'tableRow', content: [paragraph(words('inside'))] }] }
		);
		expect(cleanRichText(hostile)).toEqual(
			doc(paragraph(words('kept', { type: 'bold' })), paragraph(words('inside')))
		);
	});

	it('[R18] keeps no attribute but a level, a start and a link', () => {
		const hostile = doc(
			{
				type: 'paragraph',
				attrs: { style: 'position:fixed', onload: 'x', class: 'x' },
				content: [words('a')]
			},
			{ type: 'heading', attrs: { level: 99, id: 'x' }, content: [words('b')] },
			{ type: 'orderedList', attrs: { start: '7', type: 'x' } },
			paragraph(
				words('c', { type: 'link', attrs: { href: 'https://enisa.europa.eu', target: '_top', onclick: 'x' } })
			)
		);
		expect(cleanRichText(hostile)).toEqual(
			doc(
				paragraph(words('a')),
				{ type: 'heading', attrs: { level: 4 }, content: [words('b')] },
				{ type: 'orderedList', attrs: { start: 7 } },
				paragraph(words('c', link('https://enisa.europa.eu')))
			)
		);
	});

	for (const href of [
		'javascript:alert(1)',
		'JaVaScRiPt:alert(1)',
		' javascript:alert(1)',
		'java\nscript:alert(1)',
		'\u0001javascript:alert(1)',
		'data:text/html,<script>alert(1)</script>',
		'vbscript:x',
		'file:///etc/passwd',
		'http://plain.example',
		'//evil.example',
		'/\\evil.example',
		'/\t/evil.example',
		'/\n/evil.example',
		'\\\\evil.example',
		'https:evil.example',
		'ftp://x',
		'',
		'relative',
		'#anchor',
		null,
		7,
		{ toString: 'https://x' },
		['https://x']
	])
		it(`[R18] ${JSON.stringify(href)} is no link; the words stay`, () => {
			expect(cleanRichText(doc(paragraph(words('here', link(href)))))).toEqual(doc(paragraph(words('here'))));
		});

	for (const href of [
		'https://enisa.europa.eu/a?b#c',
		'HTTPS://ENISA.EUROPA.EU',
		'mailto:desk@example.eu',
		'/exercises',
		'/'
	])
		it(`[R18] ${href} is a link`, () => {
			expect(isSafeLink(href)).toBe(true);
		});

	it('[R18] ends nesting where no person writes', () => {
		let deep: unknown = paragraph(words('bottom'));
		for (let i = 0; i < 10_000; i++) deep = { type: 'blockquote', content: [deep] };
		const cleaned = cleanRichText(doc(deep));
		expect(depthOf(cleaned.content)).toBeLessThan(25);
		let unknown: unknown = paragraph(words('bottom'));
		for (let i = 0; i < 10_000; i++) unknown = { type: 'nothing', content: [unknown] };
		expect(cleanRichText(doc(unknown))).toEqual(doc());
	});

	it('[R18] numbers out of bounds become numbers', () => {
		for (const value of [Infinity, -Infinity, NaN, 1e308, -5, 2.7, 'x', null, {}, 10n]) {
			const cleaned = cleanRichText(
				doc({ type: 'heading', attrs: { level: value } }, { type: 'orderedList', attrs: { start: value } })
			);
			const [heading, list] = cleaned.content;
			expect([1, 2, 3, 4]).toContain(heading!.attrs!.level);
			expect(Number.isSafeInteger(list!.attrs!.start)).toBe(true);
			expect(Math.abs(list!.attrs!.start!)).toBeLessThan(1e9);
		}
	});

	it('[R18] survives anything, and what it gives is clean', () => {
		const anything = fc.oneof(
			fc.anything(),
			fc.letrec((tie) => ({
				node: fc.record(
					{
						type: fc.oneof(fc.constantFrom(...allowed, 'script', '__proto__', 'constructor'), fc.anything()),
						text: fc.oneof(fc.string(), fc.anything()),
						attrs: fc.oneof(
							fc.dictionary(fc.constantFrom('level', 'start', 'href'), fc.anything()),
							fc.anything()
						),
						marks: fc.oneof(
							fc.array(fc.record({ type: fc.constantFrom(...allowed), attrs: fc.anything() })),
							fc.anything()
						),
						content: fc.oneof(
							{ depthSize: 'small' },
							fc.constant([]),
							fc.array(tie('node'), { maxLength: 3 })
						)
					},
					{ requiredKeys: [] }
				)
			})).node
		);
		fc.assert(
			fc.property(fc.array(anything, { maxLength: 4 }), (content) => {
				const cleaned = cleanRichText({ type: 'doc', content });
				for (const part of partsOf(cleaned)) expect(allowed.has(part)).toBe(true);
				expect(cleanRichText(cleaned)).toEqual(cleaned);
				expect(typeof textOfRichText(cleaned)).toBe('string');
			}),
			{ numRuns: 500 }
		);
		for (const value of [
			null,
			undefined,
			7,
			'text',
			[],
			{},
			{ type: 'paragraph' },
			{ type: 'doc' },
			{ type: 'doc', content: 7 }
		])
			expect(cleanRichText(value)).toEqual(doc());
	});
});

// --- the shared fragment ------------------------------------------------------------------------------------------------

function written(text: RichText): Y.XmlFragment {
	const fragment = new Y.Doc().getXmlFragment('text');
	writeFragment(fragment, text);
	return fragment;
}

const address = fc.nat(99).map((n) => `https://place${n}.example/?a=${n}&b#c`);
/** Text as an editor leaves it: neighbours differ in their marks, else they would be one text. */
const markArbitrary: fc.Arbitrary<Mark[]> = fc
	.subarray(['bold', 'italic', 'underline', 'strike', 'code'] as const)
	.chain((types) =>
		fc
			.option(address)
			.map((href) => [
				...types.map((type) => ({ type })),
				...(href === null ? [] : [{ type: 'link' as const, attrs: { href } }])
			])
	);
/** Letters of one and two units, joined and combining ones, and those that markup would mind. */
const letter = fc.constantFrom('a', 'Z', ' ', 'é', 'ß', 'Ж', '漢', '👩\u200d🚒', '\u0301', '<', '&', '"');
const inline: fc.Arbitrary<Inline[]> = fc
	.array(
		fc.oneof(
			{
				weight: 4,
				arbitrary: fc.record({
					text: fc.string({ minLength: 1, unit: letter, maxLength: 6 }),
					marks: markArbitrary
				})
			},
			{ weight: 1, arbitrary: fc.constant(null) }
		),
		{ maxLength: 5 }
	)
	.map((parts) => {
		const content: Inline[] = [];
		let before = '';
		for (const part of parts) {
			const marks = part ? JSON.stringify(part.marks) : '';
			if (part && marks === before) continue;
			before = part ? marks : '';
			content.push(
				part
					? { type: 'text', text: part.text, ...(part.marks.length > 0 && { marks: part.marks }) }
					: { type: 'hardBreak' }
			);
		}
		return content;
	});
const withContent = (block: Block, content: (Block | Inline)[]): Block =>
	content.length > 0 ? { ...block, content } : block;
const blocks = fc.letrec<{ block: Block; item: Block }>((tie) => ({
	item: fc
		.array(tie('block'), { maxLength: 2, depthIdentifier: 'block' })
		.map((content) => withContent({ type: 'listItem' }, content)),
	block: fc.oneof(
		{ depthSize: 'small', depthIdentifier: 'block', maxDepth: 4 },
		inline.map((content) => withContent({ type: 'paragraph' }, content)),
		fc
			.tuple(fc.integer({ min: 1, max: 4 }), inline)
			.map(([level, content]) => withContent({ type: 'heading', attrs: { level } }, content)),
		inline.map((content) => withContent({ type: 'codeBlock' }, content)),
		fc.constant<Block>({ type: 'horizontalRule' }),
		fc
			.array(tie('block'), { maxLength: 3, depthIdentifier: 'block' })
			.map((content) => withContent({ type: 'blockquote' }, content)),
		fc
			.array(tie('item'), { maxLength: 3, depthIdentifier: 'block' })
			.map((content) => withContent({ type: 'bulletList' }, content)),
		fc
			.tuple(
				fc.integer({ min: 1, max: 99 }),
				fc.array(tie('item'), { maxLength: 3, depthIdentifier: 'block' })
			)
			.map(([start, content]) => withContent({ type: 'orderedList', attrs: { start } }, content))
	)
}));
const text: fc.Arbitrary<RichText> = fc
	.array(blocks.block, { maxLength: 5 })
	.map((content) => ({ type: 'doc', content }));

/** Marks are a set: their order means nothing. */
const sorted = (value: RichText): unknown =>
	JSON.parse(JSON.stringify(value), (key, part: unknown) =>
		key === 'marks' ? [...(part as Mark[])].sort((a, b) => (a.type < b.type ? -1 : 1)) : part
	);

describe('the shared fragment', () => {
	it('[R1] holds exactly what was written: text, marks, lists, breaks', () => {
		fc.assert(
			fc.property(text, (value) => {
				expect(sorted(readFragment(written(value)))).toEqual(sorted(value));
			}),
			{ numRuns: 200 }
		);
	});

	it('[R1] reads the same at a peer as at home', () => {
		fc.assert(
			fc.property(text, (value) => {
				const fragment = written(value);
				const peer = new Y.Doc();
				Y.applyUpdate(peer, Y.encodeStateAsUpdate(fragment.doc!));
				expect(readFragment(peer.getXmlFragment('text'))).toEqual(readFragment(fragment));
			})
		);
	});

	it('replaces what was there', () => {
		const fragment = written(richTextFromText('old'));
		writeFragment(fragment, richTextFromText('new'));
		expect(textOfRichText(readFragment(fragment))).toBe('new');
	});

	it('reads a mark that the editor wrote with a hash behind its name', () => {
		const fragment = new Y.Doc().getXmlFragment('text');
		const element = new Y.XmlElement('paragraph');
		const part = new Y.XmlText();
		part.applyDelta([
			{ insert: 'here', attributes: { 'link--abc': { href: 'https://x.example' }, bold: null } }
		]);
		element.insert(0, [part]);
		fragment.insert(0, [element]);
		expect(readFragment(fragment)).toEqual(doc(paragraph(words('here', link('https://x.example')))));
	});

	it('[R18] is cleaned when read: elements, links and embeds of a hostile peer', () => {
		const fragment = new Y.Doc().getXmlFragment('text');
		const script = new Y.XmlElement('script');
		const part = new Y.XmlText();
		part.applyDelta([
			{ insert: 'words', attributes: { link: { href: 'javascript:alert(1)' }, onclick: 'x' } },
			{ insert: { image: 'x' } }
		]);
		script.insert(0, [part]);
		fragment.insert(0, [script, new Y.XmlHook('hook'), new Y.XmlText('bare')] as never[]);
		for (const type of partsOf(readFragment(fragment))) expect(allowed.has(type)).toBe(true);
		expect(JSON.stringify(readFragment(fragment))).not.toContain('javascript');
	});

	it('[P9] nested deeper than the stack is read without falling over', () => {
		const peer = new Y.Doc();
		const fragment = peer.getXmlFragment('text');
		let inside: Y.XmlFragment = fragment;
		peer.transact(() => {
			for (let i = 0; i < 20_000; i++) {
				const next = new Y.XmlElement('blockquote');
				inside.insert(0, [next]);
				inside = next;
			}
			inside.insert(0, [new Y.XmlText('bottom')]);
		});
		expect(depthOf(readFragment(fragment).content)).toBeLessThan(25);
	});
});

describe('plain words', () => {
	it('become paragraphs, and back', () => {
		expect(richTextFromText('one\r\n\r\n two \nthree\r')).toEqual(
			doc(paragraph(words('one')), paragraph(words('two')), paragraph(words('three')))
		);
		expect(textOfRichText(richTextFromText('one\ntwo'))).toBe('one\ntwo');
	});

	it('are read a line for each block', () => {
		const value = cleanRichText(
			doc(
				{ type: 'heading', attrs: { level: 2 }, content: [words('Head')] },
				{ type: 'bulletList', content: [{ type: 'listItem', content: [paragraph(words('a'), words('b'))] }] },
				paragraph(words('line'), { type: 'hardBreak' }, words('break'))
			)
		);
		expect(textOfRichText(value)).toBe('Head\nab\nline\nbreak');
	});

	it('of an empty text are none', () => {
		for (const value of ['', ' \n\t\n ']) expect(isEmptyRichText(richTextFromText(value))).toBe(true);
		expect(isEmptyRichText(cleanRichText(doc(paragraph(), { type: 'horizontalRule' })))).toBe(true);
		expect(isEmptyRichText(richTextFromText('a'))).toBe(false);
	});
});
