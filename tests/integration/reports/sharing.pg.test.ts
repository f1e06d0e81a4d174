import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ChannelId } from '#lib/exercise/ids.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { addRow, setHead } from '#lib/exercise/report/page.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ReportingStage } from './stage.ts';

let server: TestServer;
let stage: ReportingStage;
let teams: Record<'csirt' | 'port' | 'french' | 'italian', Team>;
let people: Record<string, Person>;
let network: ChannelId;

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
			liaison: await exercise.member('GR liaison', { role: 'player', teamId: teams.csirt.id }),
			port: await exercise.member('Port', { role: 'player', teamId: teams.port.id, lead: true }),
			french: await exercise.member('French', { role: 'player', teamId: teams.french.id, lead: true }),
			frenchSecond: await exercise.member('French second', { role: 'player', teamId: teams.french.id }),
			italian: await exercise.member('Italian', { role: 'player', teamId: teams.italian.id, lead: true }),
			greekModerator: await exercise.member('GR moderator', { role: 'moderator', country: 'GR' }),
			frenchModerator: await exercise.member('FR moderator', { role: 'moderator', country: 'FR' }),
			italianModerator: await exercise.member('IT moderator', { role: 'moderator', country: 'IT' }),
			evaluator: await exercise.member('Port evaluator', { role: 'evaluator', teamId: teams.port.id }),
			observer: await exercise.member('Observer', { role: 'observer' })
		};
	});
	network = await stage.channel('CSIRTs network', [teams.csirt, teams.french]);
}, 120_000);
afterAll(() => server.close());

const reachFor = async (person: Person, values: Record<string, string>) => {
	const { exercise, actor } = await stage.as(person);
	const query = new URLSearchParams({ team: teams.csirt.id, tlp: 'amber', ...values });
	return server.services.views.reach.reach(server.services.database, exercise, actor, query);
};
const shared = async (person: Person, at?: number) => {
	const { exercise, actor } = await stage.as(person);
	return server.services.views.sharedReports.sharedReports(server.services.database, exercise, actor, at);
};

test('[P3] three people write one report at once, nothing is lost, and it is frozen with its rows and their names', async () => {
	const { exercise } = stage;
	const team = teams.csirt.id;
	await exercise.must(people['analyst']!, 'report.open', { team });
	await Promise.all([
		stage.write(people['lead']!, team, 'report-1', 'summary', 'ZEISIG two ports stand still.'),
		stage.write(
			people['analyst']!,
			team,
			'report-1',
			'situation',
			'A spoiled update runs on both terminals.'
		),
		stage.write(people['liaison']!, team, 'report-1', 'publicCommunication', 'One voice: no names.'),
		server.services.documents.edit(stage.worksheet(team, 'report-1'), people['analyst']!.id, (doc) =>
			addRow(doc, 'impacts', 'row-000001', {
				country: 'GR',
				sector: 'transport',
				severity: 'red',
				usersAffected: 400,
				asOf: Date.UTC(2026, 5, 10, 7)
			})
		)
	]);
	const approve = async () =>
		exercise.send(people['lead']!, 'report.approve', {
			team,
			page: 'report-1',
			fingerprint: reportFingerprint(await stage.read(team, 'report-1'))
		});
	// a number without its source
	expect(await approve()).toMatchObject({
		ok: false,
		error: { code: 'invalid', message: expect.stringMatching(/row 1.*where it comes from/) as string }
	});
	await server.services.documents.edit(stage.worksheet(team, 'report-1'), people['lead']!.id, (doc) => {
		const rows = doc.getMap('rows/impacts') as never as Map<string, Map<string, unknown>>;
		rows.get('row-000001')!.set('source', 'Port authority');
	});
	expect(await approve()).toMatchObject({ ok: true });
	const report = (await stage.room(team)).reports[0]!.approved!;
	expect(report.content!.impacts).toMatchObject([{ usersAffected: 400, source: 'Port authority' }]);
	for (const words of ['ZEISIG two ports', 'A spoiled update', 'One voice'])
		expect(JSON.stringify(report.text)).toContain(words);
	expect([...report.authors]).toEqual(['GR analyst', 'GR lead', 'GR liaison']);
	expect((await stage.room(team)).reports).toHaveLength(1);
});

test('[P2] the list of recipients names the own country and the channels’ teams, to players of the team alone', async () => {
	const { exercise, actor } = await stage.as(people['lead']!);
	const { views, database } = server.services;
	const view = await views.reach.recipients(database, exercise, actor, teams.csirt.id);
	expect(view.teams.map(({ name }) => name)).toEqual(['FR CSIRT', 'GR Port']);
	expect(view.channels.map(({ name }) => name)).toEqual(['CSIRTs network']);
	for (const who of ['port', 'italian', 'greekModerator', 'observer']) {
		const other = await stage.as(people[who]!);
		await expect(
			views.reach.recipients(database, other.exercise, other.actor, teams.csirt.id)
		).rejects.toMatchObject({ code: 'not-found' });
	}
});

