import { describe, expect, it } from 'vitest';
import { wordsDiff } from '#lib/exercise/inject/words-diff.ts';
import type { WordsPart } from '#lib/exercise/inject/words-diff.ts';

const of = (parts: readonly WordsPart[], other: 'removed' | 'added') =>
	parts
		.filter(({ kind }) => kind === 'same' || kind === other)
		.map(({ text }) => text)
		.join('');

describe('words that differ between two texts', () => {
	it('names the one word that changed', () => {
		expect(wordsDiff('The port is closed today.', 'The port is open today.')).toEqual([
			{ kind: 'same', text: 'The port is ' },
			{ kind: 'removed', text: 'closed' },
			{ kind: 'added', text: 'open' },
			{ kind: 'same', text: ' today.' }
		]);
	});

	it('finds words that were only added or only removed', () => {
		expect(wordsDiff('a c', 'a b c').map(({ kind }) => kind)).toEqual(['same', 'added', 'same']);
		expect(wordsDiff('a b c', 'a c').map(({ kind }) => kind)).toEqual(['same', 'removed', 'same']);
	});

	it('keeps letters with marks and other scripts as words', () => {
		expect(wordsDiff('Énergie coupée', 'Énergie coupé')).toContainEqual({ kind: 'removed', text: 'coupée' });
		expect(wordsDiff('Ελλάδα χθες', 'Ελλάδα σήμερα')).toContainEqual({ kind: 'added', text: 'σήμερα' });
	});

	it('says nothing of two empty texts and all of one', () => {
		expect(wordsDiff('', '')).toEqual([]);
		expect(wordsDiff('', 'new')).toEqual([{ kind: 'added', text: 'new' }]);
		expect(wordsDiff('old', '')).toEqual([{ kind: 'removed', text: 'old' }]);
	});

	it('gives both texts back to the letter, also where they are too long to compare', () => {
		const long = (word: string) => Array.from({ length: 3_000 }, (_, n) => `${word}${n}`).join(' ');
		for (const [before, after] of [
			['one, two\n\nthree!', 'two - three? one'],
			['x  y', 'x y '],
			[`same ${long('a')} end`, `same ${long('b')} end`]
		] as const) {
			const parts = wordsDiff(before, after);
			expect(of(parts, 'removed')).toBe(before);
			expect(of(parts, 'added')).toBe(after);
		}
		expect(wordsDiff(`same ${long('a')} end`, `same ${long('b')} end`)).toHaveLength(4);
	});
});
