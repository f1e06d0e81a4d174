import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestExercise } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { readMail, startSmtp, type TestSmtp } from '../../support/smtp.ts';

let smtp: TestSmtp;
let server: TestServer;
let exercise: TestExercise;

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
	exercise = await TestExercise.create(server);
	// the stage makes people without passwords
	await server.services.database.pool.query("update account set password_hash = 'set' where id = $1", [
		exercise.director.id
	]);
	const team = await exercise.team('GR CSIRT');
	const people = await open();
	for (const name of ['First', 'Second'])
		await people.addPerson({
			name,
			email: `${name.toLowerCase()}@example.test`,
			membership: { role: 'player', teamId: team.id, lead: name === 'First' }
		});
});
afterAll(async () => {
	await server.close();
	await smtp.stop();
});
beforeEach(async () => {
	smtp.arrived.splice(0);
	await aMinuteLater();
});

/** As if what was mailed so far had been mailed a minute ago. */
const aMinuteLater = () =>
	server.services.database.pool.query("update mail set created_at = created_at - interval '61 seconds'");
const idOf = async (email: string) =>
	(
		await server.services.database.pool.query<{ id: string }>('select id from account where email = $1', [
			email
		])
	).rows[0]!.id;
const open = () => server.services.accounts.people.open(exercise.id, { id: exercise.director.id });
const tokenIn = (text: string) => /\/join\/([\w-]{43})/.exec(text)?.[1] ?? '';
const opens = async (token: string) => (await server.services.accounts.viewJoin(token, null)) !== null;

test('everybody without a password gets the own link; sending one again replaces that one alone', async () => {
	const people = await open();
	expect(await people.mailLinks(null)).toBe(2);
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(2);
	const texts = new Map(smtp.arrived.map((one) => [one.to[0], readMail(one).text]));
	const first = texts.get('first@example.test')!;
	expect(first).toMatch(/^EXERCISE EXERCISE EXERCISE\s+Test exercise · TLP:/);
	expect(first).toContain('Team lead, GR CSIRT');
	expect(first).toContain('60 days');
	expect(texts.get('second@example.test')).toContain('Player, GR CSIRT');
	const [old, other] = [tokenIn(first), tokenIn(texts.get('second@example.test')!)];
	expect(old).not.toBe(other);
	expect(await opens(old)).toBe(true);

	smtp.arrived.splice(0);
	await aMinuteLater();
	expect(await people.mailLinks(await idOf('first@example.test'))).toBe(1);
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(1);
	expect(smtp.arrived[0]!.to).toEqual(['first@example.test']);
	expect(await opens(old)).toBe(false);
	expect(await opens(other)).toBe(true);
	expect(await opens(tokenIn(readMail(smtp.arrived[0]!).text))).toBe(true);
});

test('pressed twice, also at once, one mail goes out and its link works', async () => {
	const desks = await Promise.all([open(), open(), open()]);
	const answers = await Promise.allSettled(desks.map((people) => people.mailLinks(null)));
	expect(answers.filter(({ status }) => status === 'fulfilled')).toEqual([{ status: 'fulfilled', value: 2 }]);
	for (const answer of answers)
		if (answer.status === 'rejected')
			expect((answer.reason as Error).message).toMatch(
				/^Everybody here was sent a link within the last minute/
			);
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(2);
	const [people] = desks;
	await expect(people!.mailLinks(await idOf('second@example.test'))).rejects.toThrow(
		'This person was sent a link within the last minute.'
	);
	const waiting = "select 1 from mail where state = 'queued'";
	await expect
		.poll(async () => (await server.services.database.pool.query(waiting)).rowCount, { timeout: 10_000 })
		.toBe(0);
	expect(smtp.arrived).toHaveLength(2);
	for (const mail of smtp.arrived) expect(await opens(tokenIn(readMail(mail).text))).toBe(true);
});

test('whoever was sent a link just now is left out, others get theirs; a mail that was given up is sent again', async () => {
	const people = await open();
	expect(await people.mailLinks(await idOf('first@example.test'))).toBe(1);
	expect(await people.mailLinks(null)).toBe(1);
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(2);
	expect(smtp.arrived.map((one) => one.to[0]).sort()).toEqual(['first@example.test', 'second@example.test']);
	await server.services.database.pool.query(
		"update mail set state = 'failed' where to_address = 'second@example.test'"
	);
	expect(await people.mailLinks(null)).toBe(1);
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(3);
	expect(smtp.arrived.at(-1)!.to).toEqual(['second@example.test']);
});

test('[P1] who has a password, or is no one here, gets none; who may not manage people sends none', async () => {
	const people = await open();
	await expect(people.mailLinks(exercise.director.id)).rejects.toThrow('Nobody here waits');
	const observer = await exercise.member('Observer', { role: 'observer' });
	await expect(server.services.accounts.people.open(exercise.id, { id: observer.id })).rejects.toMatchObject({
		code: 'not-found'
	});
});

test('a mail that cannot be queued keeps the old links, and its error holds no text', async () => {
	const { pool } = server.services.database;
	const alive = async () =>
		(await pool.query('select id from invitation where revoked_at is null order by id')).rows;
	const before = await alive();
	await pool.query('alter table mail add constraint never check (false) not valid');
	const error = await (await open()).mailLinks(null).then(
		() => null,
		(problem: unknown) => problem as Error
	);
	await pool.query('alter table mail drop constraint never');
	expect(error?.message).toBe('mails could not be queued');
	const all = `${error!.stack} ${JSON.stringify(error)} ${(error!.cause as Error).stack}`;
	expect(all).not.toMatch(/\/join\/|example\.test/);
	expect(all).toContain('23514');
	expect(await alive()).toEqual(before);
});

test('without SMTP the refusal says what to do', async () => {
	const bare = await startTestServer();
	const other = await TestExercise.create(bare);
	const people = await bare.services.accounts.people.open(other.id, { id: other.director.id });
	await expect(people.mailLinks(null)).rejects.toThrow('Copy the links and send them yourself.');
	await bare.close();
});
