import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '../../support/people.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let admin: Person;
let person: Person;
beforeAll(async () => {
	server = await startTestServer();
	admin = await server.person('Administrator', { isAdministrator: true });
	person = await server.person('Per_cent%', { password: 'a long sentence for a test' });
});
afterAll(() => server.close());
const acts = () => server.services.accounts.administration;

test('administrators find accounts by name and address; signs that mean something to a database are words', async () => {
	expect((await acts().list(admin.id, 'per_cent%', 0)).accounts.map(({ id }) => id)).toEqual([person.id]);
	expect((await acts().list(admin.id, admin.email.toUpperCase(), 0)).accounts).toHaveLength(1);
	expect((await acts().list(admin.id, '%', 0)).total).toBe(1);
	expect((await acts().list(admin.id, '', 0)).total).toBe(2);
});

test('[P6] a disabled account is signed out everywhere and gets no new password; enabled, it signs in again', async () => {
	const { accounts } = server.services;
	await acts().disable(person.id, admin.id);
	expect(await accounts.sessions.list(person.id)).toEqual([]);
	await expect(acts().link(person.id, admin.id)).rejects.toThrow('no such account in use');
	await expect(acts().disable(person.id, admin.id)).rejects.toThrow('disabled already');
	const signIn = () =>
		accounts.signIn({ email: person.email, password: 'a long sentence for a test', address: '127.0.0.1' });
	await expect(signIn()).rejects.toThrow();
	await acts().enable(person.id, admin.id);
	expect((await acts().link(person.id, admin.id)).link).toContain('/setup/');
	const rows = await server.services.database.pool.query<{ act: string }>(
		`select act from audit where scope = 'installation' and act like 'account.%abled' order by sequence`
	);
	expect(rows.rows.map(({ act }) => act)).toEqual(['account.disabled', 'account.enabled']);
});

test('[R5] nobody else can, and nobody locks the own account out', async () => {
	await expect(acts().list(person.id, '', 0)).rejects.toThrow('There is nothing here');
	await expect(acts().disable(admin.id, person.id)).rejects.toThrow('There is nothing here');
	await expect(acts().link(admin.id, person.id)).rejects.toThrow('There is nothing here');
	await expect(acts().disable(admin.id, admin.id)).rejects.toThrow('your own account');
});
