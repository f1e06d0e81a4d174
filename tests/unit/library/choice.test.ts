import { describe, expect, it } from 'vitest';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import { chosenIn, proposalFor, saveAddress } from '#lib/exercise/library/choice.ts';

const exercise = 'exercise_00001' as ExerciseId;
const ids = ['inject_000000001', 'inject-000000002'];

describe('a choice on its way to the library', () => {
	it('names the script in the address, and the injects where no server reads them', () => {
		const url = new URL(saveAddress(exercise, 'GR', ids), 'http://muster.example');
		expect(url.searchParams.get('script')).toBe('exercise_00001/GR');
		expect(url.href.split('#')[0]).not.toMatch(/inject/);
		expect(chosenIn(url.hash)).toEqual(ids);
	});

	it('takes a whole kit of the largest size', () => {
		const many = Array.from({ length: 500 }, (_, i) => `inject_${String(i).padStart(15, '0')}`);
		expect(chosenIn(new URL(saveAddress(exercise, 'central', many), 'http://muster.example').hash)).toEqual(
			many
		);
	});

	it('takes nothing that is no id, and nothing twice', () => {
		expect(chosenIn('')).toEqual([]);
		expect(chosenIn('#')).toEqual([]);
		expect(chosenIn(`#${ids[0]},<script>,${ids[0]},x,${ids[1]}`)).toEqual(ids);
	});

	it('proposes title and label of one, the strictest label of several, and never RED', () => {
		expect(proposalFor([{ title: 'Cranes', tlp: 'green' }])).toEqual({
			kind: 'inject',
			title: 'Cranes',
			tlp: 'green'
		});
		const two = [
			{ title: 'A', tlp: 'clear' as const },
			{ title: 'B', tlp: 'amber_strict' as const }
		];
		expect(proposalFor(two)).toEqual({ kind: 'kit', title: '', tlp: 'amber_strict' });
		expect(proposalFor([...two, { title: 'C', tlp: 'red' }]).tlp).toBe('amber_strict');
		expect(proposalFor([])).toEqual({ kind: 'kit', title: '', tlp: 'amber' });
	});
});
