import { expect, it } from 'vitest';
import { createSharedRead, createSharedReads } from '#server/shared-read.ts';

/** A read that ends when it is told to. */
function reads() {
	const open: (() => void)[] = [];
	let begun = 0;
	return {
		read: () =>
			new Promise<number>((resolve) =>
				open.push(
					(
						(mine) => () =>
							resolve(mine)
					)(++begun)
				)
			),
		get begun() {
			return begun;
		},
		end: () => open.shift()!()
	};
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

it('all who ask before a reading begins get the same one', async () => {
	const source = reads();
	const ask = createSharedRead(source.read, 0);
	const all = [ask(), ask(), ask()];
	await settled();
	source.end();
	expect(await Promise.all(all)).toEqual([1, 1, 1]);
});

it('nobody gets what was read before they asked', async () => {
	const source = reads();
	const ask = createSharedRead(source.read, 0);
	const first = ask();
	await settled();
	// the first is under way: these wait for one that begins after it
	const later = [ask(), ask()];
	await settled();
	expect(source.begun).toBe(1);
	source.end();
	await settled();
	source.end();
	expect([await first, ...(await Promise.all(later))]).toEqual([1, 2, 2]);
});

it('a reading that fails is the failure of those who waited for it, and of nobody else', async () => {
	let times = 0;
	const ask = createSharedRead(async () => {
		if (++times === 1) throw new Error('away');
		return times;
	}, 0);
	await expect(ask()).rejects.toThrow('away');
	expect(await ask()).toBe(2);
});

it('what is kept apart by a key is read apart', async () => {
	const shared = createSharedReads<string>(0);
	const ask = (key: string) => shared(key, () => () => Promise.resolve(`of ${key}`));
	expect(await Promise.all([ask('GR'), ask('FR'), ask('GR')])).toEqual(['of GR', 'of FR', 'of GR']);
});
