import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AccountId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { MembershipId } from '#server/exercises/memberships.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { password, setStage, type Stage } from './stage.ts';

let stage: Stage;
let director: AccountId;
let exercise: ExerciseId;
let team: TeamId;
beforeAll(async () => {
	stage = await setStage();
	director = await stage.person('Director');
	exercise = await stage.exercise(director);
	const [one] = await stage.exercises.addTeams(exercise, [{ name: 'GR CSIRT', country: 'GR' }], director);
	team = one!.id;
});
afterAll(() => stage.database.close());

const invite = (quota = 1, days = 7, membership: object = { role: 'player', teamId: team }) =>
	stage.accounts.invitations.create(exercise, { membership, quota, days } as never, director);
const accept = (token: string, who: object) => stage.accounts.invitations.accept(token, who as never);
let number = 0;
const newcomer = () => ({ name: 'New Comer', email: `new${++number}@x.example`, password });
const usedOf = async (id: string) =>
	(await stage.database.pool.query<{ used: number }>('select used from invitation where id = $1', [id]))
		.rows[0]!.used;

test('the link says what one joins, and the database cannot be turned into a link', async () => {
	const { id, token } = await invite(3, 7, { role: 'player', teamId: team, lead: true });
	expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
	const { rows } = await stage.database.pool.query<{ token_hash: string }>(
		'select * from invitation where id = $1',
		[id]
	);
	expect(JSON.stringify(rows)).not.toContain(token);
	expect(await stage.accounts.viewJoin(token, null)).toMatchObject({
		exercise: { id: exercise, name: 'Blue Tide', tlp: 'amber', state: 'draft' },
		roles: [{ role: 'player', lead: true, team: { name: 'GR CSIRT', country: 'GR' } }],
		person: null,
		joined: false
	});
	expect(await stage.accounts.viewJoin(rows[0]!.token_hash, null)).toBeNull();
});

test('[P7] [R7] somebody new joins: account, role, audit, version, bell', async () => {
	const { token } = await invite(1, 7, { role: 'player', teamId: team, lead: true });
	const before = await stage.rightsVersion(exercise);
	stage.rung.length = 0;
	const who = newcomer();
	const joined = await accept(token, who);
	expect(joined.exerciseId).toBe(exercise);
	expect((await stage.exercises.actor(exercise, joined.accountId)).memberships).toEqual([
		{ role: 'player', teamId: team, lead: true }
	]);
	expect(await stage.accounts.signIn({ ...who, address: '192.0.2.1' })).toBe(joined.accountId);
	expect(await stage.rightsVersion(exercise)).toBe(before + 1);
	expect(stage.rung).toMatchObject([{ exercise, topics: ['rights', 'people'] }]);
	expect((await stage.auditOf(exercise)).at(-1)).toBe('invitation.accepted');
	expect((await verifyAudit(stage.database, exercise)).broken).toBeNull();
});

test('twenty at once on three places are three, and nobody is left half in', async () => {
	const { id, token } = await invite(3);
	const people = Array.from({ length: 20 }, newcomer);
	const done = await Promise.allSettled(people.map((who) => accept(token, who)));
	expect(done.filter((one) => one.status === 'fulfilled')).toHaveLength(3);
	for (const one of done)
		if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'not-found' });
	expect(await usedOf(id)).toBe(3);
	const { rows } = await stage.database.pool.query(
		'select count(*)::int as n from account where email = any($1)',
		[people.map((who) => who.email)]
	);
	expect(rows[0].n).toBe(3);
});

test('twenty signed-in people at once on three places are three', async () => {
	const { id, token } = await invite(3, 7, { role: 'observer' });
	const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => stage.person(`Observer${i}`)));
	const done = await Promise.allSettled(ids.map((accountId) => accept(token, { accountId })));
	expect(done.filter((one) => one.status === 'fulfilled')).toHaveLength(3);
	expect(await usedOf(id)).toBe(3);
});

test('whoever has the role takes no place, however often', async () => {
	const { id, token } = await invite(2);
	const who = await stage.person('Again');
	for (let i = 0; i < 3; i++) await accept(token, { accountId: who });
	expect(await usedOf(id)).toBe(1);
	expect(await stage.accounts.viewJoin(token, who)).toMatchObject({ joined: true });
});

test('revoked, expired, used up and unknown are the same', async () => {
	const revoked = await invite();
	await stage.accounts.invitations.revoke(exercise, revoked.id, director);
	const expired = await invite();
	await stage.database.pool.query(`update invitation set expires_at = now() where id = $1`, [expired.id]);
	const used = await invite();
	await accept(used.token, newcomer());
	const answers = new Set<string>();
	for (const token of [revoked.token, expired.token, used.token, 'a'.repeat(43), '', "' or 1=1 --"]) {
		expect(await stage.accounts.viewJoin(token, null)).toBeNull();
		const who = newcomer();
		answers.add(await accept(token, who).then(String, (error: Error) => error.message));
		const { rowCount } = await stage.database.pool.query('select 1 from account where email = $1', [
			who.email
		]);
		expect(rowCount).toBe(0);
	}
	expect([...answers]).toEqual(['This link does not open anything any more. Ask for a new one.']);
});

test('another exercise’s control does not revoke it', async () => {
	const { id, token } = await invite();
	const other = await stage.exercise(director);
	await expect(stage.accounts.invitations.revoke(other, id, director)).rejects.toMatchObject({
		code: 'not-found'
	});
	expect(await stage.accounts.viewJoin(token, null)).not.toBeNull();
});

