import * as Y from 'yjs';
import { describe, expect, it } from 'vitest';
import {
	addFinding,
	mergeCards,
	readFindings,
	reviewFindings,
	takeOutCard
} from '#lib/exercise/review/schema.ts';

function page(): Y.Doc {
	const doc = new Y.Doc();
	addFinding(doc, { id: 'b', column: 'change', title: 'Second', cards: [] }, 'a1');
	addFinding(doc, { id: 'a', column: 'did-not', title: 'First', cards: ['card-1'] }, 'a0');
	return doc;
}
const cards = (doc: Y.Doc) => Object.fromEntries(readFindings(doc).map((one) => [one.id, one.cards]));

describe('findings of the review page', () => {
	it('stand in their order, with their cards', () => {
		expect(readFindings(page()).map(({ title, cards }) => [title, cards])).toEqual([
			['First', ['card-1']],
			['Second', []]
		]);
	});

	it('a card is in one finding: merging it elsewhere moves it; it can be taken out', () => {
		const doc = page();
		mergeCards(doc, 'b', ['card-1', 'card-2']);
		expect(cards(doc)).toEqual({ a: [], b: ['card-1', 'card-2'] });
		takeOutCard(doc, 'b', 'card-1');
		expect(cards(doc)).toEqual({ a: [], b: ['card-2'] });
	});

	it('two people who merge into one finding at the same moment both keep their cards', () => {
		const here = page();
		const there = new Y.Doc();
		Y.applyUpdate(there, Y.encodeStateAsUpdate(here));
		mergeCards(here, 'b', ['card-2']);
		mergeCards(there, 'b', ['card-3']);
		Y.applyUpdate(here, Y.encodeStateAsUpdate(there));
		Y.applyUpdate(there, Y.encodeStateAsUpdate(here));
		expect(new Set(cards(here)['b'])).toEqual(new Set(['card-2', 'card-3']));
		expect(cards(there)).toEqual(cards(here));
	});

	it('reads a hostile page without throwing', () => {
		const doc = page();
		const map = reviewFindings(doc) as Y.Map<unknown>;
		map.set('plain', 'no record');
		const odd = new Y.Map<unknown>();
		map.set('odd', odd);
		odd.set('column', 'secret');
		odd.set('cards', 7);
		odd.set('title', 'x'.repeat(9999));
		const read = readFindings(doc).find((one) => one.id === 'odd');
		expect(read).toMatchObject({ column: 'change', cards: [] });
		expect(read!.title).toHaveLength(300);
		mergeCards(doc, 'b', ['card-9']);
		takeOutCard(doc, 'odd', 'card-9');
		expect(cards(doc)['b']).toEqual(['card-9']);
	});
});
