import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { RecordId, TeamId } from '#lib/exercise/ids.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import type { Relaxation } from '#lib/exercise/relaxation/schema.ts';
import { foldRecords } from '#lib/exercise/working/fold.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { earlyWarning, ReportingStage } from './stage.ts';

/* Who keeps what another team made asks it to relax the label: a notification, and an indicator from a file. */
let server: TestServer;
let stage: ReportingStage;
let teams: Record<'csirt' | 'port' | 'french' | 'italian', Team>;
let people: Record<'csirt' | 'lead' | 'engineer' | 'french' | 'italian' | 'observer', Person>;

beforeAll(async () => {
	server = await startTestServer();
	stage = await ReportingStage.start(server, async (exercise) => {
		const player = (name: string, team: Team, lead = false) =>
			exercise.member(name, { role: 'player', teamId: team.id, ...(lead && { lead }) });
		teams = {
			csirt: await exercise.team('GR CSIRT'),
			port: await exercise.team('GR Port'),
			french: await exercise.team('FR CSIRT', 'FR'),
			italian: await exercise.team('IT CSIRT', 'IT')
		};
		people = {
			csirt: await player('CSIRT duty', teams.csirt),
			lead: await player('Port lead', teams.port, true),
			engineer: await player('Port engineer', teams.port),
			french: await player('French', teams.french, true),
			italian: await player('Italian', teams.italian, true),
			observer: await exercise.member('Observer', { role: 'observer' })
		};
	});
}, 120_000);
afterAll(() => server.close());

const kept = async <Standing>(kind: string, team: Team) => {
	const { rows } = await server.services.database.pool.query<{ id: RecordId; standing: Standing }>(
		'select id, standing from working_record where team_id = $1 and kind = $2 order by changed desc',
		[team.id, kind]
	);
	return rows;
};
const labelsOf = async (kind: string, ...at: Team[]) =>
	Promise.all(
		at.map(async (team) => (await kept<{ content: { tlp: Tlp } }>(kind, team))[0]!.standing.content.tlp)
	);
const ask = (who: keyof typeof people, record: RecordId, wanted: Tlp = 'green') =>
	stage.exercise.send(people[who], 'label.requestRelax', { record, wanted, reason: 'The ministry asks' });
const grant = (who: keyof typeof people, record: RecordId) =>
	stage.exercise.send(people[who], 'label.grantRelax', { record, note: 'Go ahead' });

/** From one team to another, as people do it: a file leaves, is handed over, and is taken in. */
async function handOver(
	from: [Person, TeamId],
	to: [Person, TeamId],
	format: 'stix' | 'misp',
	records: string[]
): Promise<void> {
	const { interchange } = server.services;
	const giver = await stage.as(from[0]);
	const file = await interchange.write(giver.exercise, giver.actor, from[1], format, records);
	const bytes = new Uint8Array(await new Response(file.body).arrayBuffer());
	const taker = await stage.as(to[0]);
	const { items } = await interchange.preview(taker.exercise, taker.actor, to[1], bytes);
	const names = items.map((item) => item.external);
	await interchange.take(taker.exercise, taker.actor, to[1], bytes, names, `key-${to[1]}-${format}`);
}

