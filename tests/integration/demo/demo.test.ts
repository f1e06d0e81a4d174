import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentName } from '#lib/exercise/documents.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import type { Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import { readScript } from '#lib/exercise/inject/schema.ts';
import { isEmptyRichText } from '#lib/exercise/rich-text.ts';
import { foldRoom, type TeamRoom } from '#lib/exercise/team/room.ts';
import { readReport } from '#lib/exercise/team/schema.ts';
import { timelineEntries } from '#lib/exercise/timeline.ts';
import { StartRefused } from '#server/config.ts';
import { fillDemonstration, type Demonstration } from '#server/demo/fill.ts';
import { simulateTeams, type Simulation } from '#server/demo/players.ts';
import { arrivalMinutes, demoTeams } from '#server/demo/scenario.ts';
import { mintId } from '#server/mint.ts';
import type { Services } from '#server/services.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let services: Services;
let demonstration: Demonstration;
let exercise: Exercise;
let teams: Team[];

beforeAll(async () => {
	server = await startTestServer();
	services = server.services;
	demonstration = await fillDemonstration(services);
	exercise = (await services.exercises.load(demonstration.exerciseId))!;
	teams = await services.exercises.teams(exercise.id);
}, 120_000);

afterAll(() => server.close());

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
			new Set(['offset', 'after', 'manual', 'contingency'])
		);
		expect(new Set(injects.map((one) => one.reference)).size).toBe(injects.length);
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
		// twenty-four minutes of play in as many seconds
		await must('Controller', 'clock.setRate', { rate: 60 });
		const begun = await exerciseMinute();
		await until(async () => (await exerciseMinute()) > begun + 24, 'the clock', 60_000);
		await must('Controller', 'clock.setRate', { rate: 1 });
		const after = await rooms();
		expect(count(after, acknowledged)).toBeGreaterThan(count(before, acknowledged) + 60);
		expect(count(after, answered)).toBeGreaterThan(count(before, answered) + 15);
		expect(count(after, (one) => one.decisions.length)).toBeGreaterThan(5);
		expect(count(after, (one) => one.questions.filter((item) => item.answer).length)).toBeGreaterThan(2);
		expect(count(after, (one) => one.reports.filter((item) => item.approved).length)).toBeGreaterThan(1);
		expect(count(after, (one) => one.items.filter((item) => item.kind === 'log').length)).toBeGreaterThan(40);
		const happened = new Set(
			after.flatMap((one) => one.items.flatMap((item) => (item.kind === 'working' ? item.happened : [])))
		);
		for (const kind of ['incident-opened', 'incident-assessed', 'task-added', 'task-moved', 'task-noted'])
			expect(happened).toContain(kind);
		expect(after.some((one) => one.items.some((item) => item.kind === 'log' && item.methane))).toBe(true);
		expect(simulation.problems).toEqual([]);
	}, 120_000);

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
		expect(isEmptyRichText(readReport(await services.documents.read(page)).text)).toBe(false);
	});
});
