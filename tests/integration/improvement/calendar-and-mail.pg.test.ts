import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import type { Person } from '../../support/people.ts';
import { readMail, startSmtp, type TestSmtp } from '../../support/smtp.ts';

/* What leaves: a calendar behind a secret address, and a mail a week to owners. */
let smtp: TestSmtp;
let server: TestServer;
let greek: Person;
let owner: Person;

const improvement = () => server.services.improvement;
const wanted = (change: object = {}) => ({
	title: 'Test the reserve line',
	text: '',
	ownerOrganisation: 'Port authority',
	ownerEmail: owner.email,
	capability: 'recovery',
	element: 'equipment',
	priority: 'high',
	startOn: '',
	dueOn: '2026-01-31',
	successMeasure: 'A test a month',
	verificationMethod: 'Its report is read',
	tlp: 'amber',
	country: 'GR',
	source: 'incident',
	sourceTitle: 'Outage in May',
	exercise: '',
	finding: '',
	...change
});
const gone = (asked: Promise<unknown>) =>
	asked.then(
		() => 'open',
		(error: { code?: string }) => error.code
	);

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
	const administrator = await server.person('Administrator', { isAdministrator: true });
	greek = await server.person('Greek representative');
	owner = await server.person('Owner');
	await improvement().people.name(administrator.id, {
		email: greek.email,
		role: 'representative',
		country: 'GR'
	});
}, 60_000);
afterAll(async () => {
	await server.close();
	await smtp.stop();
});

test('[R17] a calendar holds what its person may see at that moment, under ids that stay', async () => {
	const { actions, calendar } = improvement();
	const mine = await actions.propose(greek, wanted({ title: 'Sensitive, mine' }));
	const open = await actions.propose(greek, wanted({ title: 'Green, mine', tlp: 'green' }));
	const other = await actions.propose(greek, wanted({ title: 'Not mine', tlp: 'clear', ownerEmail: '' }));
	const address = await calendar.renew(owner);
	const token = address.split('/').at(-1)!;
	const unfolded = (text: string) => text.replace(/\r\n[ \t]/g, '');
	const feed = async () => unfolded(await calendar.feed(token));
	const first = await feed();
	expect(first).toContain(`UID:${mine}@improvement.muster`);
	expect(first).toContain(`UID:${open}@improvement.muster`);
	expect(first).not.toContain(other);
	expect(first).toContain('Green\\, mine');
	expect(first).not.toContain('Sensitive');
	expect(first).toContain('DTSTART;VALUE=DATE:20260131');
	expect(await feed()).toBe(first);
	const sequence = (text: string, id: string) =>
		Number(new RegExp(`UID:${id}@improvement\\.muster\\r\\nSEQUENCE:(\\d+)`).exec(text)?.[1]);
	expect(sequence(first, mine)).toBe(1);
	await actions.act(owner, mine, { act: 'accept' });
	const second = await feed();
	expect(sequence(second, mine)).toBe(2);
	expect(sequence(second, open)).toBe(1);

	// a representative has those of the country
	const all = unfolded(await calendar.feed((await calendar.renew(greek)).split('/').at(-1)!));
	for (const id of [mine, open, other]) expect(all).toContain(`UID:${id}@improvement.muster`);

	// handed to somebody else, it is not in it any more
	const { version } = await actions.view(greek, mine);
	await actions.edit(greek, mine, version, wanted({ title: 'Sensitive, mine', ownerEmail: greek.email }));
	expect(await feed()).not.toContain(mine);

	// a new address closes the old one; what is none looks the same
	const { pool } = server.services.database;
	const { rows } = await pool.query<{ all: string }>('select token_hash as all from improvement_calendar');
	expect(JSON.stringify(rows)).not.toContain(token);
	const renewed = (await calendar.renew(owner)).split('/').at(-1)!;
	for (const wrong of [token, 'x'.repeat(43), 'short', ''])
		expect([wrong, await gone(calendar.feed(wrong))]).toEqual([wrong, 'not-found']);
	await pool.query('update account set disabled_at = now() where id = $1', [owner.id]);
	expect(await gone(calendar.feed(renewed))).toBe('not-found');
	await pool.query('update account set disabled_at = null where id = $1', [owner.id]);
	await calendar.close(owner);
	expect(await gone(calendar.feed(renewed))).toBe('not-found');
});

test('one mail a week and owner, only while something is open, with titles that may travel alone', async () => {
	const { actions, reminders } = improvement();
	const { pool } = server.services.database;
	const mailsTo = ({ email }: Person) =>
		smtp.arrived.filter(({ to }) => to.includes(email)).map((one) => readMail(one));
	const weekLater = () => pool.query("update improvement_reminder set sent_at = sent_at - interval '7 days'");
	const busy = await server.person('Busy owner');
	const idle = await server.person('Idle owner');
	const secret = await actions.propose(greek, wanted({ title: 'Sensitive title', ownerEmail: busy.email }));
	const green = await actions.propose(
		greek,
		wanted({ title: 'Green title', tlp: 'green', ownerEmail: busy.email, dueOn: '2027-01-31' })
	);
	const rejected = await actions.propose(greek, wanted({ ownerEmail: idle.email }));
	await actions.act(idle, rejected, { act: 'reject', reason: 'No' });
	await actions.act(busy, secret, { act: 'accept' });
	await actions.act(busy, green, { act: 'accept' });

	// two nodes look at the same moment
	await Promise.all([reminders.look(), reminders.look()]);
	expect(await reminders.look()).toBe(0);
	server.services.mail.look();
	await expect.poll(() => mailsTo(busy).length, { timeout: 10_000 }).toBe(1);
	const { headers, text } = mailsTo(busy)[0]!;
	expect(headers.get('subject')).toContain('2 improvement actions of yours are open');
	expect(text).toContain('1 of them is overdue.');
	expect(text).toContain('Green title (2027-01-31)');
	expect(text).not.toContain('Sensitive');
	expect(text).toContain('/improvement?mine=yes');

	await actions.act(busy, green, {
		act: 'defer',
		until: '2199-01-01',
		reason: 'Budget'
	});
	await weekLater();
	expect(await reminders.look()).toBeGreaterThan(0);
	server.services.mail.look();
	await expect.poll(() => mailsTo(busy).length, { timeout: 10_000 }).toBe(2);
	expect(mailsTo(busy)[1]!.text).toContain('You own 1 improvement action that is not done.');

	await actions.act(busy, secret, { act: 'start' });
	await actions.addEvidence(busy, secret, { text: 'Report', link: '' });
	await actions.act(busy, secret, { act: 'implement', note: '' });
	await weekLater();
	await reminders.look();
	const { rows } = await pool.query<{ to: string; n: number }>(
		'select to_address as to, count(*)::int as n from mail group by 1'
	);
	expect(rows.find(({ to }) => to === busy.email)?.n).toBe(2);
	expect(rows.find(({ to }) => to === idle.email)).toBeUndefined();
});
