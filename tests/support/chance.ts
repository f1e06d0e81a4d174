import { randomInt } from 'node:crypto';

/** Numbers that look random and come again with the same seed. `SEED` in the environment repeats a run. */
export function chance(): { seed: number; next: () => number; below: (limit: number) => number } {
	const seed = Number(process.env['SEED'] ?? randomInt(1, 2 ** 31));
	console.log(`seed ${seed} (SEED=${seed} repeats this run)`);
	let state = seed >>> 0;
	const next = () => {
		// mulberry32
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
	return { seed, next, below: (limit) => Math.floor(next() * limit) };
}
