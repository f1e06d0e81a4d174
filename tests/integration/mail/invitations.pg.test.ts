import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { readMail, startSmtp, type TestSmtp } from '../../support/smtp.ts';

/* A link for several people, sent to addresses while the page still shows it. */
let smtp: TestSmtp;
let server: TestServer;
let exercise: TestExercise;
let controller: Person;
let team: Awaited<ReturnType<TestExercise['team']>>;

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
	exercise = await TestExercise.create(server);
	team = await exercise.team('GR CSIRT');
	controller = await exercise.member('Controller', { role: 'controller' });
});
afterAll(async () => {
	await server.close();
	await smtp.stop();
});
beforeEach(() => void smtp.arrived.splice(0));

const open = (person: { id: Person['id'] } = exercise.director) =>
	server.services.accounts.people.open(exercise.id, { id: person.id });
async function invite(quota: number, role: 'player' | 'director' = 'player') {
	const people = await open();
	const membership = role === 'player' ? { role, teamId: team.id } : { role };
	return { people, ...(await people.invite({ membership, quota, days: 14 })) };
}
const arrived = (count: number) => expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(count);
const rowsOf = async (id: string) =>
	(
		await server.services.database.pool.query<{ to_address: string; state: string; body: string }>(
			"select to_address, state, body from mail where starts_with(once, 'invitation/' || $1 || '/') order by 1",
			[id]
		)
	).rows;

describe('the mail of an invitation', () => {
	test('[P8] wears marking and label, says the role, and its link lets in', async () => {
		const { people, link } = await invite(3);
		const answer = await people.mailInvitation({
			link,
			addresses: 'Port desk <first@example.test>, second@example.test'
		});
		expect(answer).toEqual({ sent: 2, before: 0 });
		await arrived(2);
		expect(smtp.arrived.map((one) => one.to[0]).sort()).toEqual([
			'first@example.test',
			'second@example.test'
		]);
		const { headers, text } = readMail(smtp.arrived[0]!);
		expect(headers.get('subject')).toBe('[EXERCISE] [TLP:AMBER] Invitation to Test exercise');
		expect(text).toMatch(/^EXERCISE EXERCISE EXERCISE\s+Test exercise · TLP:AMBER/);
		expect(text).toContain('- Player, GR CSIRT');
		expect(text).toContain(link);
		const { accountId } = await server.services.accounts.invitations.accept(link.split('/').at(-1)!, {
			name: 'Somebody',
			email: 'first@example.test',
			password: 'long enough to be one'
		});
		expect((await server.services.exercises.actor(exercise.id, accountId)).memberships).toEqual([
			{ role: 'player', teamId: team.id }
		]);
	});

	test('the same address is written to once, however often and by how many it is pressed', async () => {
		const { people, link, id } = await invite(5);
		const press = () => people.mailInvitation({ link, addresses: 'one@example.test' });
		const answers = await Promise.all([press(), press(), press()]);
		expect(answers.map(({ sent }) => sent).sort()).toEqual([0, 0, 1]);
		expect(await people.mailInvitation({ link, addresses: 'ONE@example.test two@example.test' })).toEqual({
			sent: 1,
			before: 1
		});
		await arrived(2);
		expect((await rowsOf(id)).map((one) => one.to_address)).toEqual(['one@example.test', 'two@example.test']);
	});

	test('what failed shows with its reason, takes no place, and can be tried again', async () => {
		const { people, link, id } = await invite(1);
		smtp.answer('wrong@example.test', 550);
		await people.mailInvitation({ link, addresses: 'wrong@example.test' });
		await expect.poll(async () => (await rowsOf(id))[0]!.state, { timeout: 10_000 }).toBe('failed');
		const director = await server.services.exercises.open(exercise.id, exercise.director);
		const failed = () =>
			server.services.mail.list(director.exercise, director.actor, { state: 'failed', search: 'wrong@' });
		const { mails } = await failed();
		expect(mails).toMatchObject([{ to: 'wrong@example.test', kind: 'invitation' }]);
		expect(mails[0]!.error).toContain('no such mailbox');
		expect(await people.mailInvitation({ link, addresses: 'right@example.test' })).toEqual({
			sent: 1,
			before: 0
		});
		smtp.answer('wrong@example.test', null);
		await server.services.mail.retry(director.exercise, director.actor, mails[0]!.id);
		await arrived(2);
		expect((await failed()).mails).toEqual([]);
		// a sent mail keeps nothing that opens anything
		await expect.poll(async () => (await rowsOf(id)).map((one) => one.body)).toEqual(['', '']);
	});
});