test('[P8] the authority asks, the lead of the team that notified grants, and both have the lower label', async () => {
	const { exercise } = stage;
	const { record } = (await exercise.must(people.engineer, 'notification.open', {
		team: teams.port.id,
		content: { title: 'Terminal down', entity: 'Port of Piraeus', awareAt: null, tlp: 'amber' }
	})) as { record: RecordId };
	await stage.fill(people.lead, teams.port.id, 1, 'early_warning', earlyWarning);
	await exercise.must(people.lead, 'notification.submit', {
		record,
		report: 'early_warning',
		fingerprint: await stage.draftFingerprint(teams.port.id, 1, 'early_warning'),
		to: teams.csirt.id
	});
	const [copy] = await kept('notification', teams.csirt);
	// the id of another team's record is none, as is one that nobody has
	for (const [who, id] of [
		['french', copy!.id],
		['observer', copy!.id],
		['csirt', record],
		['csirt', 'x'.repeat(22) as RecordId]
	] as const)
		expect([who, await ask(who, id)]).toMatchObject([who, { error: { code: 'not-found' } }]);
	expect(await ask('lead', record)).toMatchObject({ error: { code: 'invalid' } });
	expect(await ask('csirt', copy!.id, 'amber')).toMatchObject({ error: { code: 'invalid' } });
	expect(await ask('csirt', copy!.id)).toMatchObject({ ok: true });
	expect(await ask('csirt', copy!.id)).toMatchObject({ error: { code: 'stale' } });
	const [asked] = await kept<Relaxation>('relaxation', teams.port);
	expect(asked!.standing).toMatchObject({
		direction: 'received',
		wanted: 'green',
		about: { excerpt: 'Notification: Terminal down' }
	});
	expect(JSON.stringify(asked!.standing)).not.toContain(copy!.id);
	expect(await grant('csirt', asked!.id)).toMatchObject({ error: { code: 'not-found' } });
	expect(await grant('engineer', asked!.id)).toMatchObject({ error: { code: 'forbidden' } });
	expect(await labelsOf('notification', teams.port, teams.csirt)).toEqual(['amber', 'amber']);
	expect(await grant('lead', asked!.id)).toMatchObject({ ok: true });
	expect(await grant('lead', asked!.id)).toMatchObject({ error: { code: 'stale' } });
	expect(await labelsOf('notification', teams.port, teams.csirt)).toEqual(['green', 'green']);
	expect((await kept<Relaxation>('relaxation', teams.csirt))[0]!.standing).toMatchObject({
		state: 'granted',
		answer: { text: 'Go ahead' }
	});
	// neither side reads an id of the other, and nobody else a word
	const texts = await Promise.all(
		(['csirt', 'lead', 'french', 'italian', 'observer'] as const).map(
			async (who) => [who, await stage.readableBy(people[who])] as const
		)
	);
	const textOf = Object.fromEntries(texts);
	expect(textOf['csirt']).not.toContain(record);
	expect(textOf['lead']).not.toContain(copy!.id);
	for (const who of ['french', 'italian', 'observer'])
		expect([who, textOf[who]!.includes('Terminal down')]).toEqual([who, false]);
});

test('[P8] [R17] what is derived follows: the file of the notification, and the record', async () => {
	const { views, database } = server.services;
	const [copy] = await kept('notification', teams.csirt);
	const duty = await stage.as(people.csirt);
	const file = await views.papers.exportNotification(
		{ database, ...duty, format: 'docx' },
		teams.csirt.id,
		copy!.id,
		'early_warning',
		1
	);
	expect(file.name).toContain('_TLP-GREEN');
	const { lines } = await views.record.facts(
		database,
		duty.exercise,
		duty.actor,
		{ ...noFilters, groups: ['reports'] },
		{ after: null, before: null }
	);
	expect(lines.find(({ sentence }) => sentence.includes('relaxed the label'))).toMatchObject({
		tlp: 'green',
		sentence: 'GR Port relaxed the label of its notification “Terminal down”.'
	});
});

test('[P8] not below the incident of which a notification tells; kept, it stays as it was', async () => {
	const { exercise } = stage;
	const { record: incident } = (await exercise.must(people.engineer, 'incident.open', {
		team: teams.port.id,
		content: { title: 'Crane controls', tlp: 'amber' }
	})) as { record: RecordId };
	const { record } = (await exercise.must(people.engineer, 'notification.open', {
		team: teams.port.id,
		incident,
		content: { title: 'Cranes', entity: 'Port of Piraeus', awareAt: null, tlp: 'amber' }
	})) as { record: RecordId };
	await stage.fill(people.lead, teams.port.id, 2, 'early_warning', earlyWarning);
	await exercise.must(people.lead, 'notification.submit', {
		record,
		report: 'early_warning',
		fingerprint: await stage.draftFingerprint(teams.port.id, 2, 'early_warning'),
		to: teams.csirt.id
	});
	const [copy] = await kept('notification', teams.csirt);
	await exercise.must(people.csirt, 'label.requestRelax', {
		record: copy!.id,
		wanted: 'clear',
		reason: 'For the press'
	});
	const [asked] = await kept<Relaxation>('relaxation', teams.port);
	expect(await grant('lead', asked!.id)).toMatchObject({
		error: { code: 'not-now', message: expect.stringMatching(/incident 1, marked TLP:AMBER/) as string }
	});
	await exercise.must(people.lead, 'label.declineRelax', { record: asked!.id, reason: 'Not yet' });
	expect(await labelsOf('notification', teams.port, teams.csirt)).toEqual(['amber', 'amber']);
});

