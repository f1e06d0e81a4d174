import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { CellId, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import { planState, type PlanState } from '#lib/exercise/inject/approval.ts';
import { dependencyProblems } from '#lib/exercise/inject/dependencies.ts';
import { injectFingerprint, readScript } from '#lib/exercise/inject/schema.ts';
import { compareVariant, waitsForDecision } from '#lib/exercise/inject/variant.ts';
import { actsOf, readObservations, readRatings } from '#lib/exercise/evaluation/fold.ts';
import { guideProblems, readGuides } from '#lib/exercise/evaluation/guide.ts';
import { usualGoItems } from '#lib/exercise/ready/go.ts';
import { foldMedia } from '#lib/exercise/media/fold.ts';
import { isEmptyRichText } from '#lib/exercise/rich-text.ts';
import { foldRoom, type TeamRoom } from '#lib/exercise/team/room.ts';
import { readFindings } from '#lib/exercise/review/schema.ts';
import { readReport } from '#lib/exercise/report/page.ts';
import type { SurveyFilter } from '#lib/exercise/survey/results.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { verifyAudit } from '#server/audit/audit.ts';
import { isWhole, verifyReports } from '#server/exchange/report/verify.ts';
import { StartRefused } from '#server/config.ts';
import { fillDemonstration, type Demonstration } from '#server/demo/fill.ts';
import { simulateTeams, type Simulation } from '#server/demo/players.ts';
import { arrivalMinutes, demoTeams } from '#server/demo/scenario.ts';
import { notConfirmed } from '#server/demo/script/preparation.ts';
import type { BoardAnswer } from '#server/views/board.ts';
import { mintId } from '#server/mint.ts';
import type { Services } from '#server/services.ts';
import { textOfPdf } from '../../support/pdf-text.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let folder: string;
let server: TestServer;
let services: Services;
let demonstration: Demonstration;
let exercise: Exercise;
let teams: Team[];

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'muster-demo-'));
	server = await startTestServer({ environment: { FILES_DIR: folder } });
	services = server.services;
	demonstration = await fillDemonstration(services);
	exercise = (await services.exercises.load(demonstration.exerciseId))!;
	teams = await services.exercises.teams(exercise.id);
}, 120_000);

afterAll(async () => {
	await server.close();
	await rm(folder, { recursive: true, force: true });
});

async function room(name: string): Promise<TeamRoom> {
	const team = teams.find((one) => one.name === name)!;
	const audience = { to: 'team', team: team.id } as const;
	const timeline = documentName({ exercise: exercise.id, kind: 'timeline', audience, segment: 0 });
	return foldRoom([...timelineEntries(await services.documents.read(timeline)).values()]);
}
const rooms = () => Promise.all(demoTeams.map((team) => room(team.name)));

const account = (name: string) => demonstration.accounts.find((one) => one.name === name)!;

async function must(by: string, name: string, input: unknown): Promise<void> {
	const answer = await services.commands.run(
		{ exercise: exercise.id, name, key: mintId<string>(), input },
		account(by)
	);
	if (!answer.ok) throw new Error(answer.error.message);
}

async function open(name: string) {
	return services.exercises.open(exercise.id, { id: account(name).accountId });
}
/** The exercise of the year before. */
async function openEarlier(name: string) {
	const { rows } = await services.database.pool.query<{ id: string }>(
		`select id from exercise where name = 'Table-top exercise of the year before'`
	);
	return services.exercises.open(rows[0]!.id as Exercise['id'], { id: account(name).accountId });
}
const scriptOf = async (cell: CellId) =>
	readScript(await services.documents.read(documentName({ exercise: exercise.id, kind: 'script', cell })));
async function statusesOf(name: string, cell: CellId) {
	const { exercise: now, actor } = await open(name);
	return services.views.script.scriptStatuses(services.database, now, actor, cell, null);
}
async function board(name: string): Promise<BoardAnswer> {
	const { exercise: now, actor } = await open(name);
	return JSON.parse(await services.views.board.boardJson(services.database, now, actor, null)) as BoardAnswer;
}

