import { afterAll, beforeAll, expect, test } from 'vitest';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { eventually } from '../support/eventually.ts';
import { toAll, type Person } from '../support/exercise.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { readMail, startSmtp, type Arrived, type TestSmtp } from '../support/smtp.ts';
import { planCentral, planGreek } from './probe/plan.ts';
import { readable } from './probe/readable.ts';
import { ProbeScene } from './probe/scene.ts';

/*
 * [P1] [P2] The same probe for mail: every byte of every mail of an exercise, from the first link to the last inject. No mail
 * is ever taken out of the list, so what is looked at at the end is the whole story.
 */
let smtp: TestSmtp;
let server: TestServer;
let scene: ProbeScene;
let port: Person;
/** how many there were before anything was released */
let beforeRelease = 0;

const imported = { greek: 'new.greek@example.test', italian: 'new.italian@example.test' };

/** Everything that was queued is with the mail server. */
async function allSent(): Promise<void> {
	const { pool } = server.services.database;
	server.services.mail.look();
	await eventually(async () => {
		const { rows } = await pool.query<{ state: string; n: number }>(
			'select state, count(*)::int as n from mail group by state'
		);
		const of = (state: string) => rows.find((row) => row.state === state)?.n ?? 0;
		return of('queued') === 0 && of('failed') === 0 && of('sent') === smtp.arrived.length;
	}, 'all mails to be sent');
}

beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
	scene = await ProbeScene.create(server);
	const { people, exercise, teams } = scene;
	port = await exercise.member('Petros', { role: 'player', teamId: teams.port.id });
	await planCentral(scene);
	// it rehearses too, and releases by mail what it rehearses
	await planGreek(scene);
	const desk = await server.services.accounts.people.open(exercise.id, { id: people.director.id });
	for (const [who, team] of [
		['greek', teams.greek],
		['italian', teams.italian]
	] as const)
		await desk.addPerson({
			name: `New ${who}`,
			email: imported[who],
			membership: { role: 'player', teamId: team.id }
		});
	// the stage makes people without passwords: they wait for a link as those do who were imported
	await desk.mailLinks(null);
	await allSent();
	const control = await scene.open(people.director);
	const { communication } = server.services.readiness;
	await communication.start(control.exercise, control.actor, { text: 'Can you read this?', minutes: 60 });
	await allSent();
	const { current } = await communication.view(control.exercise, control.actor);
	await communication.confirm(control.exercise, (await scene.open(people.player)).actor, current!.id);
	await server.services.database.pool.query(
		"update communication_answer set reminded_at = now() - interval '11 minutes'"
	);
	await communication.remind(control.exercise, control.actor);
	await allSent();
	beforeRelease = smtp.arrived.length;
	await release();
}, 120_000);
afterAll(async () => {
	await server.close();
	await smtp.stop();
});

/** By hand, by schedule and made up: the variant to Greece, the central text to Italy alone. */
async function release(): Promise<void> {
	const { exercise, people, ids, planted, teams } = scene;
	await exercise.must(people.director, 'inject.release', { inject: ids.greek });
	await exercise.must(people.director, 'inject.release', { inject: ids.central });
	const { pool } = server.services.database;
	const { rows } = await pool.query<{ clock: { exerciseStart: number }[] }>(
		'select clock from exercise where id = $1',
		[exercise.id]
	);
	const [due] = await exercise.approved({
		title: planted.word('central', 'duetitle'),
		controllerNotes: planted.word('central', 'duecontrol'),
		channel: 'email',
		to: { ...toAll, all: false, teams: [teams.port.id] },
		schedule: { mode: 'at', at: rows[0]!.clock[0]!.exerciseStart + 1 }
	});
	planted.id('central', 'of what is due', due!.id);
	await exercise.must(people.italianModerator, 'inject.releaseAdHoc', {
		title: planted.word('central', 'madeuptitle'),
		body: richTextFromText(planted.word('central', 'madeupbody')),
		controllerNotes: planted.word('central', 'madeupcontrol'),
		channel: 'email',
		tlp: 'green',
		to: { ...toAll, all: false, countries: ['IT'] }
	} as never);
	await eventually(
		async () =>
			(await pool.query("select 1 from mail where kind = 'inject' and subject like '%duetitle%'"))
				.rowCount === 1,
		'the schedule to release what is due'
	);
	await allSent();
}

