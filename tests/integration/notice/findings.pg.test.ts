import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { FindingId } from '#lib/exercise/ids.ts';
import { noticeKinds } from '#lib/exercise/notice/choices.ts';
import { findingFingerprint, freezeFinding } from '#lib/exercise/review/schema.ts';
import { views } from '#server/views/index.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { readMail, startSmtp, type TestSmtp } from '../../support/smtp.ts';
import { PlayedExercise } from '../review/played.ts';

/* A finding is put to Greece and Italy: who may answer hears of it, by the page and by the digest. One test goes on from the other. */

const day = 24 * 3_600_000;
const secret = 'Duty numbers were not known';
let smtp: TestSmtp;
let server: TestServer;
let played: PlayedExercise;
let everybody: Person[];

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
	played = await PlayedExercise.create(server);
	everybody = [...Object.values(played.people), played.play.director];
	for (const person of everybody)
		await server.services.notices.save(person.id, {
			ways: Object.fromEntries(noticeKinds.map((kind) => [kind, ['mail']])),
			digestMinutes: 5
		});
	expect(await due()).toBe(0);
}, 120_000);
afterAll(async () => {
	await server.close();
	await smtp.stop();
});

async function due(): Promise<number> {
	await server.services.database.pool.query(
		'update notice_preference set digest_at = now() where account_id = any($1)',
		[everybody.map(({ id }) => id)]
	);
	return server.services.notices.digest.look();
}
async function arrived(count: number): Promise<{ to: string; text: string; all: string }[]> {
	server.services.mail.look();
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(count);
	return smtp.arrived
		.splice(0)
		.map((one) => {
			const { headers, text } = readMail(one);
			return { to: one.to.join(','), text, all: `${[...headers.values()].join('\n')}\n${text}` };
		})
		.sort((a, b) => a.to.localeCompare(b.to));
}
const waiting = async (person: Person) => {
	const { exercise, actor } = await played.open(person);
	return (await views.findings.waiting(server.services.database, exercise, actor)).waiting;
};
/** As if time had passed: facts are never changed but by a test that may switch their guard off. */
async function moveDeadline(deadline: number): Promise<void> {
	const { pool } = server.services.database;
	await pool.query('alter table fact disable trigger fact_append_only');
	await pool.query(
		`update fact set fact = jsonb_set(fact, '{deadline}', to_jsonb($2::bigint))
		where exercise_id = $1 and kind = 'finding-circulated'`,
		[played.play.id, deadline]
	);
	await pool.query('alter table fact enable trigger fact_append_only');
}

test('[P2] [P8] [R17] when it is put to them, who may answer is told that there is one, and no word of it', async () => {
	const finding = played.finding as FindingId;
	const page = await server.services.documents.read(
		documentName({ exercise: played.play.id, kind: 'review' })
	);
	await played.play.must(played.people.facilitator, 'finding.circulate', {
		finding,
		countries: ['GR', 'IT'],
		deadline: Date.now() + 10 * day,
		fingerprint: findingFingerprint(freezeFinding(page, finding)!)
	});
	const { moderator, lead, italian } = played.people;
	for (const person of everybody) {
		const speaks = [moderator, lead, italian].includes(person);
		expect(await waiting(person), person.name).toHaveLength(speaks ? 1 : 0);
	}
	expect(await due()).toBe(3);
	const mails = await arrived(3);
	expect(mails.map(({ to }) => to)).toEqual([moderator, lead, italian].map(({ email }) => email).sort());
	for (const { text, all } of mails) {
		expect(text).toContain('A finding waits for the answer of your country in Test exercise');
		expect(all).not.toContain(secret);
		expect(all).not.toContain(played.finding);
	}
	// told once
	expect(await due()).toBe(0);
});

test('[P2] once more a day before the deadline, to countries that have said nothing', async () => {
	const { italian, moderator, lead } = played.people;
	await played.play.must(italian, 'finding.comment', {
		finding: played.finding as FindingId,
		country: 'IT',
		round: 1,
		text: 'We look at it.'
	} as never);
	expect(await waiting(italian)).toEqual([]);
	expect(await due()).toBe(0);
	await moveDeadline(Date.now() + day - 1000);
	// the first look after it came near; the last one was before
	await server.services.database.pool.query(`update notice_cursor set at = now() - interval '1 hour'`);
	await server.services.database.pool.query('alter table fact disable trigger fact_append_only');
	await server.services.database.pool.query(
		`update fact set wall_at = wall_at - interval '9 days' where exercise_id = $1 and kind = 'finding-circulated'`,
		[played.play.id]
	);
	await server.services.database.pool.query('alter table fact enable trigger fact_append_only');
	expect(await due()).toBe(2);
	const mails = await arrived(2);
	expect(mails.map(({ to }) => to)).toEqual([moderator, lead].map(({ email }) => email).sort());
	for (const { text, all } of mails) {
		expect(text).toContain('Within 24 hours your country has agreed to a finding by saying nothing');
		expect(all).not.toContain(secret);
	}
	expect(await due()).toBe(0);
});

test('in an exercise that is reported findings are still asked about, and nothing else is told', async () => {
	const { pool } = server.services.database;
	await pool.query(`update exercise set state = 'reported' where id = $1`, [played.play.id]);
	await played.play.must(played.people.lead, 'finding.agree', {
		finding: played.finding as FindingId,
		country: 'GR',
		round: 1
	} as never);
	expect(await waiting(played.people.lead)).toEqual([]);
	expect(await due()).toBe(0);
	await pool.query(`update exercise set state = 'closed' where id = $1`, [played.play.id]);
	expect(await due()).toBe(0);
});
