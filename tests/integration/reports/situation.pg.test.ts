import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import { reportFingerprint } from '#lib/exercise/report/commands.ts';
import { setHead } from '#lib/exercise/report/page.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ReportingStage } from './stage.ts';

let server: TestServer;
let stage: ReportingStage;
let teams: Record<'gr' | 'fr' | 'it', Team>;
let leads: Record<'gr' | 'fr' | 'it', Person>;
beforeAll(async () => {
	server = await startTestServer();
	stage = await ReportingStage.start(server, async (exercise) => {
		teams = {
			gr: await exercise.team('GR Crisis'),
			fr: await exercise.team('FR Crisis', 'FR'),
			it: await exercise.team('IT Crisis', 'IT')
		};
		const lead = (name: string, team: Team) =>
			exercise.member(name, { role: 'player', teamId: team.id, lead: true });
		leads = {
			gr: await lead('GR lead', teams.gr),
			fr: await lead('FR lead', teams.fr),
			it: await lead('IT lead', teams.it)
		};
	});
});
afterAll(() => server.close());

const board = async (person: Person, at: number | null = null) => {
	const { exercise, actor } = await stage.as(person);
	return (await server.services.views.situation.situation(server.services.database, exercise, actor, at))
		.board;
};

test('[P8] a country is known on the board of those with whom it shared its report, and unknown to others', async () => {
	const network = await stage.channel('Network', [teams.gr, teams.fr]);
	await stage.channel('Another network', [teams.it]);
	const page = await reportOf('gr', 'amber');
	expect((await board(leads.fr)).rows.map((row) => row.report)).toEqual([null, null, null]);

	await stage.exercise.must(leads.gr, 'report.share', {
		team: teams.gr.id,
		page,
		channels: [network],
		teams: []
	});
	const french = await board(leads.fr);
	const greece = french.rows.find((row) => row.country === 'GR')!;
	expect(greece).toMatchObject({ report: { team: 'GR Crisis', tlp: 'amber' } });
	expect(french.tlp).toBe('amber');
	expect(french.reported).toBe(1);
	expect((await board(leads.it)).reported).toBe(0);
	expect((await board(stage.exercise.director)).reported).toBe(1);
	// as it stood before anybody had shared anything
	expect((await board(leads.fr, Date.UTC(2026, 5, 10, 6))).reported).toBe(0);
});

test('[P2] who is in no network sees no board', async () => {
	const alone = await stage.exercise.member('Alone', { role: 'observer' });
	await expect(board(alone)).rejects.toThrow('There is nothing here');
});

test('[P7] the board leaves as a table that says what is unknown, and who took it is recorded', async () => {
	const { exercise, actor } = await stage.as(leads.fr);
	const file = await server.services.views.situation.exportBoard(server.services.database, exercise, actor, {
		at: null,
		format: 'csv'
	});
	expect(file.name).toMatch(/^EX_.*_situation_TLP-AMBER\.csv$/);
	const text = await new Response(file.body).text();
	expect(text).toContain('EXERCISE EXERCISE EXERCISE');
	expect(text).toMatch(/Italy,,,,,Energy,unknown/);
	const { rows } = await server.services.database.pool.query(
		`select detail from audit where scope = $1 and act = 'situation.exported'`,
		[exercise.id]
	);
	expect(rows).toHaveLength(1);
});

async function reportOf(who: 'gr', tlp: Tlp): Promise<string> {
	const { page } = (await stage.exercise.must(leads[who], 'report.open', { team: teams[who].id })) as {
		page: string;
	};
	await stage.write(leads[who], teams[who].id, page, 'situation', 'Two ports stand still.');
	await server.services.documents.edit(stage.worksheet(teams[who].id, page), leads[who].id, (doc) =>
		setHead(doc, 'tlp', tlp)
	);
	await stage.exercise.must(leads[who], 'report.approve', {
		team: teams[who].id,
		page,
		fingerprint: reportFingerprint(await stage.read(teams[who].id, page))
	});
	return page;
}