test('[P8] the reach that the dialog shows is what the command delivers, and a label that keeps somebody out stops both', async () => {
	const query = { channels: network, teams: teams.port.id };
	expect(await reachFor(people['lead']!, query)).toEqual({
		people: 3,
		countries: ['FR', 'GR'],
		keptOut: null
	});
	const strict = await reachFor(people['lead']!, { ...query, tlp: 'amber_strict' });
	expect(strict.keptOut).toMatchObject({ names: ['GR Port', 'FR CSIRT'] });
	expect(strict.keptOut!.sentence).toMatch(/stays inside your own organisation/);
	// a team that it may not know of is nobody
	expect(await reachFor(people['lead']!, { teams: teams.italian.id })).toMatchObject({ people: 0 });
	await expect(reachFor(people['port']!, query)).rejects.toMatchObject({ code: 'not-found' });

	const share = (person: Person, values: Record<string, unknown> = {}) =>
		stage.exercise.send(person, 'report.share', {
			team: teams.csirt.id,
			page: 'report-1',
			channels: [network],
			teams: [teams.port.id],
			...values
		});
	expect(await share(people['analyst']!)).toMatchObject({ error: { code: 'forbidden' } });
	expect(await share(people['lead']!, { teams: [teams.italian.id] })).toMatchObject({
		error: { code: 'not-found' }
	});
	for (const who of ['port', 'french', 'italian'])
		expect(await share(people[who]!)).toMatchObject({ error: { code: 'not-found' } });
	expect(await share(people['lead']!, { page: 'report-2' })).toMatchObject({ error: { code: 'not-found' } });
	expect(await share(people['lead']!)).toMatchObject({ ok: true });
	expect(await share(people['lead']!)).toMatchObject({ error: { code: 'stale' } });
	const [own] = (await stage.room(teams.csirt.id)).items.filter((item) => item.kind === 'report-shared');
	expect(own).toMatchObject({ to: ['GR Port', 'CSIRTs network'], people: 3, countries: 2 });
});

test('[P2] [R1] recipients have their own copy and no other id; who is none has not a word', async () => {
	const { received } = await stage.room(teams.port.id);
	expect(received).toMatchObject([{ from: 'GR CSIRT', country: 'GR', number: 1, tlp: 'amber' }]);
	const channel = await stage.entries(`exercise/${stage.exercise.id}/timeline/channel/${network}/0`);
	expect(channel.map(({ body }) => body.kind)).toEqual(['shared-report']);
	const ids = [
		received[0]!.shared,
		...channel.flatMap(({ body }) => ('shared' in body ? [body.shared] : []))
	];
	expect(new Set(ids).size).toBe(2);
	const texts = Object.fromEntries(
		await Promise.all(
			['port', 'french', 'italian', 'italianModerator', 'observer'].map(
				async (who) => [who, await stage.readableBy(people[who]!)] as const
			)
		)
	);
	for (const who of ['port', 'french']) expect(texts[who]).toContain('ZEISIG two ports');
	for (const who of ['italian', 'italianModerator', 'observer']) expect(texts[who]).not.toContain('ZEISIG');
	// not the page, not the sender's id, not the other's copy
	expect(texts['port']).not.toContain(teams.csirt.id);
	expect(texts['port']).not.toContain(ids[1]);
	expect(texts['port']).not.toContain('CSIRTs network');
	expect(texts['french']).not.toContain(ids[0]);
	expect(texts['french']).not.toContain('GR Port');
});

test('[R17] the situation board: the latest report of each country that this reader may receive, as of a moment', async () => {
	const countries = async (who: string, at?: number) =>
		(await shared(people[who]!, at)).map(({ country, number }) => `${country} ${number}`);
	// moderators and evaluators read what came to a team's room; the channel has no place for them
	for (const who of ['lead', 'port', 'french', 'greekModerator', 'evaluator'])
		expect([who, await countries(who)]).toEqual([who, ['GR 1']]);
	for (const who of ['italian', 'italianModerator', 'frenchModerator', 'observer'])
		expect([who, await countries(who)]).toEqual([who, []]);
	expect((await shared(stage.exercise.director)).map(({ team }) => team)).toEqual(['GR CSIRT']);

	const between = Date.UTC(2026, 5, 10, 8);
	await stage.exercise.must(stage.exercise.director, 'clock.jump', {
		to: Date.UTC(2026, 5, 10, 9),
		reason: 'Later'
	});
	// the second one is strict: only the own organisation has it, and it goes nowhere
	const strict = await stage.approved(
		people['lead']!,
		teams.csirt.id,
		'Strict second report.',
		'amber_strict'
	);
	expect(
		await stage.exercise.send(people['lead']!, 'report.share', {
			team: teams.csirt.id,
			page: strict,
			channels: [network]
		})
	).toMatchObject({ error: { code: 'invalid', details: { keptOut: ['FR CSIRT'] } } });
	const third = await stage.approved(people['lead']!, teams.csirt.id, 'Third report.', 'green');
	await stage.exercise.must(people['lead']!, 'report.share', {
		team: teams.csirt.id,
		page: third,
		channels: [network]
	});
	expect(await countries('french')).toEqual(['GR 3']);
	// the port got the first one only
	expect(await countries('port')).toEqual(['GR 1']);
	expect(await countries('french', between)).toEqual(['GR 1']);
	await stage.approved(people['french']!, teams.french.id, 'French report.', 'green').then((page) =>
		stage.exercise.must(people['french']!, 'report.share', {
			team: teams.french.id,
			page,
			channels: [network]
		})
	);
	expect(await countries('lead')).toEqual(['FR 1', 'GR 3']);
	// the French report is in the channel alone
	expect(await countries('greekModerator')).toEqual(['GR 3']);
	expect(await countries('port')).toEqual(['GR 1']);
});