describe('what is refused sends nothing', () => {
	const refusal = (asked: Promise<unknown>) =>
		asked.then(
			() => null,
			(error: { code: string; message: string }) => error
		);

	test('[L26] more addresses than the link has places, at once or one after the other', async () => {
		const { people, link, id } = await invite(2);
		const three = 'a@example.test, b@example.test, c@example.test';
		const refused = await refusal(people.mailInvitation({ link, addresses: three }));
		expect(refused).toMatchObject({ code: 'invalid' });
		expect(refused!.message).toMatch(/2 places left, and these are 3 addresses/);
		expect(await rowsOf(id)).toEqual([]);
		const each = await Promise.all(
			three.split(', ').map((addresses) => refusal(people.mailInvitation({ link, addresses })))
		);
		expect(each.filter((one) => one === null)).toHaveLength(2);
		expect(await rowsOf(id)).toHaveLength(2);
	});

	test('what is no address is named', async () => {
		const { people, link, id } = await invite(5);
		const wrong = await refusal(people.mailInvitation({ link, addresses: 'a@example.test, port desk' }));
		expect(wrong).toMatchObject({ code: 'invalid', message: expect.stringContaining('“port”') as string });
		expect(await refusal(people.mailInvitation({ link, addresses: ' ,; ' }))).toMatchObject({
			code: 'invalid'
		});
		expect(await rowsOf(id)).toEqual([]);
	});

	test('[P1] a link that is dead, personal, made up or of another exercise: all the same words', async () => {
		const { people, link, id } = await invite(5);
		const other = await TestExercise.create(server);
		const elsewhere = await server.services.accounts.people.open(other.id, { id: other.director.id });
		await people.addPerson({
			name: 'Waiting',
			email: 'waiting@example.test',
			membership: { role: 'player', teamId: team.id }
		});
		const personal = /\/join\/[\w-]{43}/.exec(await people.personalLinks())![0];
		const send = (of: Awaited<ReturnType<typeof open>>, address: string) =>
			refusal(of.mailInvitation({ link: address, addresses: 'x@example.test' }));
		const revoked = await invite(5);
		await people.revoke(revoked.id);
		const answers = [
			await send(elsewhere, link),
			await send(people, personal),
			await send(people, revoked.link),
			await send(people, `${server.url}/join/${'A'.repeat(43)}`),
			await send(people, '')
		];
		for (const one of answers) expect(one).toMatchObject({ code: 'not-found', message: answers[0]!.message });
		expect(await rowsOf(id)).toEqual([]);
		expect(await send(people, link)).toBeNull();
	});

	test('a controller sends what a controller may grant, and no director', async () => {
		const [player, director] = [await invite(5), await invite(5, 'director')];
		const people = await open(controller);
		expect(await people.mailInvitation({ link: player.link, addresses: 'p@example.test' })).toMatchObject({
			sent: 1
		});
		expect(
			await refusal(people.mailInvitation({ link: director.link, addresses: 'd@example.test' }))
		).toMatchObject({ code: 'forbidden' });
	});

	test('without SMTP it says to copy the link', async () => {
		const bare = await startTestServer();
		const other = await TestExercise.create(bare);
		const people = await bare.services.accounts.people.open(other.id, { id: other.director.id });
		const { link } = await people.invite({ membership: { role: 'observer' }, quota: 3, days: 3 });
		await expect(people.mailInvitation({ link, addresses: 'a@example.test' })).rejects.toThrow(
			'Copy the links and send them yourself.'
		);
		await bare.close();
	});
});

test('[P7] sending is recorded without the addresses', async () => {
	const { people, link, id } = await invite(5);
	await people.mailInvitation({ link, addresses: 'quiet@example.test' });
	const { rows } = await server.services.database.pool.query<{ detail: object }>(
		"select detail from audit where act = 'invitation.mailed' and detail ->> 'invitation' = $1",
		[id]
	);
	expect(rows).toEqual([{ detail: { invitation: id, mails: 1 } }]);
});
