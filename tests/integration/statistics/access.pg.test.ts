import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noFilter, type FiguresFilter, type Grouping } from '#lib/exercise/statistics/figures.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import * as statistics from '#server/views/statistics.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { playStatistics, type Played } from './stage.ts';

let server: TestServer;
let played: Played;
let stranger: Person;

beforeAll(async () => {
	server = await startTestServer();
	// the same every time: what is asked is who reads, not how much
	let turn = 0;
	played = await playStatistics(server, (limit) => turn++ % limit);
	stranger = await server.person('Stranger');
}, 120_000);
afterAll(() => server.close());

type Who = keyof Played['people'] | 'director' | 'stranger';
const personOf = (who: Who): Person =>
	who === 'director' ? played.play.director : who === 'stranger' ? stranger : played.people[who];

/** What the page of statistics has for somebody; null: it is not there. */
async function pageOf(who: Who, by: Grouping = 'team', filter: Partial<FiguresFilter> = {}) {
	try {
		const { exercise, actor } = await server.services.exercises.open(played.play.id, personOf(who));
		const opened = await statistics.open(server.services.database, exercise, actor);
		const view = await statistics.figures(opened, { by, filter: { ...noFilter, ...filter } });
		return { page: opened.page, view };
	} catch (problem) {
		expect(problem).toMatchObject({ code: 'not-found' });
		return null;
	}
}

const isIn = (state: string) =>
	server.services.database.pool.query('update exercise set state = $2 where id = $1', [
		played.play.id,
		state
	]);

const every = ['FR CSIRT', 'GR CSIRT', 'GR Ministry', 'IT CSIRT', 'IT Port'];
const figures = ['times', 'reports', 'actions', 'objectives', 'notes', 'messages', 'sharing'] as const;
type Figure = (typeof figures)[number];
/** Who: whose figures in play, whose after ENDEX, and which of them. Nobody else has any. */
const table: [Who, string[] | null, string[] | null, Figure[]][] = [
	['director', every, every, ['times', 'reports', 'actions', 'objectives', 'notes', 'messages']],
	['controller', every, every, ['times', 'reports', 'actions', 'objectives', 'notes', 'messages']],
	['facilitator', every, every, ['times', 'reports', 'actions', 'objectives']],
	[
		'greekModerator',
		['GR CSIRT', 'GR Ministry'],
		['GR CSIRT', 'GR Ministry'],
		['times', 'reports', 'actions', 'objectives', 'sharing']
	],
	[
		'italianModerator',
		['IT CSIRT', 'IT Port'],
		['IT CSIRT', 'IT Port'],
		['times', 'reports', 'actions', 'objectives', 'sharing']
	],
	['evaluator', ['GR CSIRT'], ['GR CSIRT'], ['times', 'reports', 'actions', 'objectives', 'notes']],
	['teamFacilitator', ['IT CSIRT'], ['IT CSIRT'], ['times', 'reports', 'actions', 'objectives']],
	['lead0', null, ['GR CSIRT'], ['times', 'reports', 'messages']],
	['lead3', null, ['IT Port'], ['times', 'reports']],
	['planner', null, null, []],
	['observer', null, null, []],
	['simcell', null, null, []],
	['press', null, null, []],
	['stranger', null, null, []]
];

async function shownTo(who: Who): Promise<{ teams: string[]; figures: Figure[] } | null> {
	const found = await pageOf(who);
	if (!found) return null;
	const { page, view } = found;
	const names = new Map(page.teams.map(({ id, name }) => [id as string, name]));
	// the evaluator's only "yes" and "partly" are of the Greek team
	const has: Record<Figure, boolean> = {
		times: view.rows.some((row) => row.acknowledged.done > 0 || row.responded.done > 0),
		reports: view.rows.some((row) => row.situation!.sent + row.situation!.missing > 0),
		actions: view.rows.some((row) => row.actions !== null && row.actions.expected > 0),
		objectives: view.objectives.length > 0,
		notes: view.rows.some((row) => row.actions !== null && row.actions.partly > 0),
		messages: view.load!.some((hour) => hour.messages > 0),
		sharing: page.sharing.length > 0
	};
	return { teams: view.rows.map((row) => names.get(row.key)!), figures: figures.filter((name) => has[name]) };
}