test('[P2] who joins a channel later does not get what was said before, on the board neither', async () => {
	const { pool } = server.services.database;
	await pool.query(
		`update channel set members = jsonb_set(members, '{teams}', members -> 'teams' || $2::jsonb) where id = $1`,
		[network, JSON.stringify([{ id: teams.italian.id, from: 1 }])]
	);
	expect(await shared(people['italian']!)).toEqual([]);
});

test('[R17] one report by the id of a copy: for whom it was made, and for nobody else', async () => {
	const { received } = await stage.room(teams.port.id);
	const read = async (who: string) => {
		const { exercise, actor } = await stage.as(people[who]!);
		const { views, database } = server.services;
		return views.sharedReports.sharedReport(database, exercise, actor, received[0]!.shared);
	};
	expect(await read('port')).toMatchObject({ team: 'GR CSIRT', number: 1 });
	for (const who of ['french', 'italian', 'observer'])
		await expect(read(who)).rejects.toMatchObject({ code: 'not-found' });
});

test('[P8] the record tells the sender to whom, a recipient only that it came', async () => {
	const sentences = async (who: string) => {
		const { exercise, actor } = await stage.as(people[who]!);
		const { views, database } = server.services;
		const view = await views.record.facts(
			database,
			exercise,
			actor,
			{ ...noFilters, groups: ['reports'] },
			{ after: null, before: null }
		);
		return view.lines.map(({ sentence }) => sentence).join('\n');
	};
	expect(await sentences('lead')).toMatch(/with GR Port, CSIRTs network: 3 people in 2 countries/);
	const port = await sentences('port');
	expect(port).toMatch(/GR CSIRT shared its situation report 1/);
	expect(port).not.toMatch(/CSIRTs network/);
	expect(await sentences('italian')).toBe('');
});

test('a report that replaces another one says so, and the replaced one is not shared any more', async () => {
	const { page } = (await stage.exercise.must(people['lead']!, 'report.open', { team: teams.csirt.id })) as {
		page: string;
	};
	await stage.write(people['lead']!, teams.csirt.id, page, 'situation', 'Corrected figures.');
	await server.services.documents.edit(stage.worksheet(teams.csirt.id, page), people['lead']!.id, (doc) =>
		setHead(doc, 'supersedes', 3)
	);
	await stage.exercise.must(people['lead']!, 'report.approve', {
		team: teams.csirt.id,
		page,
		fingerprint: reportFingerprint(await stage.read(teams.csirt.id, page))
	});
	expect(
		await stage.exercise.send(people['lead']!, 'report.share', {
			team: teams.csirt.id,
			page: 'report-3',
			teams: [teams.port.id]
		})
	).toMatchObject({ error: { code: 'not-now' } });
});

test('[P7] how often teams report is set by exercise control, and everybody’s room knows it', async () => {
	const rhythm = { entity: 60, technical: 30, operational: 240, political: null };
	expect(await stage.exercise.send(people['lead']!, 'report.setRhythm', { rhythm })).toMatchObject({
		error: { code: 'forbidden' }
	});
	await stage.exercise.must(stage.exercise.director, 'report.setRhythm', { rhythm });
	const everyone = await stage.entries(stage.exercise.timeline('everyone'));
	expect(
		everyone.at(-1)!.body.kind === 'report-rhythm' ||
			everyone.some(({ body }) => body.kind === 'report-rhythm')
	).toBe(true);
	const { exercise, actor } = await stage.as(people['italian']!);
	const room = await server.services.views.teamRoom.teamRoom(
		server.services.database,
		exercise,
		actor,
		teams.italian.id
	);
	expect(room.rhythm).toEqual(rhythm);
});

test('exercise control sees every team’s next report, a moderator those of the own country', async () => {
	const due = async (person: Person) => {
		const { exercise, actor } = await stage.as(person);
		return server.services.views.dueReports.dueReports(server.services.database, exercise, actor);
	};
	const all = await due(stage.exercise.director);
	expect(all.teams).toHaveLength(4);
	const csirt = all.teams.find(({ team }) => team.name === 'GR CSIRT')!.situation;
	expect(csirt.last).toMatchObject({ number: 4 });
	expect(csirt.due).toBe(csirt.last!.at! + 30 * 60_000);
	expect((await due(people['frenchModerator']!)).teams.map(({ team }) => team.name)).toEqual(['FR CSIRT']);
	for (const who of ['lead', 'observer', 'evaluator'])
		await expect(due(people[who]!)).rejects.toMatchObject({ code: 'not-found' });
});
