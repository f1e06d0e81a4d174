import * as Y from 'yjs';
import { describe, expect, it } from 'vitest';
import { richTextFromText, textOfRichText, writeFragment } from '#lib/exercise/rich-text.ts';
import {
	addFinding,
	completeFindings,
	findingFingerprint,
	findingText,
	freezeFinding,
	mergeCards,
	mergeFindings,
	readFindings,
	reviewFindings,
	takeOutCard
} from '#lib/exercise/review/schema.ts';

function page(): Y.Doc {
	const doc = new Y.Doc();
	addFinding(doc, { id: 'b', kind: 'neutral', title: 'Second', cards: [] }, 'a1');
	addFinding(doc, { id: 'a', kind: 'area_for_improvement', title: 'First', cards: ['card-1'] }, 'a0');
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

	it('one made before findings had a kind has the one of its column', () => {
		const doc = page();
		const record = reviewFindings(doc).get('a')!;
		record.delete('kind');
		record.set('column', 'went-well');
		expect(readFindings(doc)[0]!.kind).toBe('strength');
		record.delete('cause');
		expect(freezeFinding(doc, 'a')!.cause).toEqual({ type: 'doc', content: [] });
		completeFindings(doc);
		expect(findingText(record, 'cause')).not.toBeNull();
	});

	it('merged into another: cards and texts go over, and the whole is a text of its own', () => {
		const doc = page();
		const [a, b] = ['a', 'b'].map((id) => reviewFindings(doc).get(id)!);
		writeFragment(findingText(a!)!, richTextFromText('Nobody had the number.'));
		writeFragment(findingText(a!, 'cause')!, richTextFromText('The list was old.'));
		writeFragment(findingText(b!)!, richTextFromText('The line was dead.'));
		const before = findingFingerprint(freezeFinding(doc, 'b')!);
		expect(mergeFindings(doc, 'a', 'nothing')).toBe(false);
		expect(mergeFindings(doc, 'a', 'a')).toBe(false);
		expect(mergeFindings(doc, 'a', 'b')).toBe(true);
		expect(cards(doc)).toEqual({ b: ['card-1'] });
		const merged = freezeFinding(doc, 'b')!;
		expect(textOfRichText(merged.text).trim()).toBe('The line was dead.\nNobody had the number.');
		expect(textOfRichText(merged.cause).trim()).toBe('The list was old.');
		expect(findingFingerprint(merged)).not.toBe(before);
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
		expect(read).toMatchObject({ kind: 'area_for_improvement', capability: '', tlp: 'amber', cards: [] });
		expect(read!.title).toHaveLength(300);
		mergeCards(doc, 'b', ['card-9']);
		takeOutCard(doc, 'odd', 'card-9');
		expect(cards(doc)['b']).toEqual(['card-9']);
	});
});