test('[P2] [P8] an indicator that came in a file: its maker is asked, also through other hands, and named by its answer', async () => {
	const { exercise } = stage;
	const { record } = (await exercise.must(people.engineer, 'indicator.add', {
		team: teams.port.id,
		content: { type: 'domain', value: 'zeisig.port.example', tlp: 'amber' }
	})) as { record: RecordId };
	await handOver([people.lead, teams.port.id], [people.french, teams.french.id], 'stix', [record]);
	const [first] = await kept<{ content: { external: string } }>('indicator', teams.french);
	await handOver([people.french, teams.french.id], [people.italian, teams.italian.id], 'misp', [first!.id]);
	const [second] = await kept<{ content: { external: string } }>('indicator', teams.italian);
	expect(second!.standing.content.external).not.toBe(first!.standing.content.external);

	expect(await ask('french', second!.id)).toMatchObject({ error: { code: 'not-found' } });
	expect(await ask('italian', second!.id)).toMatchObject({ ok: true });
	const mine = (await kept<Relaxation>('relaxation', teams.italian))[0]!;
	expect(JSON.stringify(mine.standing)).not.toContain('GR Port');
	expect(await stage.readableBy(people.italian)).not.toContain('GR Port');
	// who passed it on hears nothing of it
	expect(await kept('relaxation', teams.french)).toEqual([]);
	const [asked] = await kept<Relaxation>('relaxation', teams.port);
	expect(asked!.standing).toMatchObject({ state: 'asked', asked: { from: 'IT CSIRT' } });
	expect(await grant('engineer', asked!.id)).toMatchObject({ ok: true });
	expect(await labelsOf('indicator', teams.port, teams.italian)).toEqual(['green', 'green']);
	// who has not asked keeps what it was given
	expect(await labelsOf('indicator', teams.french)).toEqual(['amber']);
	expect((await kept<Relaxation>('relaxation', teams.italian))[0]!.standing.answer).toMatchObject({
		from: 'GR Port'
	});
	// the file that leaves from here on carries the label that the source gave it
	const italian = await stage.as(people.italian);
	const file = await server.services.interchange.write(
		italian.exercise,
		italian.actor,
		teams.italian.id,
		'stix',
		[second!.id]
	);
	expect(file.name).toContain('TLP-GREEN');
});

test('what came from outside, or is the own, has nobody to ask', async () => {
	const { exercise } = stage;
	const content = { type: 'ipv4', value: '192.0.2.7', tlp: 'amber' };
	const external = 'indicator--5f0e1c9e-0000-4000-8000-000000000001';
	await exercise.must(people.french, 'interchange.import', {
		team: teams.french.id,
		format: 'stix',
		items: [{ kind: 'indicator', external, content, ofIncident: null }]
	});
	const [outside] = await kept('indicator', teams.french);
	expect(await ask('french', outside!.id)).toMatchObject({ error: { code: 'not-now' } });
	await exercise.must(people.french, 'indicator.add', { team: teams.french.id, content });
	const [own] = await kept('indicator', teams.french);
	expect(await ask('french', own!.id)).toMatchObject({ error: { code: 'invalid' } });
});

test('the room folds the same from its timeline as the database has it', async () => {
	for (const team of [teams.port, teams.csirt, teams.italian]) {
		const folded = foldRecords([], await stage.entries(stage.exercise.timeline(team.id)));
		expect(folded.hasGap).toBe(false);
		for (const kind of ['notification', 'indicator', 'relaxation']) {
			const standings = [...folded.records.values()].filter((one) => one.of === kind);
			const stored = await kept(kind, team);
			expect(new Map(standings.map((one) => [one.id, one.standing]))).toEqual(
				new Map(stored.map((one) => [one.id, one.standing]))
			);
		}
	}
});
