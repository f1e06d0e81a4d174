import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AccountId } from '#lib/exercise/ids.ts';
import { password, setStage, type Stage } from './stage.ts';

let stage: Stage;
let anna: AccountId;
beforeAll(async () => {
	stage = await setStage();
	anna = await stage.person('Anna');
	// the limiter makes its table at the first attempt
	await attempt('nobody@muster.example').catch(() => undefined);
});
afterAll(() => stage.database.close());
beforeEach(() => stage.database.pool.query('truncate sign_in_limit'));

const attempt = (
	email: string,
	given = 'wrong password here',
	address = '192.0.2.1',
	node = stage.accounts
) => node.signIn({ email, password: given, address });
const code = (work: Promise<unknown>) =>
	work.then(
		() => 'in',
		(error: { code: string }) => error.code
	);
const annas = 'anna@muster.example';
/** Lets the short waits between failures pass, not the long one. */
const letWaitsPass = () =>
	stage.database.pool.query(
		`delete from sign_in_limit where key like 'wait:%' and expire < (extract(epoch from now()) * 1000) + 60000`
	);
async function fail(times: number, email = annas, address = '192.0.2.1') {
	const codes: string[] = [];
	for (let i = 0; i < times; i++) {
		codes.push(await code(attempt(email, undefined, address)));
		await letWaitsPass();
	}
	return codes;
}

test('signs in, whatever the case of the address', async () => {
	expect(await attempt(' ANNA@muster.example', password)).toBe(anna);
	expect(await stage.auditOf('installation')).toContain('account.signedIn');
});

test('[R19] the same answer whether the account exists, has a password, is disabled, or is not there', async () => {
	await stage.accounts.createAccount({ name: 'Imported', email: 'imported@muster.example' }, null);
	const gone = await stage.person('Gone');
	await stage.database.pool.query('update account set disabled_at = now() where id = $1', [gone]);
	const answers = new Set<string>();
	for (const [email, given] of [
		[annas, 'wrong password here'],
		['imported@muster.example', ''],
		['gone@muster.example', password],
		['nobody@muster.example', password],
		['', ''],
		["' or 1=1 --", 'x'],
		['a'.repeat(100_000), 'b'.repeat(100_000)]
	] as const) {
		const error = (await attempt(email, given, '192.0.2.50').catch((problem: Error) => problem)) as Error & {
			code: string;
		};
		answers.add(`${error.code} ${error.message}`);
	}
	expect([...answers]).toEqual(['invalid E-mail address or password is wrong.']);
});

test('[R19] [L21] five failures, then a wait; the right password does not help meanwhile', async () => {
	expect(await fail(5)).toEqual(Array(5).fill('invalid'));
	const refused = await attempt(annas, password).catch(
		(error: { code: string; retry: { after: number } }) => error
	);
	expect(refused).toMatchObject({ code: 'slow-down' });
	expect((refused as { retry: { after: number } }).retry.after).toBeGreaterThan(14 * 60_000);
	// the same for an account that is not there
	await fail(5, 'nobody@muster.example');
	expect(await code(attempt('nobody@muster.example'))).toBe('slow-down');
});

test('[R19] the wait grows with each failure', async () => {
	const waits: number[] = [];
	for (let i = 0; i < 5; i++) {
		await code(attempt(annas));
		const next = (await attempt(annas, password, '192.0.2.1').catch((error: unknown) => error)) as
			{ retry?: { after: number } } | string;
		waits.push(typeof next === 'string' ? 0 : Math.ceil((next.retry?.after ?? 0) / 1000));
		if (typeof next === 'string') await code(attempt(annas)); // signing in forgot the failure
		await letWaitsPass();
	}
	expect(waits[0]).toBe(0);
	expect(waits.slice(1)).toEqual([...waits.slice(1)].sort((a, b) => a - b));
	expect(waits.at(-1)).toBeGreaterThan(800);
});

