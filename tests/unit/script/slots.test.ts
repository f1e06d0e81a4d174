import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/routes/exercises/[exercise]/script/[cell]/slots.ts';

describe('rows that are drawn by a few components', () => {
	it('keeps the component of a row that stays, and gives those of rows that left to new ones', () => {
		const slots = new Slots();
		const first = slots.assign(['a', 'b', 'c']);
		const second = slots.assign(['b', 'c', 'd']);
		expect(second.get('b')).toBe(first.get('b'));
		expect(second.get('c')).toBe(first.get('c'));
		expect(second.get('d')).toBe(first.get('a'));
	});

	it('never draws two rows with one component, whatever is scrolled', () => {
		const slots = new Slots();
		const ids = Array.from({ length: 500 }, (_, i) => `row${i}`);
		let highest = 0;
		for (const from of [0, 5, 200, 10, 480, 0]) {
			// a window, and a row elsewhere that has the focus
			const shown = [...new Set(['row7', ...ids.slice(from, from + 30)])];
			const assigned = slots.assign(shown);
			expect(new Set(assigned.values()).size).toBe(shown.length);
			highest = Math.max(highest, ...assigned.values());
		}
		expect(highest).toBeLessThan(62);
	});
});
