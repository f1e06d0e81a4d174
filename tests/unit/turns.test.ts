import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurns } from '#server/turns.ts';

it('lets so many act at once, the others in the order in which they came; another exercise does not wait', async () => {
	const inTurn = createTurns(2);
	const begun: string[] = [];
	const ends = new Map<string, (problem?: Error) => void>();
	const act = (exercise: string, name: string) =>
		inTurn(exercise, () => {
			begun.push(name);
			return new Promise<string>((resolve, reject) =>
				ends.set(name, (problem) => (problem ? reject(problem) : resolve(name)))
			);
		});
	const acts = ['a', 'b', 'c', 'd'].map((name) => act('one', name));
	const other = act('two', 'x');
	await wait(0);
	expect(begun).toEqual(['a', 'b', 'x']);
	ends.get('b')!(new Error('refused'));
	await expect(acts[1]).rejects.toThrow('refused');
	expect(begun).toEqual(['a', 'b', 'x', 'c']);
	ends.get('a')!();
	await acts[0];
	expect(begun.at(-1)).toBe('d');
	for (const name of ['c', 'd', 'x']) ends.get(name)!();
	expect(await Promise.all([acts[2], acts[3], other])).toEqual(['c', 'd', 'x']);
	// nobody is left behind
	const again = act('one', 'e');
	await wait(0);
	ends.get('e')!();
	expect(await again).toBe('e');
});
