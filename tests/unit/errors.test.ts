import { expect, test } from 'vitest';
import { AppError } from '#lib/errors.ts';

test('an error of the other copy of this module is known as one', async () => {
	const copy = '../../src/lib/errors.ts?copy';
	const other = (await import(/* @vite-ignore */ copy)) as typeof import('#lib/errors.ts');
	expect(other.AppError).not.toBe(AppError);
	expect(new other.AppError('stale', 'Somebody was faster.')).toBeInstanceOf(AppError);
});

test('other errors and values are not', () => {
	for (const value of [new Error('no'), null, undefined, 'stale', { code: 'stale' }]) {
		expect(value instanceof AppError).toBe(false);
	}
});
