import { describe, expect, it } from 'vitest';
import { writePdf } from '#server/readiness/kit/pdf.ts';
import { textOfPdf } from '../../support/pdf-text.ts';

/* Whoever runs the exercise from the PDF looks for an inject by its words: all that is drawn must be found and copied. */

const written = async (title: string, text: string) =>
	textOfPdf(
		await writePdf({
			marking: 'EXERCISE · TLP:AMBER',
			title: 'Plan',
			about: [],
			words: { contents: 'Contents', page: 'page', of: 'of' },
			injects: [{ time: 'D1 10:42', reference: 'CM-001', title, fields: [{ label: 'Text', text }] }]
		})
	);

describe('the text in the PDF of the run-by-hand kit', () => {
	it('has each letter that is also a part of others, whichever comes first', async () => {
		// the A in Ä, the dot in the marks, ι in ΐ, к in ќ, г in ґ
		const text = await written('Ärger! Åland? ΐ ќ ґ', 'A dot. ι к г Alpha, beta; i and j.');
		expect(text).toContain('Ärger! Åland? ');
		for (const word of ['A dot. ', 'ι', 'к', 'г', 'Alpha, beta; i and j.']) expect(text).toContain(word);
	});

	it('has Latin, Greek and Cyrillic as they were written', async () => {
		const sentences = [
			'Planners’ “gates” stay shut – ČŠŽ łőű țş ßøæ 0123456789',
			'Οι πύλες μένουν κλειστές ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ',
			'Портът не отговаря АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЮЯ'
		];
		const text = await written('Terminal', sentences.join('\n'));
		// a sentence may be drawn in several fonts, word by word
		for (const word of sentences.join(' ').split(' ')) expect(text).toContain(word);
	});
});