/** All that a mail says, as it came and as a person reads it. */
function textOf(mail: Arrived): string {
	const { headers, text } = readMail(mail);
	return [readable(mail.raw), ...[...headers].map(([name, value]) => `${name}: ${value}`), text].join('\n');
}
const labels = (mail: Arrived) =>
	scene.planted
		.in(textOf(mail))
		.map(({ label }) => label)
		.sort();

test('[P1] no mail before the release holds anything of what is planned, also not of what was rehearsed', () => {
	const kinds = ['Your link to', 'Communication check'];
	const before = smtp.arrived.slice(0, beforeRelease);
	for (const kind of kinds)
		expect(
			before.some((mail) => textOf(mail).includes(kind)),
			kind
		).toBe(true);
	// whoever has not confirmed was asked twice, who has, once
	const asked = (email: string) =>
		before.filter((mail) => mail.to[0] === email && textOf(mail).includes('Can you read this?')).length;
	expect([asked(scene.people.player.email), asked(scene.people.italianPlayer.email)]).toEqual([1, 2]);
	expect(before.map((mail) => [mail.to, labels(mail)]).filter(([, found]) => found!.length > 0)).toEqual([]);
});

test('[P1] [P2] a released inject is in mails to the teams that received it alone, in their language and with nothing of planning', () => {
	const after = smtp.arrived.slice(beforeRelease);
	const variant = ['central attachedname', 'greek attachedname', 'greek variantfrom'];
	const greek = [[...variant, 'greek variantelbody', 'greek varianteltitle'].sort()];
	const italian = [
		['central attachedname', 'central firstfrom', 'central firstitbody', 'central firstittitle'],
		['central madeupbody', 'central madeuptitle']
	];
	const received = new Map<string, string[][]>();
	for (const mail of after) {
		const [to] = mail.to;
		received.set(to!, [...(received.get(to!) ?? []), labels(mail)].sort());
	}
	expect(Object.fromEntries(received)).toEqual({
		[scene.people.player.email]: greek,
		[imported.greek]: greek,
		// no language of its own: as it was written
		[port.email]: [[...variant, 'greek secondtitle', 'greek variantbody'].sort(), ['central duetitle']],
		[scene.people.italianPlayer.email]: italian,
		[imported.italian]: italian
	});
});

test('[P1] [P2] every mail has one reader, names no other address, team or id of planning, and hides none', async () => {
	const { database } = server.services;
	const { rows: accounts } = await database.pool.query<{ email: string }>('select email from account');
	const { rows: secret } = await database.pool.query<{ id: string }>(
		`select id from inject where exercise_id = $1 union select id from attachment where exercise_id = $1
		union select id from attachment_grant union select id from delivery where exercise_id = $1
		union select id from library_item union select id from exercise where rehearsal_of = $1`,
		[scene.exercise.id]
	);
	const { greek, port: harbour, italian } = scene.teams;
	const teamOf = new Map([
		[scene.people.player.email, greek],
		[imported.greek, greek],
		[port.email, harbour],
		[scene.people.italianPlayer.email, italian],
		[imported.italian, italian]
	]);
	expect(smtp.arrived.length).toBeGreaterThan(20);
	for (const mail of smtp.arrived) {
		const [to] = mail.to;
		const { headers } = readMail(mail);
		expect(mail.to).toHaveLength(1);
		expect([headers.get('to'), mail.from]).toEqual([to, 'muster@example.test']);
		for (const name of ['cc', 'bcc', 'resent-to', 'reply-to'])
			expect(headers.has(name), `${name} to ${to}`).toBe(false);
		const text = textOf(mail);
		const others = accounts.filter(({ email }) => email !== to && text.includes(email));
		expect([to, others]).toEqual([to, []]);
		expect([to, secret.filter(({ id }) => text.includes(id))]).toEqual([to, []]);
		const own = teamOf.get(to!);
		for (const team of [greek, harbour, italian])
			if (team !== own)
				expect([to, text.includes(team.id), text.includes(team.name)]).toEqual([to, false, false]);
	}
});

test('[P8] every mail of an exercise carries its marking in subject and text, and a label', () => {
	for (const mail of smtp.arrived) {
		const { headers, text } = readMail(mail);
		expect(headers.get('subject')).toMatch(/^\[EXERCISE\] \[TLP:(AMBER|GREEN)\] /);
		expect(text.trim()).toMatch(
			/^EXERCISE EXERCISE EXERCISE\nTest exercise · TLP:[^]*\nEXERCISE EXERCISE EXERCISE$/
		);
	}
	expect(smtp.arrived.some((mail) => mail.raw.includes('[TLP:GREEN]'))).toBe(true);
});
