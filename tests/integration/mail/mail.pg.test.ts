import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { createMail } from '#server/mail/mail.ts';
import type { OutgoingMail } from '#server/mail/queue.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { readMail, startSmtp, type TestSmtp } from '../../support/smtp.ts';

let smtp: TestSmtp;
let server: TestServer;
let exercise: TestExercise;
let teams: Team[];
let players: Person[];

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		environment: {
			SMTP_URL: smtp.url,
			MAIL_FROM: 'Muster <muster@example.test>',
			METRICS_TOKEN: 'a token of some length'
		}
	});
	exercise = await TestExercise.create(server);
	teams = [await exercise.team('GR CSIRT'), await exercise.team('IT CSIRT', 'IT')];
	players = [
		await exercise.member('Player one', { role: 'player', teamId: teams[0]!.id, lead: true }),
		await exercise.member('Player two', { role: 'player', teamId: teams[0]!.id }),
		await exercise.member('Player three', { role: 'player', teamId: teams[1]!.id })
	];
	await exercise.member('Observer', { role: 'observer' });
	await exercise.approved({ title: 'First', to: toAll });
	await exercise.must(exercise.director, 'exercise.start', {});
});
afterAll(async () => {
	await server.close();
	await smtp.stop();
});
beforeEach(() => void smtp.arrived.splice(0));

let number = 0;
const mailTo = (to: string, more: Partial<OutgoingMail> = {}): OutgoingMail => ({
	exercise: { id: exercise.id, kind: 'exercise', name: 'Test exercise' },
	kind: 'communication-check',
	once: `test/${++number}`,
	to,
	subject: 'Are you there?',
	text: 'Say so.',
	...more
});
async function queue(...mails: OutgoingMail[]): Promise<number> {
	const { database, mail } = server.services;
	const queued = await database.db.transaction((tx) => mail.queueMail(tx, mails));
	mail.look();
	return queued;
}
/** Nodes look every two seconds. */
const soon = { timeout: 10_000 };

async function rowOf(to: string) {
	const { rows } = await server.services.database.pool.query<{
		state: string;
		attempts: number;
		last_error: string | null;
		body: string;
		waits: boolean;
	}>("select *, next_at > now() + interval '10 seconds' as waits from mail where to_address = $1", [to]);
	return rows[0]!;
}
/** As if the pause before the next try were over. */
async function again(to: string): Promise<void> {
	await server.services.database.pool.query('update mail set next_at = now() where to_address = $1', [to]);
	server.services.mail.look();
}
const stateOf = async (to: string) => (await rowOf(to)).state;

