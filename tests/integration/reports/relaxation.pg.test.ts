import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId, RecordId, SharedReportId } from '#lib/exercise/ids.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import type { Relaxation } from '#lib/exercise/relaxation/schema.ts';
import { eventLimits } from '#server/events/limits.ts';
import { eventually } from '../../support/eventually.ts';
import type { Person } from '../../support/exercise.ts';
import { Listener } from '../../support/listener.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ReportingStage } from './stage.ts';

/* Who received a situation report asks the team that made it to relax its label; what is made of it follows. */
let server: TestServer;
let stage: ReportingStage;
let teams: Record<'csirt' | 'port' | 'french' | 'italian', Team>;
let people: Record<string, Person>;
let network: ChannelId;
let page: string;

beforeAll(async () => {
	server = await startTestServer();
	stage = await ReportingStage.start(server, async (exercise) => {
		teams = {
			csirt: await exercise.team('GR CSIRT'),
			port: await exercise.team('GR Port'),
			french: await exercise.team('FR CSIRT', 'FR'),
			italian: await exercise.team('IT CSIRT', 'IT')
		};
		people = {
			lead: await exercise.member('GR lead', { role: 'player', teamId: teams.csirt.id, lead: true }),
			analyst: await exercise.member('GR analyst', { role: 'player', teamId: teams.csirt.id }),
			port: await exercise.member('Port', { role: 'player', teamId: teams.port.id, lead: true }),
			french: await exercise.member('French', { role: 'player', teamId: teams.french.id, lead: true }),
			italian: await exercise.member('Italian', { role: 'player', teamId: teams.italian.id, lead: true }),
			observer: await exercise.member('Observer', { role: 'observer' })
		};
	});
	network = await stage.channel('CSIRTs network', [teams.csirt, teams.french]);
	page = await stage.approved(people['lead']!, teams.csirt.id, 'ZEISIG two ports stand still.');
	await stage.exercise.must(people['lead']!, 'report.share', {
		team: teams.csirt.id,
		page,
		channels: [network],
		teams: [teams.port.id]
	});
}, 120_000);
afterAll(() => server.close());

const channelCopies = async () =>
	(await stage.entries(`exercise/${stage.exercise.id}/timeline/channel/${network}/0`)).flatMap(({ body }) =>
		body.kind === 'shared-report' ? [body] : []
	);
const records = async (team: Team) => {
	const { rows } = await server.services.database.pool.query<{ id: RecordId; standing: Relaxation }>(
		"select id, standing from working_record where team_id = $1 and kind = 'relaxation' order by changed",
		[team.id]
	);
	return rows;
};
const ask = (who: string, shared: SharedReportId, wanted: 'green' | 'clear' | 'amber' = 'green') =>
	stage.exercise.send(people[who]!, 'label.requestRelax', {
		shared,
		wanted,
		reason: 'The ministry has to read it'
	});

test('[P2] [P8] whoever has a copy asks for that one; an id of another place, or of nobody, is none', async () => {
	const [inChannel] = await channelCopies();
	const atPort = (await stage.room(teams.port.id)).received[0]!.shared;
	for (const [who, shared] of [
		['italian', inChannel!.shared],
		['french', atPort],
		['port', inChannel!.shared],
		['observer', atPort],
		['port', 'x'.repeat(22)]
	] as const)
		expect([who, await ask(who, shared as SharedReportId)]).toMatchObject([
			who,
			{ error: { code: 'not-found' } }
		]);
	expect(await ask('french', inChannel!.shared, 'amber')).toMatchObject({ error: { code: 'invalid' } });
	expect(await ask('analyst', atPort)).toMatchObject({ error: { code: 'invalid' } });
	expect(await records(teams.csirt)).toEqual([]);
});

