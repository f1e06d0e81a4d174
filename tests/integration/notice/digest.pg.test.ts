import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId } from '#lib/exercise/ids.ts';
import type { MembershipId } from '#server/exercises/memberships.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { defaultChoices, noticeKinds, type NoticeKind } from '#lib/exercise/notice/choices.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { readMail, startSmtp, type TestSmtp } from '../../support/smtp.ts';

/* The digest by mail, over a real mail server: counts, and with the rights of the moment at which it leaves. */
const secret = 'PIROL';
let smtp: TestSmtp;
let server: TestServer;
let exercise: TestExercise;
let teams: Team[];
let player: Person;
let other: Person;

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
}, 60_000);
afterAll(async () => {
	await server.close();
	await smtp.stop();
});
beforeEach(async () => {
	exercise = await TestExercise.create(server);
	teams = [await exercise.team('GR CSIRT'), await exercise.team('IT CSIRT', 'IT')];
	player = await exercise.member('Player', { role: 'player', teamId: teams[0]!.id, lead: true });
	other = await exercise.member('Other player', { role: 'player', teamId: teams[1]!.id });
	smtp.arrived.splice(0);
});

const wanting = (kinds: readonly NoticeKind[], digestMinutes = 5) => ({
	ways: Object.fromEntries(noticeKinds.map((kind) => [kind, kinds.includes(kind) ? ['mail'] : ['page']])),
	digestMinutes
});
/** As if the minutes between two digests were over. */
async function due(...people: Person[]): Promise<number> {
	await server.services.database.pool.query(
		'update notice_preference set digest_at = now() where account_id = any($1)',
		[people.map((one) => one.id)]
	);
	return server.services.notices.digest.look();
}
/** Wants it, and had a first look: from here on things are news. */
async function begin(people: Person[], kinds: readonly NoticeKind[] = noticeKinds): Promise<void> {
	for (const one of people) await server.services.notices.save(one.id, wanting(kinds));
	expect(await due(...people)).toBe(0);
}
const mailsTo = ({ email }: Person) =>
	smtp.arrived.filter(({ to }) => to.includes(email)).map((one) => readMail(one));
async function arrives(person: Person, count = 1) {
	server.services.mail.look();
	await expect.poll(() => mailsTo(person).length, { timeout: 10_000 }).toBe(count);
	return mailsTo(person).at(-1)!;
}
/** What is queued has left, or was dropped. */
async function settled(): Promise<void> {
	server.services.mail.look();
	await expect
		.poll(
			async () =>
				(
					await server.services.database.pool.query<{ n: string }>(
						"select count(*) as n from mail where exercise_id = $1 and state = 'queued'",
						[exercise.id]
					)
				).rows[0]!.n,
			{ timeout: 10_000 }
		)
		.toBe('0');
}

