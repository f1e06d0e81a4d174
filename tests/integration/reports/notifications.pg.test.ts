import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import type { Notification } from '#lib/exercise/notification/schema.ts';
import { reportClocks, reportState } from '#lib/exercise/notification/standing.ts';
import { foldRecords, type FoldedRecord } from '#lib/exercise/working/fold.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { earlyWarning, ReportingStage } from './stage.ts';

let server: TestServer;
let stage: ReportingStage;
let teams: Record<'csirt' | 'port' | 'french' | 'agency', Team>;
let people: Record<string, Person>;

beforeAll(async () => {
	server = await startTestServer();
	stage = await ReportingStage.start(server, async (exercise) => {
		const { exercises } = server.services;
		const { rows } = await server.services.database.pool.query<{ id: string }>(
			"insert into organisation (id, name, country, kind) values ('organisation-agency', 'Agency', 'GR', 'competent_authority') returning id"
		);
		const [port, agency] = await exercises.addTeams(
			exercise.id,
			[
				{ name: 'GR Port', country: 'GR', level: 'entity' },
				{ name: 'GR Agency', country: 'GR', level: 'operational', organisationId: rows[0]!.id as never }
			],
			exercise.director.id
		);
		teams = {
			csirt: await exercise.team('GR CSIRT'),
			port: port!,
			agency: agency!,
			french: await exercise.team('FR CSIRT', 'FR')
		};
		people = {
			lead: await exercise.member('Port lead', { role: 'player', teamId: teams.port.id, lead: true }),
			engineer: await exercise.member('Port engineer', { role: 'player', teamId: teams.port.id }),
			csirt: await exercise.member('CSIRT duty', { role: 'player', teamId: teams.csirt.id }),
			agency: await exercise.member('Agency', { role: 'player', teamId: teams.agency.id }),
			french: await exercise.member('French', { role: 'player', teamId: teams.french.id, lead: true }),
			moderator: await exercise.member('GR moderator', { role: 'moderator', country: 'GR' }),
			frenchModerator: await exercise.member('FR moderator', { role: 'moderator', country: 'FR' }),
			observer: await exercise.member('Observer', { role: 'observer' })
		};
	});
}, 120_000);
afterAll(() => server.close());

async function records(person: Person, team: Team): Promise<FoldedRecord[]> {
	const { exercise, actor } = await stage.as(person);
	const { views, database } = server.services;
	const room = await views.teamRoom.teamRoom(database, exercise, actor, team.id);
	return room.records.filter((one) => one.of === 'notification');
}
const standingOf = async (person: Person, team: Team, index = 0) =>
	(await records(person, team))[index]!.standing as Notification;

let record: RecordId;
let mirror: RecordId;

test('[P3] a case is opened with a page of its own, on which two people draft the early warning', async () => {
	const { exercise } = stage;
	const opened = (await exercise.must(people['engineer']!, 'notification.open', {
		team: teams.port.id,
		content: { title: 'Terminal down', entity: 'Port of Piraeus', awareAt: null }
	})) as { record: RecordId; number: number };
	({ record } = opened);
	expect(opened.number).toBe(1);
	const { short_description, contact_24x7, ...rest } = earlyWarning;
	await Promise.all([
		stage.fill(people['engineer']!, teams.port.id, 1, 'early_warning', {
			short_description: short_description!
		}),
		stage.fill(people['lead']!, teams.port.id, 1, 'early_warning', { contact_24x7: contact_24x7!, ...rest })
	]);
	const { documents } = server.services;
	const name = stage.worksheet(teams.port.id, 'notification-1');
	for (const [who, right] of [
		['engineer', 'write'],
		['moderator', 'read'],
		['csirt', 'none'],
		['french', 'none'],
		['observer', 'none']
	] as const)
		expect([who, (await documents.rightTo(name, people[who]!.id)).right]).toEqual([who, right]);
});

test('[P2] the list of authorities: of the own country, at the technical level or by what the organisation is', async () => {
	const { exercise, actor } = await stage.as(people['lead']!);
	const { views, database } = server.services;
	const { authorities } = await views.reach.recipients(database, exercise, actor, teams.port.id);
	expect(authorities.map(({ name }) => name)).toEqual(['GR Agency', 'GR CSIRT']);
});