test('[P2] the team that made it declines with a reason; each side has a record of its own, and no id of the report', async () => {
	const [copy] = await channelCopies();
	expect(await ask('french', copy!.shared)).toMatchObject({ ok: true });
	expect(await ask('french', copy!.shared)).toMatchObject({ error: { code: 'stale' } });
	const [at] = await records(teams.csirt);
	expect(at!.standing).toMatchObject({
		direction: 'received',
		tlp: 'amber',
		wanted: 'green',
		state: 'asked'
	});
	expect(at!.standing.about.excerpt).toBe('Situation report 1: Situation report 1');
	const [sent] = await records(teams.french);
	// the other side’s record opens nothing to anybody
	for (const who of ['french', 'port', 'italian'])
		expect([
			who,
			await stage.exercise.send(people[who]!, 'label.grantRelax', { record: at!.id })
		]).toMatchObject([who, { error: { code: 'not-found' } }]);
	expect(
		await stage.exercise.send(people['french']!, 'label.grantRelax', { record: sent!.id })
	).toMatchObject({ error: { code: 'forbidden' } });
	await stage.exercise.must(people['analyst']!, 'label.declineRelax', {
		record: at!.id,
		reason: 'Not before noon'
	});
	const [declined] = await records(teams.french);
	expect(declined!.standing).toMatchObject({
		direction: 'sent',
		state: 'declined',
		answer: { text: 'Not before noon', from: 'GR CSIRT' }
	});
	const room = JSON.stringify(await stage.entries(stage.exercise.timeline(teams.french.id)));
	expect(room).not.toContain(teams.csirt.id);
	expect(room).not.toContain('GR Port');
	expect(await channelCopies()).toHaveLength(1);
});

test('[P8] [R1] relaxed by its lead: everywhere it is again, under new ids and the lower label; what was before stays', async () => {
	const [before] = await channelCopies();
	const atPort = (await stage.room(teams.port.id)).received[0]!;
	await ask('port', atPort.shared);
	const open = (await records(teams.csirt)).find(({ standing }) => standing.state === 'asked')!;
	expect(
		await stage.exercise.send(people['analyst']!, 'label.grantRelax', { record: open.id })
	).toMatchObject({ error: { code: 'forbidden' } });
	await stage.exercise.must(people['lead']!, 'label.grantRelax', { record: open.id, note: 'Go ahead' });
	expect(await stage.exercise.send(people['lead']!, 'label.grantRelax', { record: open.id })).toMatchObject({
		error: { code: 'stale' }
	});
	const copies = await channelCopies();
	expect(copies.map(({ tlp }) => tlp).sort()).toEqual(['amber', 'green']);
	const relaxed = copies.find(({ tlp }) => tlp === 'green')!;
	expect(relaxed.relaxes).toBe(before!.shared);
	// the port reads of its own copies alone, and one of them is current
	const { received } = await stage.room(teams.port.id);
	expect(received).toMatchObject([{ tlp: 'green', relaxes: atPort.shared, number: 1 }]);
	const port = JSON.stringify(await stage.entries(stage.exercise.timeline(teams.port.id)));
	for (const id of [before!.shared, relaxed.shared, network, 'CSIRTs network'])
		expect(port).not.toContain(id);
	// who was not sent it has it no more than before
	expect(await stage.readableBy(people['italian']!)).not.toContain('ZEISIG');
	// asked again, there is nothing to relax
	expect(await ask('french', before!.shared)).toMatchObject({ error: { code: 'invalid' } });
});