describe('the queue', () => {
	test('sends with marking, from the own address, and keeps no text that was sent', async () => {
		await queue(mailTo('one@example.test', { tlp: 'amber', fromName: 'Hafen Köln, Wache' }));
		await expect.poll(() => stateOf('one@example.test'), soon).toBe('sent');
		expect(smtp.arrived).toHaveLength(1);
		const [mail] = smtp.arrived;
		expect(mail).toMatchObject({ from: 'muster@example.test', to: ['one@example.test'] });
		const { headers, text } = readMail(mail!);
		expect(headers.get('subject')).toBe('[EXERCISE] [TLP:AMBER] Are you there?');
		expect(headers.get('from')).toBe('Hafen Köln, Wache <muster@example.test>');
		expect(headers.get('auto-submitted')).toBe('auto-generated');
		expect(text.trim().split('\n')).toEqual([
			'EXERCISE EXERCISE EXERCISE',
			'Test exercise · TLP:AMBER',
			'',
			'Say so.',
			'',
			'EXERCISE EXERCISE EXERCISE'
		]);
		expect((await rowOf('one@example.test')).body).toBe('');
	});

	test('takes an occasion once, and what is rolled back not at all', async () => {
		const mail = mailTo('once@example.test');
		expect(await queue(mail)).toBe(1);
		expect(await queue(mail)).toBe(0);
		await expect(
			server.services.database.db.transaction(async (tx) => {
				await server.services.mail.queueMail(tx, [mailTo('never@example.test')]);
				throw new Error('rolled back');
			})
		).rejects.toThrow('rolled back');
		await expect.poll(() => stateOf('once@example.test'), soon).toBe('sent');
		expect(smtp.arrived.map(({ to }) => to[0])).toEqual(['once@example.test']);
		expect(await rowOf('never@example.test')).toBeUndefined();
	});

	test('many nodes send each mail once', async () => {
		const { config, database, log } = server.services;
		const others = [1, 2, 3].map(() => createMail({ config, database, log }));
		const to = Array.from({ length: 60 }, (_, i) => `many${i}@example.test`);
		await queue(...to.map((one) => mailTo(one)));
		for (const other of others) other.start();
		server.services.mail.look();
		await expect.poll(() => smtp.arrived.length, { timeout: 15_000 }).toBe(60);
		const { pool } = database;
		await expect
			.poll(async () => (await pool.query("select 1 from mail where state = 'queued'")).rowCount)
			.toBe(0);
		for (const other of others) await other.stop();
		expect(smtp.arrived.map((one) => one.to[0]).sort()).toEqual(to.sort());
	});

	test('tries again after a 4xx, later', async () => {
		const to = 'later@example.test';
		smtp.answer(to, 451);
		await queue(mailTo(to));
		await expect.poll(async () => (await rowOf(to)).last_error ?? '', soon).toMatch(/451 try later/);
		expect(await rowOf(to)).toMatchObject({ state: 'queued', attempts: 1, waits: true });
		smtp.answer(to, null);
		await again(to);
		await expect.poll(() => stateOf(to), soon).toBe('sent');
		expect(smtp.arrived).toHaveLength(1);
		expect(await rowOf(to)).toMatchObject({ attempts: 2, last_error: null });
	});

	test('tries again after the mail server was down', async () => {
		const to = 'down@example.test';
		await smtp.stop();
		await queue(mailTo(to));
		server.services.mail.look();
		await expect.poll(async () => (await rowOf(to)).last_error, { timeout: 15_000 }).not.toBeNull();
		expect(await stateOf(to)).toBe('queued');
		await smtp.start();
		await again(to);
		await expect.poll(() => stateOf(to), { timeout: 10_000 }).toBe('sent');
		expect(smtp.arrived).toHaveLength(1);
	});

	test('gives up after a 5xx; a director sees it, in the list and in the figures, and tries again', async () => {
		const to = 'unknown@example.test';
		smtp.answer(to, 550);
		await queue(mailTo(to));
		await expect.poll(() => stateOf(to), soon).toBe('failed');
		const { mail, exercises } = server.services;
		const { exercise: found, actor } = await exercises.open(exercise.id, { id: exercise.director.id });
		const page = await mail.list(found, actor, { state: 'failed' });
		expect(page.mails).toMatchObject([{ to, state: 'failed', attempts: 1 }]);
		expect(page.mails[0]!.error).toMatch(/550 no such mailbox/);
		expect(page.counts.failed).toBe(1);
		const figures = async () =>
			(
				await fetch(`${server.url}/metrics`, { headers: { authorization: 'Bearer a token of some length' } })
			).text();
		expect(await figures()).toContain('muster_mail_failed 1');

		const player = await exercises.open(exercise.id, { id: players[0]!.id });
		await expect(mail.list(player.exercise, player.actor)).rejects.toThrow('There is nothing here');
		await expect(mail.retry(player.exercise, player.actor, null)).rejects.toThrow('There is nothing here');
		const elsewhere = await TestExercise.create(server);
		const other = await exercises.open(elsewhere.id, { id: elsewhere.director.id });
		expect(await mail.retry(other.exercise, other.actor, page.mails[0]!.id)).toBe(0);
		expect((await mail.list(other.exercise, other.actor)).mails).toEqual([]);

		smtp.answer(to, null);
		expect(await mail.retry(found, actor, page.mails[0]!.id)).toBe(1);
		await expect.poll(() => stateOf(to), soon).toBe('sent');
		expect(await figures()).toContain('muster_mail_failed 0');
	});

	test('refuses line breaks in names, subjects and addresses, and queues nothing of the rest', async () => {
		for (const bad of [
			{ subject: 'Hello\r\nBcc: all@example.test' },
			{ fromName: 'Port\nBcc: all@example.test' },
			{ to: 'a@example.test\r\nBcc: all@example.test' },
			{ to: 'a@example.test, b@example.test' }
		])
			await expect(queue(mailTo('good@example.test'), mailTo('bad@example.test', bad))).rejects.toThrow(
				/one line|no e-mail address/
			);
		expect(await rowOf('good@example.test')).toBeUndefined();
	});
});