describe('what a digest says', () => {
	test('[P8] the marking, kinds and counts; a title of a CLEAR or GREEN one alone, and no word of any content', async () => {
		const [amber, red] = await exercise.approved(
			{ title: `${secret} amber`, body: richTextFromText(secret), tlp: 'amber', to: toAll },
			{ title: `${secret} red`, body: richTextFromText(secret), tlp: 'red', to: toAll }
		);
		await exercise.must(exercise.director, 'exercise.start', {});
		await begin([player]);
		await exercise.must(exercise.director, 'inject.release', { inject: amber!.id });
		await exercise.must(exercise.director, 'inject.release', { inject: red!.id });
		await exercise.must(exercise.director, 'team.prompt', {
			team: teams[0]!.id,
			text: `${secret} prompt`,
			tlp: 'clear'
		});
		await exercise.must(exercise.director, 'clock.pause', {});
		expect(await due(player)).toBe(1);
		const { headers, text } = await arrives(player);
		expect(headers.get('subject')).toBe('[EXERCISE] [TLP:AMBER] 4 things happened in the exercise');
		expect(text).toContain('EXERCISE EXERCISE EXERCISE');
		expect(text).toContain('2 new injects or announcements in Test exercise');
		expect(text).toContain('A question or an answer waits in Test exercise');
		expect(text).toContain('The clock or the phase changed in Test exercise');
		expect(text).not.toContain(secret);
		// told once
		expect(await due(player)).toBe(0);

		await exercise.must(exercise.director, 'clock.resume', {});
		await exercise.must(exercise.director, 'inject.releaseAdHoc', {
			title: 'Harbour open again',
			body: richTextFromText(secret),
			tlp: 'green',
			to: toAll
		} as never);
		expect(await due(player)).toBe(1);
		const green = await arrives(player, 2);
		expect(green.text).toContain('Harbour open again');
		expect(green.text).not.toContain(secret);
	});

	test('[P1] nothing before it is released, and nothing of what is released to others', async () => {
		const [theirs, planned] = await exercise.approved(
			{ title: 'Theirs', tlp: 'clear', to: { all: false, countries: ['IT'], levels: [], teams: [] } },
			{
				title: 'Planned',
				tlp: 'clear',
				schedule: { mode: 'offset', seconds: 4 * 3600 },
				to: toAll
			}
		);
		await exercise.must(exercise.director, 'exercise.start', {});
		await begin([player, other]);
		await exercise.must(exercise.director, 'inject.hold', { inject: planned!.id, reason: 'wait' });
		await exercise.must(exercise.director, 'inject.liftHold', { inject: planned!.id });
		expect(await due(player, other)).toBe(0);
		await exercise.must(exercise.director, 'inject.release', { inject: theirs!.id });
		await exercise.must(exercise.director, 'announcement.make', {
			text: secret,
			to: { countries: ['IT'], levels: [] }
		});
		expect(await due(player, other)).toBe(1);
		const { text } = await arrives(other);
		expect(text).toContain('2 new injects or announcements');
		await settled();
		expect(mailsTo(player)).toEqual([]);
	});

	test('a deadline that comes near is told once, and mentions to those who read the script', async () => {
		const planner = await exercise.member('Planner', { role: 'planner', cell: 'central' });
		const [inject] = await exercise.approved({
			title: 'Answer soon',
			to: toAll,
			acknowledgeWithin: 120
		});
		await exercise.must(exercise.director, 'exercise.start', {});
		await begin([player, planner], ['deadline', 'mention']);
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		const loaded = await server.services.exercises.open(exercise.id, exercise.director);
		await server.services.comments.add(loaded.exercise, loaded.actor, 'central', {
			inject: inject!.id,
			text: `${secret}, please look`,
			mentions: [planner.id]
		} as never);
		expect(await due(player, planner)).toBe(2);
		expect((await arrives(player)).text).toContain('A deadline is near or over in Test exercise');
		const mention = await arrives(planner);
		expect(mention.text).toContain('Somebody mentions you in Test exercise');
		expect(mention.text).not.toContain(secret);
		expect(await due(player, planner)).toBe(0);
	});
});

describe('mentions in channels', () => {
	test('[P8] [P2] who is named is told that somebody did; not where nor in what words, and nothing of a channel that is not theirs', async () => {
		const mate = await exercise.member('Colleague', { role: 'player', teamId: teams[0]!.id });
		const open = async (name: string, of: Team[]) =>
			(
				(await exercise.must(exercise.director, 'channel.open', {
					name,
					kind: 'network',
					teams: of.map(({ id }) => id)
				})) as { channel: ChannelId }
			).channel;
		await exercise.approved({ title: 'x', to: toAll });
		await exercise.must(exercise.director, 'exercise.start', {});
		const shared = await open(`${secret} network`, teams);
		const left = await open(`${secret} left`, teams);
		await begin([player, other, mate], ['mention']);
		const say = (channel: ChannelId, tlp: 'green' | 'amber') =>
			exercise.must(player, 'channel.post', {
				channel,
				tlp,
				text: `${secret} for @Other player`,
				mentions: [other.id]
			});
		await say(shared, 'amber');
		await say(left, 'green');
		// out before the digest is made: what was said there is no news to them any more
		await exercise.must(exercise.director, 'channel.removeMembers', { channel: left, teams: [teams[1]!.id] });
		expect(await due(player, other, mate)).toBe(1);
		const { headers, text } = await arrives(other);
		expect(text).toContain('Somebody mentions you in Test exercise');
		expect(`${[...headers.values()].join('\n')}\n${text}`).not.toContain(secret);
		await settled();
		for (const one of [player, mate]) expect(mailsTo(one)).toEqual([]);
	});
});

