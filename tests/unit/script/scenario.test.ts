import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { writeFragment, richTextFromText, textOfRichText } from '#lib/exercise/rich-text.ts';
import {
	addItem,
	editItem,
	groundTruthOf,
	moveItem,
	narrativeOf,
	nextCode,
	nextColour,
	objectiveProblems,
	readOutline,
	readScenario,
	removeItem,
	scenarioLimits,
	setTitle,
	type Objective
} from '#lib/exercise/scenario/schema.ts';

function scenario() {
	const doc = new Y.Doc();
	setTitle(doc, ' Cyber Meridian ');
	addItem(doc, 'storylines', 'story_one', { name: 'Port', colour: 'teal', description: '' });
	addItem(doc, 'storylines', 'story_two', { name: 'Media', colour: 'pink', description: '' });
	addItem(doc, 'storylines', 'story_three', { name: 'Rail', colour: 'red', description: '' });
	return doc;
}
const names = (doc: Y.Doc) => readOutline(doc).storylines.map(({ name }) => name);

describe('the scenario page', () => {
	it('reads what was written', () => {
		const doc = scenario();
		writeFragment(narrativeOf(doc), richTextFromText('A supplier is breached.'));
		writeFragment(groundTruthOf(doc), richTextFromText('It was the update server.'));
		const read = readScenario(doc);
		expect(read.title).toBe('Cyber Meridian');
		expect(textOfRichText(read.narrative)).toBe('A supplier is breached.');
		expect(textOfRichText(read.groundTruth)).toBe('It was the update server.');
		expect(read.storylines[0]).toEqual({ id: 'story_one', name: 'Port', colour: 'teal', description: '' });
	});

	it('moves items one place, and stops at the ends', () => {
		const doc = scenario();
		moveItem(doc, 'storylines', 'story_three', -1);
		expect(names(doc)).toEqual(['Port', 'Rail', 'Media']);
		moveItem(doc, 'storylines', 'story_one', -1);
		expect(names(doc)).toEqual(['Port', 'Rail', 'Media']);
		moveItem(doc, 'storylines', 'story_one', 1);
		expect(names(doc)).toEqual(['Rail', 'Port', 'Media']);
		removeItem(doc, 'storylines', 'story_one');
		expect(names(doc)).toEqual(['Rail', 'Media']);
	});

	it('keeps what two people write in one item at the same moment', () => {
		const [a, b] = [scenario(), new Y.Doc()];
		Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
		editItem(a, 'storylines', 'story_one', { name: 'Harbour' });
		editItem(b, 'storylines', 'story_one', { description: 'Ransomware in the gate system' });
		Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
		Y.applyUpdate(a, Y.encodeStateAsUpdate(b));
		expect(readOutline(a)).toEqual(readOutline(b));
		expect(readOutline(a).storylines[0]).toMatchObject({
			name: 'Harbour',
			description: 'Ransomware in the gate system'
		});
	});

	it('gives a hostile page its defaults', () => {
		const doc = scenario();
		doc.getMap('head').set('title', { toString: 'x' });
		(doc.getMap('storylines') as Y.Map<unknown>).set('junk', 7);
		editItem(doc, 'storylines', 'story_one', { colour: 'javascript:' as never, name: 'x'.repeat(9000) });
		(doc.getMap('storylines').get('story_two') as Y.Map<unknown>).set('order', { no: 'key' });
		const { title, storylines } = readOutline(doc);
		expect(title).toBe('');
		expect(storylines).toHaveLength(3);
		expect(storylines.find(({ id }) => id === 'story_one')).toMatchObject({ colour: 'blue', name: '' });
		moveItem(doc, 'storylines', 'story_two', 1);
		expect(readOutline(doc).storylines).toHaveLength(3);
	});

	it('stops at the limit of the list', () => {
		const doc = new Y.Doc();
		for (let i = 0; i < scenarioLimits.storylines; i++)
			expect(addItem(doc, 'storylines', `story_${i}`, { name: `${i}` })).toBe(true);
		expect(addItem(doc, 'storylines', 'one_more', { name: 'no' })).toBe(false);
	});

	it('proposes the next code and a free colour', () => {
		expect(nextCode([])).toBe('OBJ-1');
		const doc = scenario();
		addItem(doc, 'objectives', 'obj_a', { code: 'OBJ-7' });
		expect(nextCode(readOutline(doc).objectives)).toBe('OBJ-8');
		expect(nextColour(readOutline(doc).storylines)).toBe('blue');
	});

	it('says what an objective lacks', () => {
		const whole: Objective = {
			id: 'a',
			code: 'OBJ-1',
			text: 'Send the early warning',
			capability: 'Reporting',
			measure: 'sent and complete',
			deadline: '24 h'
		};
		expect(objectiveProblems(whole, [whole])).toEqual([]);
		expect(objectiveProblems({ ...whole, measure: ' ', deadline: '' }, [whole])).toEqual([
			'no-measure',
			'no-deadline'
		]);
		expect(objectiveProblems(whole, [whole, { ...whole, id: 'b', code: 'obj-1 ' }])).toEqual(['same-code']);
	});
});