const submit = async (person: Person, values: Record<string, unknown> = {}) =>
	stage.exercise.send(person, 'notification.submit', {
		record,
		report: 'early_warning',
		fingerprint: await stage.draftFingerprint(teams.port.id, 1, 'early_warning'),
		to: teams.csirt.id,
		...values
	});

test('[P7] it is approved by the lead and sent to one authority, which gets a record of its own', async () => {
	expect(await submit(people['engineer']!)).toMatchObject({ error: { code: 'forbidden' } });
	expect(await submit(people['lead']!, { to: teams.french.id })).toMatchObject({
		error: { code: 'not-found' }
	});
	expect(await submit(people['lead']!, { fingerprint: 'a'.repeat(64) })).toMatchObject({
		error: { code: 'stale' }
	});
	for (const who of ['csirt', 'french', 'moderator', 'observer'])
		expect(await submit(people[who]!)).toMatchObject({ error: { code: 'not-found' } });
	expect(await submit(people['lead']!)).toMatchObject({ ok: true });
	const own = await standingOf(people['lead']!, teams.port);
	expect(own).toMatchObject({ side: 'entity', to: 'GR CSIRT', isSent: true, number: 1 });
	const [copy] = await records(people['csirt']!, teams.csirt);
	mirror = copy!.id;
	expect(mirror).not.toBe(record);
	expect(copy!.standing).toMatchObject({ side: 'authority', from: 'GR Port', number: 0 });
	expect(await records(people['agency']!, teams.agency)).toEqual([]);
});

test('[P2] [R1] every byte: the authority has its copy and no id of the other side, nobody else has a word', async () => {
	const texts = Object.fromEntries(
		await Promise.all(
			['csirt', 'agency', 'french', 'frenchModerator', 'observer'].map(
				async (who) => [who, await stage.readableBy(people[who]!)] as const
			)
		)
	);
	expect(texts['csirt']).toContain('ZEISIG');
	for (const secret of [record, teams.port.id, 'notification-1'])
		expect(texts['csirt']).not.toContain(secret);
	for (const who of ['agency', 'french', 'frenchModerator', 'observer']) {
		expect([who, texts[who]!.includes('ZEISIG')]).toEqual([who, false]);
		expect([who, texts[who]!.includes(mirror)]).toEqual([who, false]);
	}
	expect(await stage.readableBy(people['lead']!)).not.toContain(mirror);
});

test('what the authority does reaches the team’s record, and what the team sends next reaches the same copy', async () => {
	const { exercise } = stage;
	await exercise.must(people['csirt']!, 'notification.acknowledge', {
		record: mirror,
		report: 'early_warning'
	});
	await exercise.must(people['csirt']!, 'notification.answer', {
		record: mirror,
		report: 'early_warning',
		answer: 'guidance',
		text: 'Close remote access first.'
	});
	const now = Date.UTC(2026, 5, 10, 7);
	await exercise.must(people['csirt']!, 'notification.requestReport', {
		record: mirror,
		text: 'Are the copies safe?',
		by: now + 6 * 3_600_000
	});
	const own = await standingOf(people['lead']!, teams.port);
	expect(own.reports.map((report) => [report.key, reportState(report)])).toEqual([
		['early_warning', 'feedback-given'],
		['intermediate_report-1', 'not-started']
	]);
	expect(own.reports[0]!.answers).toMatchObject([{ by: 'CSIRT duty', answer: 'guidance' }]);
	// an amendment
	await server.services.documents.edit(
		stage.worksheet(teams.port.id, 'notification-1'),
		people['lead']!.id,
		(doc) => doc.getMap('values/early_warning').set('entity', 'Port of Piraeus, both terminals')
	);
	expect(await submit(people['lead']!, { to: null })).toMatchObject({ ok: true });
	const copies = await records(people['csirt']!, teams.csirt);
	expect(copies).toHaveLength(1);
	const received = copies[0]!.standing as Notification;
	expect(received.reports[0]!.versions.map(({ version }) => version)).toEqual([1, 2]);
	expect(await records(people['agency']!, teams.agency)).toEqual([]);
});

test('the room folds the same from its timeline as the database has it', async () => {
	for (const [person, team] of [
		[people['lead']!, teams.port],
		[people['csirt']!, teams.csirt]
	] as const) {
		const entries = await stage.entries(stage.exercise.timeline(team.id));
		const folded = foldRecords([], entries);
		expect(folded.hasGap).toBe(false);
		expect([...folded.records.values()].filter((one) => one.of === 'notification')).toEqual(
			await records(person, team)
		);
	}
});