describe('whether it is sent', () => {
	test('nobody gets one who did not ask for it, or asked for other kinds', async () => {
		await exercise.approved({ title: 'x', to: toAll });
		await exercise.must(exercise.director, 'exercise.start', {});
		await server.services.notices.save(other.id, defaultChoices);
		await begin([player], ['stop']);
		await exercise.must(exercise.director, 'announcement.make', { text: 'Hello' });
		expect(await due(player, other)).toBe(0);
		await exercise.must(exercise.director, 'exercise.stop', { reason: 'Drill' });
		expect(await due(player, other)).toBe(1);
		const { headers, text } = await arrives(player);
		expect(text).toContain('STOP: news of the emergency stop in Test exercise');
		expect(headers.get('subject')).toContain('1 thing happened');
	});

	test('[R17] a right that ends while the mail waits takes the mail with it', async () => {
		await exercise.approved({ title: 'x', to: toAll });
		await exercise.must(exercise.director, 'exercise.start', {});
		await begin([player, other]);
		await exercise.must(exercise.director, 'announcement.make', { text: 'Hello' });
		// the mail server is away: the mails wait
		await smtp.stop();
		expect(await due(player, other)).toBe(2);
		server.services.mail.look();
		await expect
			.poll(
				async () =>
					(
						await server.services.database.pool.query<{ n: string }>(
							'select count(*) as n from mail where exercise_id = $1 and attempts > 0',
							[exercise.id]
						)
					).rows[0]!.n,
				{ timeout: 10_000 }
			)
			.toBe('2');
		await server.services.exercises.removeMembership(
			exercise.id,
			await membershipOf(player),
			exercise.director.id
		);
		await smtp.start();
		await server.services.database.pool.query('update mail set next_at = now() where exercise_id = $1', [
			exercise.id
		]);
		await arrives(other);
		await settled();
		expect(mailsTo(player)).toEqual([]);
	}, 60_000);

	test('[R17] whoever has not accepted the terms gets neither a digest nor an inject by mail', async () => {
		const [inject] = await exercise.approved({ title: 'By mail', to: toAll, channel: 'email' });
		await exercise.must(exercise.director, 'exercise.start', {});
		await begin([player, other]);
		const { exercise: loaded, actor } = await server.services.exercises.open(exercise.id, exercise.director);
		await server.services.terms.publish(loaded, actor, 'Keep it to yourself.');
		const page = (await server.services.terms.page(exercise.id, other.id))!;
		await server.services.terms.accept(exercise.id, other.id, page);
		await exercise.must(exercise.director, 'inject.release', { inject: inject!.id });
		expect(await due(player, other)).toBe(1);
		// the inject itself, and the digest
		await arrives(other, 2);
		await settled();
		expect(mailsTo(player)).toEqual([]);
	});

	test('two nodes that look at the same moment make one mail', async () => {
		await exercise.approved({ title: 'x', to: toAll });
		await exercise.must(exercise.director, 'exercise.start', {});
		await begin([player]);
		await exercise.must(exercise.director, 'announcement.make', { text: 'Hello' });
		await server.services.database.pool.query(
			'update notice_preference set digest_at = now() where account_id = $1',
			[player.id]
		);
		const { digest } = server.services.notices;
		const made = await Promise.all([digest.look(), digest.look(), digest.look()]);
		expect(made.reduce((sum, one) => sum + one, 0)).toBe(1);
		await arrives(player);
	});

	test('at most one in the minutes that were chosen, and choices are checked', async () => {
		await server.services.notices.save(player.id, wanting(['inject'], 45));
		const { rows } = await server.services.database.pool.query<{ minutes: number }>(
			'select round(extract(epoch from digest_at - now()) / 60)::int as minutes from notice_preference where account_id = $1',
			[player.id]
		);
		expect(rows[0]!.minutes).toBe(45);
		await expect(server.services.notices.save(player.id, wanting(['inject'], 2))).rejects.toThrow(
			'Minutes: at least 5.'
		);
		await expect(server.services.notices.save(player.id, { ways: {}, digestMinutes: 30 })).rejects.toThrow();
		await server.services.notices.save(player.id, defaultChoices);
		const off = await server.services.database.pool.query<{ digest_at: Date | null }>(
			'select digest_at from notice_preference where account_id = $1',
			[player.id]
		);
		expect(off.rows[0]!.digest_at).toBeNull();
	});
});

async function membershipOf(person: Person): Promise<MembershipId> {
	const { rows } = await server.services.database.pool.query<{ id: MembershipId }>(
		'select id from membership where exercise_id = $1 and account_id = $2',
		[exercise.id, person.id]
	);
	return rows[0]!.id;
}
