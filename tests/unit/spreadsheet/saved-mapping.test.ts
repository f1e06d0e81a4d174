import { describe, expect, it } from 'vitest';
import { proposeMapping } from '#lib/exercise/inject/spreadsheet/headings.ts';
import {
	fitOf,
	fitting,
	goodFit,
	mappingToSave,
	savedMappingSchema,
	withMapping
} from '#lib/exercise/inject/spreadsheet/saved-mapping.ts';

const headings = ['Nr', 'Was', 'Wann', 'Wer', 'Quelle'];
const reading = {
	columns: ['reference', 'title', 'time', 'to', 'controllerNotes'] as const,
	dateOrder: 'mdy' as const,
	bareTimes: 'elapsed' as const
};
const kept = mappingToSave(headings, { ...reading, columns: [...reading.columns] })!;

describe('a kept mapping', () => {
	it('is kept by headings and finds them again wherever they stand', () => {
		expect(savedMappingSchema.parse(kept)).toEqual(kept);
		const proposal = proposeMapping({
			name: '',
			rows: [
				['Title', 'wann', 'QUELLE', 'Nr.', 'New'],
				['a', 'b', 'c', 'd', 'e']
			]
		});
		const file = { ...proposal, headings: ['Title', 'wann', 'QUELLE', 'Nr.', 'New'] };
		expect(withMapping(kept, file)).toEqual(['title', 'time', 'controllerNotes', 'reference', 'otherFields']);
	});

	it('gives a target to one column only, where only one can have it', () => {
		const proposal = {
			...proposeMapping({ name: '', rows: [] }),
			columns: ['reference', 'reference'] as const
		};
		const file = { ...proposal, columns: [...proposal.columns], headings: ['ID', 'Nr'] };
		expect(withMapping(kept, file)).toEqual(['ignore', 'reference']);
	});

	it('is proposed where most headings are the same, the best first', () => {
		const other = mappingToSave(['Nr', 'Else'], { ...reading, columns: ['reference', 'ignore'] })!;
		const named = [
			{ id: '1', name: 'Other', mapping: other },
			{ id: '2', name: 'Ours', mapping: kept }
		];
		expect(fitting(named, headings).map(({ name }) => name)).toEqual(['Ours', 'Other']);
		expect(fitOf(kept, headings)).toBe(1);
		expect(fitOf(other, headings)).toBeLessThan(goodFit);
		expect(fitting(named, ['Nothing', 'of', 'this'])).toEqual([]);
	});

	it('cannot be made of a file without headings', () => {
		expect(mappingToSave(['', ''], { ...reading, columns: ['title', 'body'] })).toBeNull();
	});
});
