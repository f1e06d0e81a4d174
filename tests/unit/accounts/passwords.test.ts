import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { AppError } from '#lib/errors.ts';
import { createPasswords, passwordProblem } from '#server/accounts/passwords.ts';

const right = 'correct horse battery';
const compare = (passwords: ReturnType<typeof createPasswords>, stored: string | null, given: string) =>
	passwords.inTurn((matches) => matches(stored, given));

test('[R19] argon2id with the parameters we promise', async () => {
	const passwords = createPasswords();
	const stored = await passwords.hash(right);
	expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
	expect(await compare(passwords, stored, right)).toBe(true);
	expect(await compare(passwords, stored, `${right}x`)).toBe(false);
});

test('[R19] [L23] a password has 12 to 256 bytes, in any script', async () => {
	expect(passwordProblem('elevenchars')).toMatch(/at least 12/);
	expect(passwordProblem('κωδικός')).toBeNull();
	expect(passwordProblem('a'.repeat(256))).toBeNull();
	expect(passwordProblem('a'.repeat(257))).toMatch(/at most 256/);
	await expect(createPasswords().hash('short')).rejects.toMatchObject({ code: 'invalid' });
});

test('the same password typed with composed or separate accents is the same', async () => {
	const passwords = createPasswords();
	const stored = await passwords.hash('crème brûlée 2026'.normalize('NFD'));
	expect(await compare(passwords, stored, 'crème brûlée 2026'.normalize('NFC'))).toBe(true);
});

test('a longer text than any password does not match its beginning', async () => {
	const passwords = createPasswords();
	const stored = await passwords.hash('a'.repeat(256));
	expect(await compare(passwords, stored, 'a'.repeat(256))).toBe(true);
	expect(await compare(passwords, stored, 'a'.repeat(257))).toBe(false);
	expect(await compare(passwords, stored, 'a'.repeat(100_000))).toBe(false);
});

test('[R19] no account takes the work of an account, and never matches', async () => {
	const passwords = createPasswords();
	const stored = await passwords.hash(right);
	expect(await compare(passwords, null, 'there is no such account')).toBe(false);
	// the shortest of several, in turn, so that a busy machine slows both
	const shortest = { known: Infinity, unknown: Infinity };
	for (let i = 0; i < 8; i++)
		for (const which of ['known', 'unknown'] as const) {
			const start = performance.now();
			await compare(passwords, which === 'known' ? stored : null, 'something else entirely');
			shortest[which] = Math.min(shortest[which], performance.now() - start);
		}
	expect(shortest.unknown).toBeGreaterThan(shortest.known * 0.6);
});

test('[R19] at most two at once; who comes when the line is full is told to come again', async () => {
	const passwords = createPasswords({ atOnce: 2, waiting: 3 });
	let running = 0;
	let most = 0;
	const work = () =>
		passwords.inTurn(async () => {
			most = Math.max(most, ++running);
			await wait(5);
			running--;
		});
	const all = await Promise.allSettled(Array.from({ length: 8 }, work));
	expect(most).toBe(2);
	expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(5);
	expect(all.flatMap((one) => (one.status === 'rejected' ? [(one.reason as AppError).code] : []))).toEqual(
		Array(3).fill('unavailable')
	);
	// a failure inside gives its place back
	await expect(passwords.inTurn(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
	await Promise.all([work(), work(), work()]);
	expect(most).toBe(2);
});