test('[R19] a stranger cannot lock somebody out', async () => {
	for (let host = 1; host <= 12; host++) await fail(5, annas, `198.51.100.${host}`);
	expect(await code(attempt(annas, password, '198.51.100.1'))).toBe('slow-down');
	expect(await code(attempt(annas, password, '192.0.2.1'))).toBe('in');
});

test('[R19] it holds over nodes', async () => {
	const other = stage.otherNode();
	await fail(3);
	for (let i = 0; i < 2; i++) {
		await code(attempt(annas, undefined, '192.0.2.1', other));
		await letWaitsPass();
	}
	expect(await code(attempt(annas, password, '192.0.2.1', other))).toBe('slow-down');
	expect(await code(attempt(annas, password))).toBe('slow-down');
});

test('[R19] [L21] fifty failures from one address at any accounts, also as one IPv6 network; others go on', async () => {
	const codes: string[] = [];
	for (let i = 0; i < 55; i++)
		codes.push(await code(attempt(`user${i}@x.example`, undefined, `2001:db8:1:2::${i}`)));
	expect(codes.filter((one) => one === 'invalid')).toHaveLength(50);
	expect(codes.slice(50)).toEqual(Array(5).fill('slow-down'));
	expect(await code(attempt(annas, password, '2001:db8:1:2::ffff'))).toBe('slow-down');
	expect(await code(attempt(annas, password, '2001:db8:1:3::1'))).toBe('in');
});

test('[R19] attempts at the same moment count too', async () => {
	const at = (email: string) => code(attempt(email, undefined, '203.0.113.9'));
	const one = await Promise.all(Array.from({ length: 40 }, () => at(annas)));
	// two are compared at a time, so the first wait is seen by all but the two that were under way
	expect(one.filter((answer) => answer === 'invalid').length).toBeLessThanOrEqual(4);
	await stage.database.pool.query('truncate sign_in_limit');
	const many = await Promise.all(Array.from({ length: 80 }, (_, i) => at(`user${i}@x.example`)));
	expect(many.filter((answer) => answer === 'invalid').length).toBeLessThanOrEqual(51);
	expect(many).toContain('slow-down');
});

test('a room of people behind one router signs in at once', async () => {
	const people = await Promise.all(Array.from({ length: 12 }, (_, i) => stage.person(`Room${i}`)));
	const answers = await Promise.all(
		[...people, ...people, ...people, ...people, ...people].map((_, i) =>
			code(attempt(`room${i % 12}@muster.example`, password, '203.0.113.77'))
		)
	);
	expect(new Set(answers)).toEqual(new Set(['in']));
});

test('signing in forgets the failures', async () => {
	await fail(4);
	await attempt(annas, password);
	expect(await fail(4)).toEqual(Array(4).fill('invalid'));
});

test('the table holds nobody’s address', async () => {
	await fail(1);
	const { rows } = await stage.database.pool.query('select key from sign_in_limit');
	expect(rows.length).toBeGreaterThan(0);
	expect(JSON.stringify(rows)).not.toMatch(/anna|192\.0\.2/);
});

test('a new password needs the present one, is limited like signing in, and the old one opens nothing', async () => {
	const cem = await stage.person('Cem');
	const change = (current: string, next: string) =>
		stage.accounts.changePassword(cem, { current, next, address: '192.0.2.1' });
	await expect(change('wrong password here', 'the next long password')).rejects.toMatchObject({
		code: 'invalid',
		details: { fields: { current: expect.any(String) } }
	});
	await expect(change(password, 'short')).rejects.toMatchObject({ code: 'invalid' });
	await change(password, 'the next long password');
	expect(await code(attempt('cem@muster.example', password, '192.0.2.9'))).toBe('invalid');
	expect(await code(attempt('cem@muster.example', 'the next long password', '192.0.2.9'))).toBe('in');
	for (let i = 0; i < 5; i++) {
		await change('wrong password here', 'the next long password').catch(() => undefined);
		await letWaitsPass();
	}
	await expect(change('the next long password', 'another long password')).rejects.toMatchObject({
		code: 'slow-down'
	});
});