/** Every expected thing has a deadline. */
async function until(
	done: () => Promise<boolean> | boolean,
	what: string,
	milliseconds: number
): Promise<void> {
	const end = Date.now() + milliseconds;
	while (!(await done())) {
		if (Date.now() > end) throw new Error(`waited ${milliseconds} ms for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
}

const exerciseMinute = async (): Promise<number> => {
	const pulse = (await services.realtime.pulse(exercise.id))!;
	return (exerciseTimeAt(pulse.clock, pulse.now)! - exercise.startsAt) / 60_000;
};

describe('the demonstration exercise', () => {
	it('has thirty countries, six of them with two or three teams', () => {
		const byCountry = Map.groupBy(teams, (team) => team.country);
		expect(byCountry.size).toBe(30);
		const several = [...byCountry.values()].filter((list) => list.length > 1);
		expect(several).toHaveLength(6);
		for (const list of several) expect([2, 3]).toContain(list.length);
	});

	it('[P7] has a script that two people brought to approval, and something left to do', async () => {
		const script = documentName({ exercise: exercise.id, kind: 'script', cell: 'central' });
		const injects = readScript(await services.documents.read(script));
		expect(injects.length).toBeGreaterThanOrEqual(40);
		expect(new Set(injects.map((one) => one.schedule.mode))).toEqual(
			new Set(['offset', 'after', 'condition', 'manual', 'contingency'])
		);
		expect(new Set(injects.map((one) => one.reference)).size).toBe(injects.length);
		const { statuses } = await statusesOf('Central planner', 'central');
		const states = injects.map((inject) =>
			planState(
				statuses.find((one) => one.inject === inject.id),
				() => injectFingerprint(inject)
			)
		);
		const count = (state: PlanState) => states.filter((one) => one === state).length;
		for (const state of ['draft', 'returned', 'submitted', 'changed'] as const)
			expect(count(state), state).toBeGreaterThan(0);
		expect(count('approved')).toBeGreaterThan(15);
		// all that was due by the clock has come (a minute before the visitor: the schedule may be just behind it)
		const due = injects.filter(
			({ schedule }) => schedule.mode === 'offset' && schedule.seconds < (arrivalMinutes - 1) * 60
		);
		expect(due.length).toBeGreaterThan(5);
		for (const inject of due)
			expect([inject.reference, states[injects.indexOf(inject)]]).toEqual([inject.reference, 'released']);
		const approvers = new Set(statuses.map((one) => one.approvedBy).filter(Boolean));
		expect([...approvers]).toEqual(['Second controller']);
	});

	it('[R19] lets every account sign in with the one password', async () => {
		const address = '127.0.0.1';
		for (const name of ['Controller', 'GR CSIRT lead', 'AT duty officer', 'Observer'])
			expect(
				await services.accounts.signIn({
					email: account(name).email,
					password: demonstration.password,
					address
				})
			).toBeTruthy();
		expect(Buffer.byteLength(demonstration.password)).toBeGreaterThanOrEqual(12);
	});

	it('lets the visitor arrive in play at the usual rate, with injects out and answered', async () => {
		expect(exercise.state).toBe('running');
		expect(exercise.clock.at(-1)!.rate).toBe(1);
		const minute = await exerciseMinute();
		expect(minute).toBeGreaterThanOrEqual(arrivalMinutes);
		expect(minute).toBeLessThan(arrivalMinutes + 4);
		const injects = (await rooms()).flatMap((one) => one.injects);
		expect(injects.length).toBeGreaterThan(80);
		expect(injects.filter((one) => one.acknowledged).length).toBeGreaterThan(injects.length / 2);
	});

	it('refuses a database that has an exercise, in one sentence', async () => {
		const again = fillDemonstration(services);
		await expect(again).rejects.toThrow(StartRefused);
		await expect(again).rejects.toThrow(/empty database/);
	});
});

describe('the planning workshop of the demonstration', () => {
	it('has injects on conditions: at some teams already, at others waiting', async () => {
		const { injects, deliveries } = await board('Controller');
		const byReference = new Map(injects.map((one) => [one.reference, one]));
		const reached = (reference: string) =>
			deliveries
				.filter(({ inject }) => inject === byReference.get(reference)!.id)
				.reduce((sum, { cells }) => sum + cells.length / 4, 0);
		for (const reference of ['SW-013', 'SW-014', 'SW-015', 'SW-209', 'SW-308'])
			expect(byReference.get(reference)?.schedule, reference).toBe('condition');
		expect(reached('SW-013')).toBeGreaterThan(0);
		for (const reference of ['SW-209', 'SW-308']) expect(reached(reference), reference).toBe(0);
		expect(
			dependencyProblems(await scriptOf('central'), { teams }).filter(
				({ kind }) => kind !== 'waits-for-person'
			)
		).toEqual([]);
	});

	it('has variants: Germany got its own text, and a change of the centre waits for Greece', async () => {
		const [central, greek, german, dutch] = await Promise.all(
			(['central', 'GR', 'DE', 'NL'] as const).map(scriptOf)
		);
		for (const cell of [greek, german, dutch])
			expect(cell!.filter((one) => one.origin).length).toBeGreaterThan(1);
		const titles = async (team: string) => (await room(team)).injects.map((item) => item.inject.title);
		const own = german!.find((one) => one.reference === 'SW-301-DE')!;
		const taken = central!.find((one) => one.reference === 'SW-301')!;
		expect(await titles('DE CSIRT')).toContain(own.title);
		expect(await titles('DE CSIRT')).not.toContain(taken.title);
		expect(await titles('PL CSIRT')).toContain(taken.title);

		const variant = greek!.find((one) => one.reference === 'SW-305-EL')!;
		const place = { country: 'GR' as const, teams, variantOf: () => undefined };
		const waiting = compareVariant(
			variant,
			central!.find((one) => one.id === variant.origin!.inject)!,
			place
		)
			.filter(waitsForDecision)
			.map(({ field, standing }) => `${field}: ${standing}`);
		expect(waiting).toEqual(['body: both', 'schedule: both', 'expectedActions: central']);
	});

	it('delivers Greek, German and French to those who want it, with the original at hand', async () => {
		const first = async (team: string) =>
			(await room(team)).injects.find(
				(item) => (item.inject.original ?? item.inject).title === 'Can you read this?'
			)!.inject;
		for (const [team, language] of [
			['GR Port', 'el'],
			['CY CSIRT', 'el'],
			['DE Rail', 'de'],
			['AT CSIRT', 'de'],
			['FR CSIRT', 'fr']
		] as const) {
			const inject = await first(team);
			expect(inject, team).toMatchObject({ language, original: { language: 'en' } });
			expect(inject.title).not.toBe(inject.original!.title);
		}
		expect(await first('GR CSIRT')).not.toHaveProperty('original');
	});

	it('[P1] delivers a picture and a page that were drawn for it, each team by its own address', async () => {
		const filesOf = async (team: string, title: string) =>
			(await room(team)).injects.find((item) => (item.inject.original ?? item.inject).title === title)!.inject
				.attachments!;
		const [picture] = await filesOf('NL Port', 'Unknown process on the yard servers');
		expect(picture).toMatchObject({ name: 'Connections of qb-sync.png', mediaType: 'image/png' });
		const [page] = await filesOf('AT CSIRT', 'Supplier withdraws update 7.4');
		expect(page).toMatchObject({ name: 'Withdrawal of update 7.4.pdf', mediaType: 'application/pdf' });
		const [same] = await filesOf('PL CSIRT', 'Supplier withdraws update 7.4');
		expect(same!.grant).not.toBe(page!.grant);
		const behind = await services.files.ofTeam(page!.grant);
		const bytes: Buffer[] = [];
		for await (const chunk of (await services.files.store.open(behind!.sha256))!) bytes.push(chunk as Buffer);
		const whole = Buffer.concat(bytes);
		expect(whole.subarray(0, 5).toString('latin1')).toBe('%PDF-');
		expect(whole).toHaveLength(page!.bytes);
	});

	it('has remarks that mention people, open ones and settled ones', async () => {
		const { exercise: now, actor } = await open('GR planner');
		const { comments } = await services.comments.list(now, actor, 'central');
		expect(comments.filter((one) => one.mentionsMe)).toHaveLength(1);
		expect(comments.filter((one) => one.resolved).length).toBeGreaterThan(0);
		for (const { text, mentions } of comments) expect(mentions.length > 0, text).toBe(text.startsWith('@'));
		const counts = await services.comments.openCounts(now, actor);
		expect(counts.map((one) => one.cell).sort()).toEqual(['GR', 'central']);
	});

	it('[P1] has a library of a kit and injects, which nobody opens who plays', async () => {
		const look = (name: string) =>
			services.library.search(
				{ id: account(name).accountId, isAdministrator: false },
				{ text: '', kind: '', tag: '' }
			);
		const { entries } = await look('DE planner');
		expect(entries.map((one) => one.kind).sort()).toEqual(['inject', 'inject', 'inject', 'kit']);
		for (const name of ['GR CSIRT lead', 'GR moderator', 'GR evaluator', 'Observer'])
			await expect(look(name), name).rejects.toMatchObject({ code: 'not-found' });
	});

	it('[P8] has an exercise of the year before, closed, with a report that its countries agreed to and everybody reads', async () => {
		const report = async (name: string) => {
			const { exercise: earlier, actor } = await openEarlier(name);
			return { earlier, actor, view: await services.views.aar.report(services, earlier, actor) };
		};
		const { earlier, view } = await report('Exercise director');
		expect(earlier.state).toBe('closed');
		expect(view.versions.map(({ number, extent }) => [number, extent])).toEqual([
			[4, 'public'],
			[3, 'public'],
			[2, 'national'],
			[1, 'full']
		]);
		expect(view.versions[0]!.missing).toEqual([]);
		expect(view.versions[0]!.references.map(({ reference }) => reference)).toEqual(['F1', 'F2']);
		expect(view.versions[3]!.references).toHaveLength(4);
		const player = await report('GR CSIRT lead');
		expect(player.view.versions.map(({ number }) => number)).toEqual([4]);
		const { body } = await services.views.aar.frozenFile(
			services.database,
			player.earlier,
			player.actor,
			4,
			'pdf'
		);
		const words = textOfPdf(new Uint8Array(await new Response(body).arrayBuffer()));
		expect(words).toContain('Public version 4');
		expect(words).not.toMatch(/eleven hours|licence had ended|Facilitator|moderator/);
		expect(isWhole(await verifyReports(services.database, earlier.id))).toBe(true);
		expect((await verifyAudit(services.database, earlier.id)).broken).toBeNull();
	});

	it('[P1] offers a room that looks back no channel of those who run the exercise', async () => {
		const { exercise: now, actor } = await open('Controller');
		const { sources } = await services.views.replay.replay(services.database, now, actor);
		const channels = (projector: boolean) =>
			sources.flatMap((one) => (one.projector === projector ? (one.channel ?? []) : []));
		expect(channels(true).sort()).toEqual(['CSIRTs network', 'EU-CyCLONe', 'Maritime transport']);
		for (const name of ['EXCON coordination', 'Moderators', 'Greece and central control'])
			expect(channels(false)).toContain(name);
	});

	it('[P2] has findings of the year before on which all countries agreed: by silence, and one after an objection was settled', async () => {
		const circulated = async (name: string) => {
			const { exercise: earlier, actor } = await openEarlier(name);
			const { findings } = await services.views.findings.circulated(services, earlier, actor);
			// first to last
			return new Map(findings.map(({ rounds }) => [rounds[0]!.content.title, rounds.toReversed()]));
		};
		const all = await circulated('Facilitator');
		expect(all.size).toBe(4);
		for (const [title, rounds] of all) {
			expect(rounds.at(-1), title).toMatchObject({ outcome: 'agreed', isOpen: false });
			expect(rounds.at(-1)!.answers, title).toHaveLength(3);
		}
		const standings = (title: RegExp) =>
			[...all]
				.find(([one]) => title.test(one))![1]
				.map(({ outcome, answers }) => ({
					outcome,
					...Object.fromEntries(answers.map(({ country, standing }) => [country, standing]))
				}));
		expect(standings(/never stood still/)).toEqual([
			{ outcome: 'agreed', GR: 'silent', NL: 'silent', DE: 'silent' }
		]);
		expect(standings(/asked the provider/)).toEqual([
			{ outcome: 'objected', GR: 'agreed', NL: 'commented', DE: 'objected' },
			{ outcome: 'agreed', GR: 'silent', NL: 'silent', DE: 'agreed' }
		]);
		// a country reads its own words and those that another opened: an objection stays between who said it and who asked
		const greek = JSON.stringify([...(await circulated('GR CSIRT lead')).values()]);
		expect(greek).toContain('one of our teams called for all');
		expect(greek).not.toContain('not true for us');
	});

	it('[P2] has a survey of the year before: two countries are told apart, a third with too few answers is not', async () => {
		const results = async (name: string, filter: SurveyFilter = null) => {
			const { exercise: earlier, actor } = await openEarlier(name);
			return services.survey.results(earlier, actor, filter);
		};
		const all = await results('Facilitator');
		expect(all).toMatchObject({ state: 'analysed', answers: 23 });
		expect(all.results!.questions.find(({ question }) => question.id === 'overall')!.mean).toBeGreaterThan(4);
		expect(all.groups).toEqual([
			{ by: 'country', is: 'GR', answers: 8 },
			{ by: 'country', is: 'NL', answers: 8 }
		]);
		expect((await results('Exercise director', { by: 'country', is: 'GR' })).results!.answers).toBe(8);
		expect((await results('Exercise director', { by: 'country', is: 'DE' })).results).toBeNull();
		const { rows } = await services.database.pool.query<{ n: number }>(
			`select count(*)::int n from survey_answer where country = 'DE' or level is not null or role is not null`
		);
		expect(rows[0]!.n).toBe(0);
		const words = all.results!.questions.flatMap((one) => one.words);
		expect(new Set(words.flatMap(({ by }) => by ?? []))).toEqual(
			new Set(['GR CSIRT lead', 'GR Port lead', 'NL Crisis lead'])
		);
		// whoever was asked reads the conclusions and the counts of all, and nobody's words
		const player = await results('NL Port analyst');
		expect(player).toMatchObject({ readsAll: false, groups: [] });
		expect(player.summary).toContain('worth the time');
		expect(player.results!.questions.flatMap((one) => one.words)).toEqual([]);
	});

	it('leads from an inject of the year before to the inject that tests its lesson again', async () => {
		const { exercise: earlier, actor } = await openEarlier('Exercise director');
		const review = await services.views.review.review(services.database, earlier, actor);
		const decided = review.observations.find(({ evidence }) => evidence[0]?.words === 'By arrival')!;
		expect(decided).toMatchObject({ team: { name: 'GR Port' }, evidence: [{ what: 'decision' }] });
		const findings = readFindings(
			await services.documents.read(documentName({ exercise: earlier.id, kind: 'review' }))
		);
		const { finding } = review.evidence.find(({ observation }) => observation === decided.id)!;
		const found = findings.find(({ id }) => id === finding)!;
		expect(found.title).toBe('Nobody asked which load could not wait');
		const keeper = { id: account('GR planner').accountId };
		const listed = await services.improvement.lessons.list(keeper, {
			text: 'islands',
			country: '',
			state: '',
			capability: '',
			recurring: false
		});
		const lesson = await services.improvement.lessons.view(keeper, listed.lessons[0]!.id);
		expect(lesson.sources).toEqual([{ exercise: earlier.name, finding: found.title }]);
		expect(lesson.actions.map(({ title }) => title)).toEqual([
			'Keep a list of who on the islands cannot wait for the next ferry'
		]);
		expect(lesson.retests).toHaveLength(1);
		const media = await services.documents.read(
			documentName({
				exercise: earlier.id,
				kind: 'timeline',
				audience: { to: 'channel', channel: 'media' },
				segment: 0
			})
		);
		const shown = foldMedia([...timelineEntries(media).values()]);
		expect(shown.map(({ media: kind, comments }) => [kind, comments.length])).toEqual([
			['statement', 0],
			['article', 2]
		]);
	});

	it('[P2] has improvement actions and lessons of an earlier exercise, each country’s as far as it shares', async () => {
		const { actions, lessons, retests } = services.improvement;
		const everything = {
			country: '',
			state: '',
			capability: '',
			source: '',
			overdue: false,
			mine: false,
			sort: 'due'
		};
		const look = async (name: string) =>
			(await actions.list({ id: account(name).accountId }, everything)).actions.map(
				({ country, state }) => `${country} ${state}`
			);
		const dutch = 'NL implemented';
		expect((await look('GR planner')).sort()).toEqual([
			'GR in_progress',
			'GR proposed',
			'GR verified',
			dutch
		]);
		expect(await look('Facilitator')).toEqual([dutch]);
		expect(await look('DE Rail lead')).toEqual(['DE accepted']);
		expect(await look('Observer')).toEqual([]);
		const countries = await actions.countries({ id: account('NL planner').accountId });
		expect(countries.find(({ country }) => country === 'GR')!.counts).toBeNull();
		expect(countries.find(({ country }) => country === 'DE')!.counts).toMatchObject({ open: 1 });
		const register = await lessons.list(
			{ id: account('GR planner').accountId },
			{ text: 'weekends signing', country: '', state: '', capability: '', recurring: false }
		);
		expect(register.lessons.map(({ state }) => state)).toEqual(['verified']);
		const opened = await services.exercises.open(demonstration.exerciseId, {
			id: account('GR planner').accountId
		});
		const open = await retests.open(opened.exercise, opened.actor);
		expect(open!.lessons.map((one) => one.retests.map(({ reference }) => reference))).toEqual([['GR-002']]);
	});

	it('has a go/no-go list, a rehearsal that was played to its end, and workbooks that are known', async () => {
		const { exercise: now, actor } = await open('Central planner');
		const { items, overall } = await services.readiness.goList.view(now, actor);
		expect(items).toHaveLength(usualGoItems.length);
		expect(new Set(items.map((one) => one.state))).toEqual(new Set(['go', 'open']));
		expect(overall).toBe('open');
		const rehearsals = await services.readiness.rehearsals.list(now, actor);
		expect(rehearsals).toMatchObject([{ state: 'ended', by: 'Central planner', isMine: true }]);
		const rehearsal = await services.exercises.open(rehearsals[0]!.id, { id: actor.accountId });
		const { findings } = await services.views.findings.circulated(
			services,
			rehearsal.exercise,
			rehearsal.actor
		);
		expect(findings[0]!.rounds[0]).toMatchObject({
			outcome: 'waiting',
			answers: [{ standing: 'commented' }]
		});
		const played = JSON.parse(
			await services.views.board.boardJson(services.database, rehearsal.exercise, rehearsal.actor, null)
		) as BoardAnswer;
		const out = played.injects.filter((one) => one.state === 'released');
		expect(out.length).toBeGreaterThan(30);
		expect(played.injects.filter((one) => one.dueAt !== null && one.state === 'ready')).toEqual([]);
		for (const name of ['Central planner', 'GR planner'])
			expect(await services.transfer.mappings.list(account(name).accountId), name).toHaveLength(1);
	});

	it('has guides for some teams, and what their evaluators noted with evidence: the teams read none of it', async () => {
		const page = documentName({ exercise: exercise.id, kind: 'evaluation' });
		const guides = readGuides(await services.documents.read(page));
		expect(guides.map(guideProblems).flat()).toEqual([]);
		const [greek] = teams.filter(({ name }) => name === 'GR CSIRT');
		const audience = { to: 'evaluation', team: greek!.id } as const;
		const noted = documentName({ exercise: exercise.id, kind: 'timeline', audience, segment: 0 });
		const acts = actsOf([...timelineEntries(await services.documents.read(noted)).values()]);
		expect(readObservations(acts).every(({ evidence }) => evidence[0]!.words !== '')).toBe(true);
		expect(readObservations(acts).length).toBeGreaterThanOrEqual(1);
		expect(readRatings(acts)).toHaveLength(1);
		expect(JSON.stringify(await room('GR CSIRT'))).not.toContain('said aloud');
	});

	it('[P7] was made as people make it: each act is in the record, and its chain is whole', async () => {
		const { rows } = await services.database.pool.query<{ act: string }>(
			'select distinct act from audit where scope = $1',
			[exercise.id]
		);
		const acts = new Set(rows.map((row) => row.act));
		for (const act of [
			'attachment.added',
			'communication.started',
			'communication.waived',
			'go-list.seeded',
			'go-list.changed',
			'library.saved',
			'rehearsal.made'
		])
			expect(acts, act).toContain(act);
		expect((await verifyAudit(services.database, exercise.id)).broken).toBeNull();
	});

	it('names nobody: accounts and senders are functions', () => {
		for (const { name, email } of demonstration.accounts) {
			expect(name).toMatch(
				/(director|controller|planner|moderator|evaluator|facilitator|observer|officer|lead|analyst|administrator|cell|player)$/i
			);
			expect(email).toMatch(/@muster\.example$/);
		}
	});

	it('is in the middle of a communication check: most have confirmed, the others are overdue', async () => {
		const { exercise: now, actor } = await open('Exercise director');
		const { current, waived } = await services.readiness.communication.view(now, actor);
		expect(waived).not.toBeNull();
		expect(current).toMatchObject({ endedAt: null });
		expect(
			current!.people
				.filter((one) => one.confirmedAt === null)
				.map((one) => one.name)
				.sort()
		).toEqual([...notConfirmed].sort());
		await until(() => Date.now() > current!.dueAt, 'the end of the check', 60_000);
	}, 70_000);
});

describe('simulated teams', () => {
	let simulation: Simulation;
	afterAll(() => simulation.stop());

	it('[P4] acknowledge, answer, log, decide, ask and write while one watches, without an error', async () => {
		const before = await rooms();
		const count = (list: TeamRoom[], of: (one: TeamRoom) => number) =>
			list.reduce((sum, one) => sum + of(one), 0);
		const acknowledged = (one: TeamRoom) => one.injects.filter((item) => item.acknowledged).length;
		const answered = (one: TeamRoom) => one.injects.filter((item) => item.responses.length > 0).length;
		simulation = simulateTeams(services, demonstration);
		const approved = (list: TeamRoom[]) =>
			count(list, (one) => one.reports.filter((item) => item.approved).length);
		// twenty-four minutes of play in as many seconds
		await must('Controller', 'clock.setRate', { rate: 60 });
		const begun = await exerciseMinute();
		await until(async () => (await exerciseMinute()) > begun + 24, 'the clock', 60_000);
		// on a busy machine simulated people are behind the clock
		await must('Controller', 'clock.setRate', { rate: 10 });
		await until(async () => approved(await rooms()) > 1, 'two reports', 60_000);
		const received = (list: TeamRoom[]) => count(list, (one) => one.received.length);
		await until(async () => received(await rooms()) > 1, 'two shared reports', 60_000);
		await must('Controller', 'clock.setRate', { rate: 1 });
		const after = await rooms();
		expect(count(after, acknowledged)).toBeGreaterThan(count(before, acknowledged) + 60);
		expect(count(after, answered)).toBeGreaterThan(count(before, answered) + 15);
		expect(count(after, (one) => one.decisions.length)).toBeGreaterThan(5);
		expect(count(after, (one) => one.questions.filter((item) => item.answer).length)).toBeGreaterThan(2);
		expect(approved(after)).toBeGreaterThan(1);
		expect(count(after, (one) => one.items.filter((item) => item.kind === 'log').length)).toBeGreaterThan(40);
		// moderators have marked what their teams did, and what waited for it has come
		const { injects, deliveries } = await board('Controller');
		const waited = injects.find((one) => one.reference === 'SW-015')!;
		expect(deliveries.filter((one) => one.inject === waited.id).length).toBeGreaterThan(0);
		// operators send their early warnings, CSIRTs answer them and share their reports
		const happened = (kind: string) =>
			count(
				after,
				(one) => one.items.filter((item) => item.kind === 'working' && item.happened === kind).length
			);
		expect(happened('notification-submitted')).toBeGreaterThan(3);
		expect(happened('notification-answered')).toBeGreaterThan(1);
		expect(received(after)).toBeGreaterThan(1);
		const kinds = new Set(
			after.flatMap((one) => one.items.flatMap((item) => (item.kind === 'working' ? item.happened : [])))
		);
		for (const kind of ['incident-opened', 'incident-assessed', 'task-added', 'task-moved', 'task-noted'])
			expect(kinds).toContain(kind);
		expect(after.some((one) => one.items.some((item) => item.kind === 'log' && item.methane))).toBe(true);
		expect(simulation.problems).toEqual([]);
	}, 180_000);

	it('[P7] a report that was approved is whole: every section has its words', async () => {
		const approved = (await rooms()).flatMap((one) => one.reports.flatMap((report) => report.approved ?? []));
		for (const report of approved) {
			const text = JSON.stringify(report.text);
			for (const words of ['Known: a routine update', 'Remote maintenance closed', 'Confidence: medium'])
				expect(text).toContain(words);
		}
	});

	it('leave a message to the visitor who is signed in', async () => {
		const { accountId } = account('FI Crisis lead');
		const cookie = await services.accounts.sessions.create(accountId);
		expect(cookie.value).not.toBe('');
		const fi = teams.find((one) => one.name === 'FI Crisis')!;
		// the teams ask who is signed in every three seconds
		await new Promise((resolve) => setTimeout(resolve, 3500));
		await must('Controller', 'inject.releaseAdHoc', {
			title: 'For the visitor',
			body: { type: 'doc', content: [] },
			to: {
				all: false,
				countries: [],
				levels: [],
				teams: [fi.id, teams.find((one) => one.name === 'FI CSIRT')!.id]
			}
		});
		await must('Controller', 'clock.setRate', { rate: 60 });
		const mine = async (team: string) =>
			(await room(team)).injects.find((item) => item.inject.title === 'For the visitor')!;
		await until(async () => (await mine('FI CSIRT')).acknowledged !== null, 'the other team', 40_000);
		const begun = await exerciseMinute();
		await until(async () => (await exerciseMinute()) > begun + 4, 'the clock', 20_000);
		await must('Controller', 'clock.setRate', { rate: 1 });
		expect((await mine('FI Crisis')).acknowledged).toBeNull();
		await services.accounts.sessions.endAll(accountId);
	}, 90_000);

	it('[P5] do nothing while the exercise is stopped', async () => {
		await must('Observer', 'exercise.stop', { reason: 'Fire alarm' });
		// what was under way ends
		await new Promise((resolve) => setTimeout(resolve, 500));
		const entries = async () => (await rooms()).reduce((sum, one) => sum + one.items.length, 0);
		const before = await entries();
		await new Promise((resolve) => setTimeout(resolve, 2000));
		expect(await entries()).toBe(before);
		await must('Exercise director', 'exercise.liftStop', { to: 'running' });
	});

	it('stop at ENDEX', async () => {
		await must('Exercise director', 'exercise.end', {});
		await new Promise((resolve) => setTimeout(resolve, 500));
		const before = (await rooms()).map((one) => one.items.length);
		await new Promise((resolve) => setTimeout(resolve, 1500));
		expect((await rooms()).map((one) => one.items.length)).toEqual(before);
		expect(simulation.problems).toEqual([]);
	});

	it('have written something worth reading by then', async () => {
		const team = teams.find((one) => one.name === 'GR CSIRT')!;
		const page = documentName({ exercise: exercise.id, kind: 'worksheet', team: team.id, page: 'report-1' });
		expect(isEmptyRichText(readReport(await services.documents.read(page)).sections.situation)).toBe(false);
	});
});
