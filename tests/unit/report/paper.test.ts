import { describe, expect, it } from 'vitest';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { writeDocxPaper } from '#server/exchange/paper/docx.ts';
import type { Paper } from '#server/exchange/paper/paper.ts';
import { writePdfPaper } from '#server/exchange/paper/pdf.ts';
import { spansOfLines } from '#server/exchange/paper/sheet.ts';
import { unzip, wordsOf, xmlProblem } from '../../integration/review/unzip.ts';
import { pdfPages } from '../../support/pdf-words.ts';

const paper: Paper = {
	space: 'exercise',
	exercise: 'Slack Water',
	tlp: 'amber_strict',
	kind: 'Situation report 3',
	title: 'Ports at a standstill: 3.',
	about: [
		{ label: 'From', text: 'GR CSIRT, Greece' },
		{ label: 'As of', text: 'D1 10:40 · 10 Jun 2026, 10:40 CEST' }
	],
	parts: [
		{ is: 'heading', text: 'Summary' },
		{ is: 'text', text: richTextFromText('Δύο λιμάνια στέκονται. Żółty alarm: 400 < 500 & more.') },
		{
			is: 'table',
			columns: [
				{ title: 'Country', share: 1 },
				{ title: 'Users', share: 1 },
				{ title: 'Source', share: 2 }
			],
			rows: Array.from({ length: 90 }, (_, i) => [
				`Country ${i}`,
				String(i * 10),
				'Port authority, as of D1 10:00'
			])
		},
		{ is: 'lines', lines: ['Close remote access', 'Call the neighbours'] },
		{ is: 'field', label: 'What happened', text: richTextFromText('x'.repeat(4000)) }
	],
	note: 'Taken out by Somebody.'
};

const bare = (text: string) => text.replace(/\s/g, '');

describe('a report on paper', () => {
	it('[P8] PDF: marking and label above and below every page, and every word', async () => {
		const pages = pdfPages(await writePdfPaper(paper));
		expect(pages.length).toBeGreaterThan(2);
		for (const [i, words] of pages.entries()) {
			const marked = words.split(bare('EXERCISE EXERCISE EXERCISE · TLP:AMBER+STRICT')).length - 1;
			expect([i, marked]).toEqual([i, 2]);
			expect(words).toContain(bare(`page ${i + 1} of ${pages.length}`));
		}
		const all = pages.join('');
		for (const text of [
			'Ports at a standstill: 3.',
			'D1 10:40',
			'Δύο λιμάνια',
			'Żółty alarm',
			'Country 89',
			'890',
			'Call the neighbours'
		])
			expect(all).toContain(bare(text));
		// a row stays on one page, and the table's head stands on each
		for (const words of pages.filter((one) => one.includes(bare('Port authority'))))
			expect(words).toContain('Source');
	});

	it('PDF: what is bold in a line is drawn bold, in lists as well, and nothing else of it', async () => {
		const bold = { type: 'bold' as const };
		const line = {
			type: 'paragraph' as const,
			content: [
				{ type: 'text' as const, text: 'Gates stay ' },
				{ type: 'text' as const, text: 'closed until noon', marks: [bold] },
				{ type: 'text' as const, text: ', says the harbour.' }
			]
		};
		const listed = {
			type: 'bulletList' as const,
			content: [
				{
					type: 'listItem' as const,
					content: [
						{
							type: 'paragraph' as const,
							content: [{ type: 'text' as const, text: 'Cranes', marks: [bold] }]
						}
					]
				}
			]
		};
		const bytes = await writePdfPaper({
			...paper,
			parts: [{ is: 'text', text: { type: 'doc', content: [line, listed] } }]
		});
		expect(pdfPages(bytes).join('')).toContain(bare('Gates stay closed until noon, says the harbour.'));
		const drawn = pdfPages(bytes, 'bold').join('');
		expect(drawn).toContain(bare('closed until noon'));
		expect(drawn).toContain('Cranes');
		expect(drawn).not.toContain('Gates');
		expect(drawn).not.toContain('harbour');
	});

	it('PDF: a line that breaks keeps what is bold with its words', () => {
		const spans = [
			{ text: 'one ', bold: false },
			{ text: 'two  three', bold: true },
			{ text: ', four', bold: false }
		];
		expect(spansOfLines(['one two', 'three, four'], spans)).toEqual([
			[
				{ text: 'one ', bold: false },
				{ text: 'two', bold: true }
			],
			[
				{ text: 'three', bold: true },
				{ text: ', four', bold: false }
			]
		]);
	});

	it('[P8] DOCX: marking and label in header and footer, sound XML, and every word', async () => {
		const files = await unzip(await writeDocxPaper(paper));
		for (const [name, text] of files)
			if (name.endsWith('.xml')) expect([name, xmlProblem(text)]).toEqual([name, null]);
		for (const part of ['header', 'footer']) {
			const edges = [...files].filter(([name]) => name.startsWith(`word/${part}`));
			expect(edges.length).toBeGreaterThan(0);
			for (const [, text] of edges) {
				expect(wordsOf(text)).toContain('EXERCISE EXERCISE EXERCISE');
				expect(wordsOf(text)).toContain('TLP:AMBER+STRICT');
			}
		}
		const words = wordsOf(files.get('word/document.xml')!);
		for (const text of ['Ports at a standstill: 3.', 'Δύο λιμάνια', 'Country 89', '400 < 500 & more'])
			expect(words).toContain(text);
	});
});