test('[L26] limits and scopes of invitations', async () => {
	await expect(invite(0)).rejects.toMatchObject({ code: 'invalid' });
	await expect(invite(501)).rejects.toMatchObject({ code: 'invalid' });
	await expect(invite(1, 181)).rejects.toMatchObject({ code: 'invalid' });
	await expect(invite(1, 7, { role: 'player' })).rejects.toMatchObject({ code: 'invalid' });
	await expect(invite(1, 7, { role: 'player', teamId: 'team-of-nobody' })).rejects.toMatchObject({
		code: 'invalid'
	});
	await expect(invite(1, 7, { role: 'king' })).rejects.toMatchObject({ code: 'invalid' });
});

test('a known address cannot be claimed, with or without a password, and keeps the place free', async () => {
	await stage.accounts.createAccount({ name: 'Imported', email: 'imported@x.example' }, null);
	const { id, token } = await invite(5);
	for (const email of ['director@muster.example', 'IMPORTED@x.example'])
		await expect(accept(token, { name: 'Mallory', email, password })).rejects.toMatchObject({
			code: 'duplicate',
			details: { fields: { email: expect.any(String) } }
		});
	await expect(accept(token, { ...newcomer(), password: 'short' })).rejects.toMatchObject({
		code: 'invalid'
	});
	await expect(accept(token, { ...newcomer(), name: ' ' })).rejects.toMatchObject({ code: 'invalid' });
	expect(await usedOf(id)).toBe(0);
});

test('only a director invites a director, and only control invites at all', async () => {
	const controller = await stage.person('Controller');
	await stage.exercises.addMembership(exercise, { accountId: controller, role: 'controller' }, director);
	const player = await stage.person('Playing');
	await stage.exercises.addMembership(
		exercise,
		{ accountId: player, role: 'player', teamId: team },
		director
	);
	const open = (id: AccountId) => stage.accounts.people.open(exercise, { id });
	await expect(open(player)).rejects.toMatchObject({ code: 'not-found' });
	await expect(open(await stage.person('Outside'))).rejects.toMatchObject({ code: 'not-found' });
	const wanted = { membership: { role: 'director' as const }, quota: 1, days: 1 };
	await expect((await open(controller)).invite(wanted)).rejects.toMatchObject({ code: 'forbidden' });
	await expect(
		(await open(controller)).addPerson({ name: 'X', email: 'x@x.example', membership: { role: 'director' } })
	).rejects.toMatchObject({ code: 'invalid' });
	const { rows } = await stage.database.pool.query<{ id: MembershipId }>(
		`select id from membership where exercise_id = $1 and role = 'director'`,
		[exercise]
	);
	await expect((await open(controller)).removeMembership(rows[0]!.id)).rejects.toMatchObject({
		code: 'forbidden'
	});
	expect((await (await open(director)).invite(wanted)).link).toMatch(
		/^https:\/\/muster\.example\/join\/.{43}$/
	);
});

test('the first administrator: one link of many, once, and no more when there is one', async () => {
	const fresh = await setStage();
	try {
		const { setup } = fresh.accounts;
		const links = [(await setup.link())!, (await setup.link())!];
		const tokens = links.map((link) => link.replace('https://muster.example/setup/', ''));
		expect(await setup.look(tokens[0]!)).toBe('administrator');
		expect(await fresh.accounts.viewJoin(tokens[0]!, null)).toBeNull();
		await expect(
			fresh.accounts.invitations.accept(tokens[0]!, { name: 'X', email: 'x@x.example', password })
		).rejects.toMatchObject({ code: 'not-found' });
		const done = await Promise.allSettled(
			tokens.map((token, i) =>
				setup.acceptAdministrator(token, { name: 'Admin', email: `admin${i}@x.example`, password })
			)
		);
		expect(done.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await setup.link()).toBeNull();
		for (const token of tokens) expect(await setup.look(token)).toBeNull();
		const admin = (done.find((one) => one.status === 'fulfilled') as PromiseFulfilledResult<AccountId>).value;
		const cookie = await fresh.accounts.sessions.create(admin);
		expect(await fresh.accounts.sessions.identify(cookie.value)).toMatchObject({
			account: { isAdministrator: true }
		});
		expect((await verifyAudit(fresh.database, 'installation')).broken).toBeNull();
	} finally {
		await fresh.database.close();
	}
});

test('a link for a forgotten password: once, and every session of before ends', async () => {
	const forgetful = await stage.person('Forgetful');
	const cookie = await stage.accounts.sessions.create(forgetful);
	const { setup } = stage.accounts;
	expect(await setup.passwordLink('nobody@x.example')).toBeNull();
	const first = (await setup.passwordLink('forgetful@muster.example'))!.split('/').at(-1)!;
	const token = (await setup.passwordLink('FORGETFUL@muster.example'))!.split('/').at(-1)!;
	expect(await setup.look(first)).toBeNull();
	expect(await setup.look(token)).toEqual({ name: 'Forgetful', email: 'forgetful@muster.example' });
	await expect(
		setup.acceptAdministrator(token, { name: 'X', email: 'y@x.example', password })
	).rejects.toMatchObject({ code: 'not-found' });
	expect(await setup.acceptPassword(token, 'a password I remember')).toBe(forgetful);
	expect(await stage.accounts.sessions.identify(cookie.value)).toBeNull();
	await expect(setup.acceptPassword(token, 'a password I remember')).rejects.toMatchObject({
		code: 'not-found'
	});
	expect(
		await stage.accounts.signIn({
			email: 'forgetful@muster.example',
			password: 'a password I remember',
			address: '192.0.2.1'
		})
	).toBe(forgetful);
});
