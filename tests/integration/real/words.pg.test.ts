import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { FindingId } from '#lib/exercise/ids.ts';
import { noticeKinds } from '#lib/exercise/notice/choices.ts';
import {
	addFinding,
	findingFingerprint,
	findingText,
	freezeFinding,
	reviewFindings
} from '#lib/exercise/review/schema.ts';
import { richTextFromText, writeFragment } from '#lib/exercise/rich-text.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { readMail, startSmtp, type TestSmtp } from '../../support/smtp.ts';

/*
 * What leaves the server about a real room, and about an exercise beside it, where it leaves: pages, forms, commands, files
 * and mail. A sentence that takes the one for the other is the worst that can happen.
 */
let smtp: TestSmtp;
let server: TestServer;
let spaces: Record<'real' | 'exercise', { space: TestExercise; team: Team; lead: Person }>;
let stranger: Person;

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		pages: true,
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
	const cast = async (space: TestExercise) => {
		const team = await space.team('GR desk');
		return { space, team, lead: await space.member('Lead', { role: 'player', teamId: team.id, lead: true }) };
	};
	const exercise = await TestExercise.create(server);
	await server.services.exercises.updateSettings(exercise.id, { name: 'Harbour' }, exercise.director.id);
	spaces = {
		real: await cast(await TestExercise.openRoom(server, 'Harbour outage')),
		exercise: await cast(exercise)
	};
	await exercise.approved({ title: 'First', to: toAll, schedule: { mode: 'manual' } });
	await exercise.must(exercise.director, 'exercise.start', {});
	stranger = await server.person('Stranger');
}, 300_000);
afterAll(async () => {
	await server.close();
	await smtp.stop();
});

const words = /exercise|STARTEX|ENDEX|\bplayers?\b|director|hot wash|\binject/i;
const query = async <T extends object>(text: string, values: unknown[]) =>
	(await server.services.database.pool.query<T>(text, values)).rows;

async function post(person: Person, path: string, body: BodyInit, headers: Record<string, string> = {}) {
	const response = await fetch(`${server.url}${path}`, {
		method: 'POST',
		redirect: 'manual',
		headers: { cookie: person.cookie, origin: server.url, ...headers },
		body
	});
	return { status: response.status, text: await response.text() };
}
/** As the page sends a form. */
const form = (person: Person, path: string, fields: Record<string, string>) =>
	post(person, path, new URLSearchParams(fields), {
		accept: 'application/json',
		'x-sveltekit-action': 'true',
		'content-type': 'application/x-www-form-urlencoded'
	});
let keys = 0;
const command = async (person: Person, exercise: string, name: string, input: unknown) => {
	const key = `words-of-refusals-${keys++}`;
	const { text } = await post(person, `/api/commands/${name}`, JSON.stringify({ exercise, key, input }), {
		'content-type': 'application/json'
	});
	return JSON.parse(text) as { ok: boolean; error: { code: string; message: string } };
};