test('late is late by the exercise clock: a jump makes it so, and both times are kept', async () => {
	const { exercise } = stage;
	await exercise.must(exercise.director, 'clock.jump', {
		to: Date.UTC(2026, 5, 13, 9),
		reason: 'Three days later'
	});
	const before = await standingOf(people['lead']!, teams.port);
	const now = Date.UTC(2026, 5, 13, 9);
	const notification = reportClocks(before, 'Europe/Brussels', now).find(
		({ step }) => step === 'incident_notification'
	)!;
	expect(notification.due).toBe(before.content.awareAt + 72 * 3_600_000);
	expect(notification.lateBy).toBeGreaterThan(0);
	await exercise.must(people['engineer']!, 'notification.begin', { record, report: 'incident_notification' });
	const text = {
		type: 'doc',
		content: [{ type: 'paragraph', content: [{ type: 'text', text: 'x' }] }]
	} as const;
	await stage.fill(people['lead']!, teams.port.id, 1, 'incident_notification', {
		...earlyWarning,
		update: text as never,
		nature_root_cause: 'unknown',
		severity: 'high',
		services_affected: text as never,
		geographic_spread: 'One port',
		duration_so_far: 'Three days',
		mitigation: text as never
	});
	await exercise.must(people['lead']!, 'notification.submit', {
		record,
		report: 'incident_notification',
		fingerprint: await stage.draftFingerprint(teams.port.id, 1, 'incident_notification')
	});
	const after = await standingOf(people['lead']!, teams.port);
	const sent = after.reports.find(({ key }) => key === 'incident_notification')!.versions[0]!;
	expect(sent.at!).toBeGreaterThan(sent.due!);
	expect(Math.abs(sent.wallAt - Date.now())).toBeLessThan(60_000);
	// exercise control is told, the moderator of another country is not
	const due = async (person: Person) => {
		const { exercise: one, actor } = await stage.as(person);
		return server.services.views.dueReports.dueReports(server.services.database, one, actor);
	};
	const cases = (await due(exercise.director)).teams.flatMap((team) => team.cases);
	expect(cases).toHaveLength(1);
	expect(cases[0]!.reports.filter(({ submittedAt }) => submittedAt !== null)).toMatchObject([
		{ key: 'incident_notification' }
	]);
	expect((await due(people['frenchModerator']!)).teams.flatMap((team) => team.cases)).toEqual([]);
});

test('[R12] two leads who send at once send once; two who acknowledge at once acknowledge once', async () => {
	const { exercise } = stage;
	const second = await exercise.member('Second lead', { role: 'player', teamId: teams.port.id, lead: true });
	await server.services.documents.edit(
		stage.worksheet(teams.port.id, 'notification-1'),
		people['lead']!.id,
		(doc) => doc.getMap('values/early_warning').set('contact_24x7', '+30 222')
	);
	const answers = await Promise.all([submit(people['lead']!), submit(second)]);
	expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
	const acknowledgements = await Promise.all(
		[1, 2, 3].map(() =>
			exercise.send(people['csirt']!, 'notification.acknowledge', { record: mirror, report: 'early_warning' })
		)
	);
	expect(acknowledgements.filter(({ ok }) => ok)).toHaveLength(1);
});

test('[R12] both sides at once, again and again: no act is lost and none is done twice', async () => {
	const { exercise } = stage;
	const before = await standingOf(people['csirt']!, teams.csirt);
	const count = (of: Notification) => of.reports.reduce((sum, { answers }) => sum + answers.length, 0);
	await Promise.all(
		Array.from({ length: 8 }, (_, i) =>
			i % 2 === 0
				? exercise.must(people['csirt']!, 'notification.answer', {
						record: mirror,
						report: 'early_warning',
						text: `Answer ${i}`
					})
				: exercise.must(people['engineer']!, 'notification.assess', {
						record,
						figures: { damageToOthers: 'yes' }
					})
		)
	);
	const [own, copy] = [
		await standingOf(people['lead']!, teams.port),
		await standingOf(people['csirt']!, teams.csirt)
	];
	expect(count(copy)).toBe(count(before) + 4);
	expect(count(own)).toBe(count(copy));
	expect(own.assessments).toHaveLength(4);
});