describe.each(['running', 'ended'] as const)('while %s', (state) => {
	test.each(table)('[P1] [P2] [R17] %s', async (who, inPlay, after, has) => {
		await isIn(state);
		const teams = state === 'running' ? inPlay : after;
		const shown = await shownTo(who);
		expect(shown).toEqual(teams && { teams, figures: has });
	});

	test('[P2] no filter and no grouping brings another team’s figures', async () => {
		await isIn(state);
		const [greek, , italian] = played.teams;
		for (const [who, filter] of [
			['evaluator', { team: italian!.id }],
			['greekModerator', { country: 'IT' }],
			['italianModerator', { team: greek!.id }],
			['lead0', { team: italian!.id }],
			['lead3', { country: 'GR' }]
		] as const)
			for (const by of ['team', 'country', 'level', 'objective'] as const) {
				const found = await pageOf(who, by, filter);
				if (!found) continue;
				expect(found.view.rows, `${who} by ${by}`).toEqual([]);
				expect(found.view.all).toMatchObject({ deliveries: 0, actions: null });
				// the same as for a team that does not exist
				const nobody = await pageOf(who, by, { team: 'nobodys-team' as never });
				expect(found.view).toEqual(nobody!.view);
			}
	});
});

test('[P1] a player learns nothing of what was expected, of objectives, and of other teams, after ENDEX either', async () => {
	await isIn('ended');
	const text = JSON.stringify(await pageOf('lead0', 'objective'));
	expect(text).not.toMatch(/OBJ-|IT CSIRT|IT Port|FR CSIRT|GR Ministry/);
	expect((await pageOf('lead0', 'objective'))!.view.rows).toEqual([]);
	for (const team of played.teams.slice(1)) expect(text).not.toContain(team.id);
});

describe('[P2] [P7] sharing', () => {
	const share = (who: Who, shared: boolean) =>
		played.play.send(personOf(who), 'statistics.share', { country: 'IT', shared });
	const seenBy = async (who: Who) => (await pageOf(who))!.view.compared.map(({ key }) => key);

	test('begins with none; only moderators of the country choose, and each choice is a fact with an audit row', async () => {
		await isIn('running');
		expect(await seenBy('greekModerator')).toEqual([]);
		for (const who of [
			'director',
			'controller',
			'greekModerator',
			'lead2',
			'evaluator',
			'observer',
			'stranger'
		] as const)
			expect(await share(who, true), who).toMatchObject({ ok: false, error: { code: 'not-found' } });
		expect(await seenBy('greekModerator')).toEqual([]);
		expect(await share('italianModerator', true)).toMatchObject({ ok: true });
		const { pool } = server.services.database;
		const facts = await pool.query(
			"select fact from fact where exercise_id = $1 and kind = 'figures-shared'",
			[played.play.id]
		);
		expect(facts.rows).toEqual([{ fact: { kind: 'figures-shared', country: 'IT', shared: true } }]);
		const audits = await pool.query(
			"select actor_id from audit where scope = $1 and act = 'statistics.share'",
			[played.play.id]
		);
		expect(audits.rows).toEqual([{ actor_id: played.people.italianModerator.id }]);
		expect(await verifyAudit(server.services.database, played.play.id)).toMatchObject({ broken: null });
	});

	test('shows moderators of others the country as a whole, equal to its own figures, and nothing of its teams', async () => {
		await isIn('running');
		const { page, view } = (await pageOf('greekModerator'))!;
		const own = (await pageOf('italianModerator', 'country'))!.view.rows;
		expect(view.compared).toEqual(own);
		expect(view.compared.map(({ key }) => key)).toEqual(['IT']);
		const text = JSON.stringify({ page, view });
		expect(text).not.toMatch(/IT CSIRT|IT Port|FR/);
		for (const team of played.teams.slice(2)) expect(text).not.toContain(team.id);
		expect(page.sharing).toEqual([{ country: 'GR', shared: false }]);
		// the one that shares gains nothing by it
		expect(await seenBy('italianModerator')).toEqual([]);
		for (const who of ['evaluator', 'teamFacilitator', 'facilitator', 'controller'] as const)
			expect(await seenBy(who), who).toEqual([]);
	});

	test('ends when the country says so', async () => {
		await isIn('running');
		expect(await share('italianModerator', false)).toMatchObject({ ok: true });
		expect(await seenBy('greekModerator')).toEqual([]);
	});
});