describe('[P11] what is refused, where it leaves the server', () => {
	test('beside a form', async () => {
		const refusal = async ({ space }: (typeof spaces)['real']) => {
			const [own] = await query<{ id: string }>(
				"select id from membership where exercise_id = $1 and role = 'director'",
				[space.id]
			);
			return form(space.director, `/exercises/${space.id}/people?/remove`, { membership: own!.id });
		};
		expect((await refusal(spaces.real)).text).toContain(
			'A room keeps at least one coordinator. Name another one first.'
		);
		expect((await refusal(spaces.exercise)).text).toContain(
			'An exercise keeps at least one director. Name another one first.'
		);
	});

	test('of a file that is looked at before it is imported', async () => {
		const looked = async ({ space }: (typeof spaces)['real']) => {
			const desk = await server.services.accounts.people.open(space.id, { id: space.director.id });
			const file = 'name,email,role,team,lead\nAda,ada@example.test,observer,,yes\n';
			return (await desk.previewImport(new TextEncoder().encode(file))).problems.map(
				({ message }) => message
			);
		};
		expect(await looked(spaces.exercise)).toContain('Only a player leads a team.');
		expect(await looked(spaces.real)).toContain('Only a member leads a team.');
	});

	test('of a command', async () => {
		const message = async ({ space, lead }: (typeof spaces)['real']) =>
			(await command(lead, space.id, 'announcement.make', { text: 'Look' })).error.message;
		const [inRoom, inExercise] = [await message(spaces.real), await message(spaces.exercise)];
		expect(inExercise).toBe('Only exercise control does this.');
		expect(inRoom).toBe('Only the coordinator does this.');
	});

	test('[R5] whoever has no part in a room cannot tell it from one that is not there', async () => {
		const nobody = 'nothing-0000000001';
		for (const [name, input] of [
			[
				'request.ask',
				{ team: spaces.real.team.id, to: { control: true, as: 'x'.repeat(300) }, question: 'Who?' }
			],
			['log.add', { team: spaces.real.team.id, text: 'x' }],
			['exercise.start', {}]
		] as const) {
			const answers = await Promise.all(
				[spaces.real.space.id, spaces.exercise.space.id, nobody].map((id) =>
					command(stranger, id, name, input)
				)
			);
			expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
		}
		const pages = await Promise.all(
			[spaces.real.space.id, nobody].map((id) =>
				form(stranger, `/exercises/${id}/people?/remove`, { membership: 'nothing-0000000002' })
			)
		);
		expect(new Set(pages.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
	});
});

describe('[P8] [P11] every mail', () => {
	/** As they arrived: what was sent is not kept. */
	async function mailsOf({ space }: (typeof spaces)['real']) {
		server.services.mail.look();
		const rows = () =>
			query<{ kind: string; state: string }>(
				'select kind, state from mail where exercise_id = $1 order by kind',
				[space.id]
			);
		await expect
			.poll(async () => (await rows()).filter(({ state }) => state === 'queued').length, { timeout: 10_000 })
			.toBe(0);
		const mails = smtp.arrived.splice(0).map((one) => {
			const { headers, text } = readMail(one);
			return { subject: headers.get('subject') ?? '', body: `${text.replaceAll('\r', '').trim()}\n` };
		});
		return { kinds: [...new Set((await rows()).map(({ kind }) => kind))], mails };
	}
	const digests = async (person: Person) => {
		await server.services.database.pool.query(
			'update notice_preference set digest_at = now() where account_id = $1',
			[person.id]
		);
		return server.services.notices.digest.look();
	};

	/** One of each kind that a room sends. */
	async function writeAll({ space, team, lead }: (typeof spaces)['real']): Promise<void> {
		const { services } = server;
		const { exercise, actor } = await services.exercises.open(space.id, space.director);
		const people = await services.accounts.people.open(space.id, { id: space.director.id });
		await people.addPerson({
			name: 'New',
			email: `new-${exercise.kind}@example.test`,
			membership: { role: 'player', teamId: team.id }
		});
		expect(await people.mailLinks(null)).toBeGreaterThan(0);
		const { link } = await people.invite({ membership: { role: 'director' }, quota: 1, days: 14 });
		await people.mailInvitation({ link, addresses: `guest-${exercise.kind}@example.test` });
		await services.readiness.communication.start(exercise, actor, {
			text: 'Can you read this?',
			minutes: 60
		});
		const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
		await services.notices.save(lead.id, {
			ways: Object.fromEntries(noticeKinds.map((kind) => [kind, ['mail']])),
			digestMinutes: 5
		});
		expect(await digests(lead)).toBe(0);
		await space.must(space.director, 'announcement.make', { text: 'Look at the log' });
		await space.must(space.director, 'exercise.end', {});
		const name = documentName({ exercise: space.id, kind: 'review' });
		const finding = 'finding-000001' as FindingId;
		await services.documents.edit(name, space.director.id, (doc) => {
			addFinding(doc, { id: finding, kind: 'area_for_improvement', title: 'No list', cards: [] }, 'a0');
			const record = reviewFindings(doc).get(finding)!;
			writeFragment(findingText(record)!, richTextFromText('Nobody had the number.'));
		});
		await space.must(space.director, 'finding.circulate', {
			finding,
			countries: ['GR'],
			// a day before it, it is near: in a moment
			deadline: Date.now() + 24 * 3_600_000 + 1500,
			fingerprint: findingFingerprint(freezeFinding(await services.documents.read(name), finding)!)
		});
		expect(await digests(lead)).toBe(1);
		await expect.poll(() => digests(lead), { timeout: 15_000 }).toBe(1);
		await services.erasure.choose(exercise, actor, { day: soon, reason: 'Asked for' });
		await services.erasure.look();
	}
	const kinds = ['communication-check', 'digest', 'erasure', 'invitation', 'personal-link'];

	test('of a room says that it is real, outside, above and below, and nothing of an exercise', async () => {
		await writeAll(spaces.real);
		const sent = await mailsOf(spaces.real);
		expect(sent.kinds).toEqual(kinds);
		expect(sent.mails.length).toBeGreaterThanOrEqual(kinds.length);
		for (const { subject, body } of sent.mails) {
			// links lead to /exercises/<id>
			const text = body.replaceAll(server.url, '').replace(/\/exercises\/[\w-]+/g, '');
			expect([subject, subject.startsWith('[REAL] ')]).toEqual([subject, true]);
			const marked = [text.startsWith('REAL REAL REAL\n'), text.endsWith('\nREAL REAL REAL\n')];
			expect([subject, ...marked]).toEqual([subject, true, true]);
			expect(`${subject}\n${text}`).not.toMatch(words);
		}
		const all = sent.mails.map(({ body }) => body).join('\n');
		expect(all).toContain('REAL: A finding waits for the answer of your country in Harbour outage');
		expect(all).toContain('REAL: Within 24 hours your country has agreed to a finding by saying nothing');
	});

	test('of an exercise says so in the same places, and never that it is real', async () => {
		await writeAll(spaces.exercise);
		const sent = await mailsOf(spaces.exercise);
		expect(sent.kinds).toEqual(kinds);
		for (const { subject, body } of sent.mails) {
			expect([subject, subject.startsWith('[EXERCISE] ')]).toEqual([subject, true]);
			const marking = 'EXERCISE EXERCISE EXERCISE';
			const marked = [body.startsWith(`${marking}\n`), body.endsWith(`\n${marking}\n`)];
			expect([subject, ...marked]).toEqual([subject, true, true]);
			expect(`${subject}\n${body}`).not.toMatch(/\breal\b/i);
		}
	});
});

describe('[P11] when the incident is over', () => {
	test('a file that comes too late is refused in the words of the room', async () => {
		const late = async ({ space, team, lead }: (typeof spaces)['real']) => {
			await space.must(space.director, 'exercise.advance', { to: 'evaluating' });
			const { text } = await post(
				lead,
				`/api/teams/${space.id}/${team.id}/files`,
				new Uint8Array([1, 2, 3]),
				{
					'content-type': 'application/octet-stream',
					'x-file-name': 'log.txt'
				}
			);
			return (JSON.parse(text) as { error: { message: string } }).error.message;
		};
		expect(await late(spaces.real)).toBe('This is possible until the incident is closed.');
		expect(await late(spaces.exercise)).toBe(
			'This is possible between STARTEX and ENDEX; the exercise is evaluating.'
		);
	});
});