test('[P8] [R17] what is derived follows: the board, files, the record, the own room and what is shared next', async () => {
	const { views, database } = server.services;
	const as = async (who: string) => stage.as(people[who]!);
	const french = await as('french');
	const { board } = await views.situation.situation(database, french.exercise, french.actor, null);
	expect(board.tlp).toBe('green');
	const port = await as('port');
	const { received } = await stage.room(teams.port.id);
	const file = await views.papers.exportSharedReport(
		{ database, ...port, format: 'docx' },
		received[0]!.shared
	);
	expect(file.name).toContain('_TLP-GREEN');
	const lead = await as('lead');
	const own = await views.papers.exportSituationReport(
		{ database, ...lead, format: 'docx' },
		teams.csirt.id,
		1
	);
	expect(own.name).toContain('_TLP-GREEN');
	const room = await views.teamRoom.teamRoom(database, lead.exercise, lead.actor, teams.csirt.id);
	expect(room.reports[0]!.approved!.tlp).toBe('green');
	expect((await stage.room(teams.csirt.id)).reports[0]!.approved!.tlp).toBe('green');
	const lines = await views.record.facts(
		database,
		french.exercise,
		french.actor,
		{ ...noFilters, groups: ['reports'] },
		{ after: null, before: null }
	);
	expect(lines.lines.map(({ sentence, tlp }) => [tlp, sentence.includes('relaxed the label')])).toEqual([
		['amber', false],
		['green', true]
	]);
	// to a team that it had not gone to, it goes under the label that it has now
	const later = await stage.channel('Later', [teams.csirt, teams.italian]);
	await stage.exercise.must(people['lead']!, 'report.share', {
		team: teams.csirt.id,
		page,
		channels: [later]
	});
	const [copy] = (await stage.entries(`exercise/${stage.exercise.id}/timeline/channel/${later}/0`)).flatMap(
		({ body }) => (body.kind === 'shared-report' ? [body] : [])
	);
	expect(copy).toMatchObject({ tlp: 'green' });
	expect(copy).not.toHaveProperty('relaxes');
});

test('[P8] a report is not relaxed below an incident that it names, nor RED by asking', async () => {
	const { exercise } = stage;
	const { record, number } = (await exercise.must(people['lead']!, 'incident.open', {
		team: teams.csirt.id,
		content: { title: 'Crane controls', tlp: 'amber' }
	})) as { record: RecordId; number: number };
	const second = await stage.approved(people['lead']!, teams.csirt.id, 'Second report.', 'amber', (doc) =>
		stage.impactOf(doc, { record, number, title: 'Crane controls', tlp: 'amber' })
	);
	await exercise.must(people['lead']!, 'report.share', {
		team: teams.csirt.id,
		page: second,
		teams: [teams.port.id]
	});
	const copy = (await stage.room(teams.port.id)).received.find((one) => one.number === 2)!;
	await ask('port', copy.shared);
	const open = (await records(teams.csirt)).find(({ standing }) => standing.state === 'asked')!;
	expect(await exercise.send(people['lead']!, 'label.grantRelax', { record: open.id })).toMatchObject({
		error: { code: 'not-now', message: expect.stringMatching(/incident 1, marked TLP:AMBER/) as string }
	});
	expect((await stage.room(teams.port.id)).received.filter((one) => one.number === 2)).toHaveLength(1);
});

test('[P2] whoever a report reaches is told at once that there is one, and not whose; nobody else hears of it', async () => {
	const { exercise } = stage;
	const listen = (who: string) => Listener.join(server.url, people[who]!, exercise.id);
	const [french, italian, lead] = await Promise.all([listen('french'), listen('italian'), listen('lead')]);
	const third = await stage.approved(people['lead']!, teams.csirt.id, 'Third report.', 'green');
	await eventually(() => lead.told('reports') > 0, 'the own team to hear of its report');
	// the word of what was shared before may still have been under way when they joined
	await wait(2 * eventLimits.gatherMs);
	const before = french.told('reports');
	const italianBefore = italian.told('reports');
	await exercise.must(people['lead']!, 'report.share', {
		team: teams.csirt.id,
		page: third,
		channels: [network]
	});
	await eventually(() => french.told('reports') > before, 'the French team to hear of it');
	expect(JSON.stringify(french.changes)).not.toContain(teams.csirt.id);
	await wait(2 * eventLimits.gatherMs);
	expect(italian.told('reports')).toBe(italianBefore);
	for (const one of [french, italian, lead]) one.close();
});
