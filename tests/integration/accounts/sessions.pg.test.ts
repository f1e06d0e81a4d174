import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AccountId } from '#lib/exercise/ids.ts';
import { setStage, type Stage } from './stage.ts';

let stage: Stage;
let anna: AccountId;
beforeAll(async () => {
	stage = await setStage();
	anna = await stage.person('Anna');
});
afterAll(() => stage.database.close());

const sql = (text: string, values: unknown[] = []) => stage.database.pool.query(text, values);

test('[R19] the table holds a hash; what it holds opens nothing', async () => {
	const { sessions } = stage.accounts;
	const cookie = await sessions.create(anna);
	expect(cookie).toMatchObject({
		name: '__Host-muster',
		options: { path: '/', httpOnly: true, secure: true, sameSite: 'lax' }
	});
	const { rows } = await stage.database.pool.query<{ id: string }>(
		'select * from session where user_id = $1',
		[anna]
	);
	const stored = rows[0]!.id;
	expect(rows).toHaveLength(1);
	expect(JSON.stringify(rows)).not.toContain(cookie.value);
	expect(stored).toBe(createHash('sha256').update(cookie.value).digest('hex'));
	expect(await sessions.identify(stored)).toBeNull();
	const found = await sessions.identify(cookie.value);
	expect(found).toMatchObject({
		account: { id: anna, name: 'Anna', isAdministrator: false },
		sessionId: stored
	});
	expect(JSON.stringify(found)).not.toMatch(/argon|password/i);
	expect(await sessions.identifyHeader(`x=1; __Host-muster=${cookie.value}`)).toMatchObject({
		sessionId: stored
	});
});

test('what is no token is nobody’s', async () => {
	for (const token of [null, undefined, '', 'x', "' or 1=1 --", 'a'.repeat(40), 'a'.repeat(100_000)])
		expect(await stage.accounts.sessions.identify(token)).toBeNull();
});

test('[R19] [L22] a session ends after an hour without a sign of life; one in use goes on, but not beyond 12 hours', async () => {
	const { sessions } = stage.accounts;
	const cookie = await sessions.create(anna);
	const { sessionId } = (await sessions.identify(cookie.value))!;
	const expiresIn = async () =>
		Number(
			(
				await sql(
					`select extract(epoch from expires_at - now()) / 60 as minutes from session where id = $1`,
					[sessionId]
				)
			).rows[0].minutes
		);
	expect(await expiresIn()).toBeCloseTo(60, 0);
	// 40 minutes later
	await sql(`update session set expires_at = now() + interval '20 minutes' where id = $1`, [sessionId]);
	expect(await sessions.identify(cookie.value)).not.toBeNull();
	expect(await expiresIn()).toBeCloseTo(60, 0);
	// close to the end of the 12 hours
	await sql(
		`update session set expires_at = now() + interval '10 minutes', ends_at = now() + interval '15 minutes' where id = $1`,
		[sessionId]
	);
	expect(await sessions.identify(cookie.value)).not.toBeNull();
	expect(await expiresIn()).toBeCloseTo(15, 0);
	await sql(`update session set expires_at = now() - interval '1 second' where id = $1`, [sessionId]);
	expect(await sessions.identify(cookie.value)).toBeNull();
	expect(await sessions.lives(sessionId)).toBe(false);
});

test('a session that is busy does not outlive its end', async () => {
	const { sessions } = stage.accounts;
	const cookie = await sessions.create(anna);
	await sql(`update session set ends_at = now() - interval '1 second' where user_id = $1`, [anna]);
	expect(await sessions.identify(cookie.value)).toBeNull();
});

test('[R7] what has ended is swept, and its exercises hear of it', async () => {
	const { sessions } = stage.accounts;
	const exercise = await stage.exercise(anna);
	await sessions.create(anna);
	await sql(`update session set expires_at = now() - interval '1 second' where user_id = $1`, [anna]);
	const before = await stage.rightsVersion(exercise);
	stage.rung.length = 0;
	await sessions.sweep();
	expect((await sql('select 1 from session where user_id = $1', [anna])).rowCount).toBe(0);
	expect(await stage.rightsVersion(exercise)).toBe(before + 1);
	expect(stage.rung).toContainEqual({ exercise, topics: ['rights'] });
});

test('[R7] signing out ends the session at once and rings; nobody ends another person’s', async () => {
	const { sessions } = stage.accounts;
	const exercise = await stage.exercise(anna);
	const [here, there] = [await sessions.create(anna), await sessions.create(anna)];
	const idOf = async (cookie: { value: string }) => (await sessions.identify(cookie.value))!.sessionId;
	const [hereId, thereId] = [await idOf(here), await idOf(there)];
	const stranger = await stage.person('Mallory');
	await sessions.end(stranger, hereId);
	expect(await sessions.lives(hereId)).toBe(true);

	const before = await stage.rightsVersion(exercise);
	await sessions.end(anna, thereId);
	expect(await sessions.identify(there.value)).toBeNull();
	expect(await sessions.lives(thereId)).toBe(false);
	expect(await sessions.lives(hereId)).toBe(true);
	expect(await stage.rightsVersion(exercise)).toBe(before + 1);

	const third = await sessions.create(anna);
	await sessions.endAll(anna, hereId);
	expect(await sessions.identify(third.value)).toBeNull();
	expect(await sessions.identify(here.value)).not.toBeNull();
	expect(await sessions.list(anna)).toHaveLength(1);
	await sessions.endAll(anna);
	expect(await sessions.identify(here.value)).toBeNull();
});

test('a disabled account has no session', async () => {
	const { sessions } = stage.accounts;
	const berta = await stage.person('Berta');
	const cookie = await sessions.create(berta);
	const { sessionId } = (await sessions.identify(cookie.value))!;
	await sql('update account set disabled_at = now() where id = $1', [berta]);
	expect(await sessions.identify(cookie.value)).toBeNull();
	expect(await sessions.lives(sessionId)).toBe(false);
});