describe('released injects', () => {
	const subjects = () => smtp.arrived.map((mail) => readMail(mail).headers.get('subject'));

	test('[P1] go to the members of the teams that they reach, when they are released and not before', async () => {
		const [inject] = await exercise.approved({
			title: 'Odd logins\u0007',
			reference: 'ZEISIG-1',
			from: 'Port authority duty officer',
			channel: 'email',
			tlp: 'green',
			body: richTextFromText('There are odd logins.'),
			controllerNotes: 'ZEISIG',
			evaluatorNotes: 'ZEISIG',
			storyline: 'ZEISIG',
			to: { all: false, countries: ['GR'], levels: [], teams: [] }
		});
		expect(
			(await server.services.database.pool.query("select 1 from mail where kind = 'inject'")).rowCount
		).toBe(0);
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		await expect.poll(() => smtp.arrived.length, soon).toBe(2);
		expect(smtp.arrived.map(({ to }) => to[0]).sort()).toEqual(
			players
				.slice(0, 2)
				.map((one) => one.email)
				.sort()
		);
		for (const arrived of smtp.arrived) {
			const { headers, text } = readMail(arrived);
			expect(headers.get('subject')).toBe('[EXERCISE] [TLP:GREEN] Odd logins');
			expect(headers.get('from')).toBe('Port authority duty officer <muster@example.test>');
			expect(text).toMatch(
				/^EXERCISE EXERCISE EXERCISE\n[^]*TLP:GREEN[^]*There are odd logins\.[^]*EXERCISE EXERCISE EXERCISE\n*$/
			);
			expect(text).toContain(`${server.url}/exercises/${exercise.id}/teams/${teams[0]!.id}`);
			expect(arrived.raw).not.toMatch(new RegExp(`ZEISIG|IT CSIRT|${inject!.id}|${teams[1]!.id}`));
		}
	});

	test('TLP:RED is not mailed, only that there is something', async () => {
		const [inject] = await exercise.approved({
			title: 'ZEISIG title',
			from: 'ZEISIG sender',
			channel: 'email',
			tlp: 'red',
			body: richTextFromText('ZEISIG body'),
			to: toAll
		});
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		await expect.poll(() => smtp.arrived.length, soon).toBe(3);
		expect(subjects()).toEqual(Array(3).fill('[EXERCISE] Something for your team, TLP:RED'));
		for (const { raw } of smtp.arrived) expect(raw).not.toContain('ZEISIG');
	});

	test('another channel sends nothing; a release that is refused sends nothing; pressed twice it is sent once', async () => {
		const [other, inject] = await exercise.approved(
			{ title: 'By phone', channel: 'phone', to: toAll },
			{ title: 'By mail', channel: 'email', to: toAll }
		);
		await exercise.must(exercise.director, 'inject.release', { inject: other!.id });
		const answers = await Promise.all(
			[1, 2, 3, 4].map(() => exercise.send(exercise.director, 'inject.release', { inject: inject!.id }))
		);
		expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
		await expect.poll(() => smtp.arrived.length, soon).toBe(3);
		const { rows } = await server.services.database.pool.query(
			"select 1 from mail where state <> 'sent' and kind = 'inject'"
		);
		expect(rows).toEqual([]);
		expect(subjects()).toEqual(Array(3).fill('[EXERCISE] [TLP:AMBER] By mail'));
	});

	test('a release that fails on its way leaves no mail behind', async () => {
		const [inject] = await exercise.approved({ title: 'Rolled back', channel: 'email', to: toAll });
		const { pool } = server.services.database;
		// the last statement of the release fails: its audit row
		await pool.query("alter table audit add constraint broken check (act <> 'inject.release') not valid");
		const answer = await exercise.send(exercise.director, 'inject.release', { inject: inject!.id });
		await pool.query('alter table audit drop constraint broken');
		expect(answer.ok).toBe(false);
		expect((await pool.query("select 1 from mail where subject like '%Rolled back%'")).rowCount).toBe(0);
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		await expect.poll(() => smtp.arrived.length, soon).toBe(3);
	});
});

test('without SMTP nothing is queued: releases go on, who asks for a mail is told', async () => {
	const bare = await startTestServer();
	const other = await TestExercise.create(bare);
	const team = await other.team('GR CSIRT');
	await other.member('Player', { role: 'player', teamId: team.id });
	await other.approved({ title: 'First', to: toAll });
	await other.must(other.director, 'exercise.start', {});
	const [inject] = await other.approved({ title: 'By mail', channel: 'email', to: toAll });
	await other.must(other.director, 'inject.release', { inject: inject!.id });
	expect(bare.services.mail.isSetUp).toBe(false);
	await expect(
		bare.services.mail.queueMail(bare.services.database.db, [mailTo('x@example.test')])
	).rejects.toThrow('Mail is not set up on this installation.');
	expect((await bare.services.database.pool.query('select 1 from mail')).rowCount).toBe(0);
	await bare.close();
});
