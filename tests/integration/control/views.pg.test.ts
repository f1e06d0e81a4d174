import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { Inject } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { AppError } from '#lib/errors.ts';
import type { BoardAnswer, BoardCursor } from '#server/views/board.ts';
import { TestExercise, toAll, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { cellState, foldBoard, type Board } from '../../../src/routes/exercises/[exercise]/control/board.ts';

let server: TestServer;
let exercise: TestExercise;
let athens: Team, piraeus: Team, rome: Team;
let controller: Person, moderator: Person, planner: Person, evaluator: Person, observer: Person;
let greekPlayer: Person, italianPlayer: Person;

const toTeams = (...teams: Team[]) => ({ ...toAll, all: false, teams: teams.map((team) => team.id) });

beforeAll(async () => {
	server = await startTestServer();
	exercise = await TestExercise.create(server);
	athens = await exercise.team('GR Athens', 'GR');
	piraeus = await exercise.team('GR Piraeus', 'GR');
	rome = await exercise.team('IT Rome', 'IT');
	controller = await exercise.member('Controller', { role: 'controller' });
	moderator = await exercise.member('Moderator', { role: 'moderator', country: 'GR' });
	planner = await exercise.member('Planner', { role: 'planner', cell: 'GR' });
	evaluator = await exercise.member('Evaluator', { role: 'evaluator', teamId: athens.id });
	observer = await exercise.member('Observer', { role: 'observer' });
	greekPlayer = await exercise.member('Greek player', { role: 'player', teamId: athens.id, lead: true });
	italianPlayer = await exercise.member('Italian player', { role: 'player', teamId: rome.id, lead: true });
});
afterAll(() => server.close());

const open = (person: Person) => server.services.exercises.open(exercise.id, person);

async function boardOf(person: Person, since: BoardCursor | null = null): Promise<BoardAnswer> {
	const { exercise: found, actor } = await open(person);
	const { views, database } = server.services;
	return JSON.parse(await views.board.boardJson(database, found, actor, since)) as BoardAnswer;
}

/** A console that reads what changed since it last read. */
function consoleOf(person: Person) {
	let board: Board | null = null;
	return {
		get board() {
			return board!;
		},
		read: async () => {
			const answer = await boardOf(person, board && { sequence: board.sequence, teamsKey: board.teamsKey });
			board = foldBoard(board, answer);
			return answer;
		},
		state: (inject: { id: InjectId }, team: Team) => {
			const row = board!.rows.get(inject.id);
			return row ? cellState(row, board!.teams.indexOf(team.id), null) : undefined;
		}
	};
}

const notFound = expect.objectContaining({ code: 'not-found' });

async function refusal(promise: Promise<unknown>): Promise<unknown> {
	try {
		await promise;
		return null;
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
}

describe('the views of exercise control', () => {
	it('are not there for anybody but exercise control and moderators', async () => {
		const { views, database, documents } = server.services;
		for (const person of [greekPlayer, planner, evaluator, observer]) {
			const { exercise: found, actor } = await open(person);
			for (const read of [
				() => views.board.boardJson(database, found, actor, null),
				() => views.control.consolePage(database, found, actor),
				() => views.questions.questions(database, found, actor),
				() => views.injects.injectDetail(database, found, actor, 'anything1'),
				() => views.injects.cellDetail(database, found, actor, 'anything1', athens.id),
				() => views.control.startChecks(database, (name) => documents.read(name), found, actor),
				() => views.control.dueTimes(database, found, actor)
			])
				expect(await refusal(read()), person.name).toEqual(notFound);
		}
	});

	it('do not open for a stranger', async () => {
		const stranger = await server.person('Stranger');
		expect(await refusal(open(stranger))).toEqual(notFound);
	});

	it('give a moderator the channel of the own country and exercise control its own timeline', async () => {
		const { views, database } = server.services;
		const names = async (person: Person) => {
			const { exercise: found, actor } = await open(person);
			return (await views.control.consolePage(database, found, actor)).timelines.map((one) => one.name);
		};
		expect(await names(controller)).toEqual([`exercise/${exercise.id}/timeline/control`]);
		expect(await names(moderator)).toEqual([`exercise/${exercise.id}/timeline/channel/GR`]);
	});
});

describe('what a person’s shell knows', () => {
	it('names only the teams and cells that are open to the person', async () => {
		const { views, database } = server.services;
		const shell = async (person: Person) => {
			const { exercise: found, actor } = await open(person);
			return views.shell.shell(database, found, actor, { timeZone: null });
		};
		expect((await shell(controller)).teams).toHaveLength(3);
		expect((await shell(moderator)).teams.map((team) => team.name)).toEqual(['GR Athens', 'GR Piraeus']);
		expect((await shell(greekPlayer)).teams.map((team) => team.name)).toEqual(['GR Athens']);
		const seen = await shell(observer);
		expect(seen.teams).toEqual([]);
		expect(seen.cells).toEqual([]);
		expect(JSON.stringify(seen)).not.toContain('Piraeus');
		expect((await shell(moderator)).cells).toEqual(['GR']);
		expect((await shell(planner)).cells).toEqual(['central', 'GR']);
		expect((await shell(controller)).cells).toEqual(['central', 'GR', 'IT']);
	});

	it('carries the database’s time, so that clocks agree', async () => {
		const { views, database } = server.services;
		const pulse = await views.shell.readPulse(database, exercise.id);
		expect(Math.abs(pulse.now - Date.now())).toBeLessThan(5000);
		expect(pulse).toMatchObject({ exercise: exercise.id, state: 'draft', clock: [] });
	});
});

describe('before STARTEX', () => {
	it('the checks say what is missing, and what a planner should put right', async () => {
		const { views, database, documents } = server.services;
		const checks = async () => {
			const { exercise: found, actor } = await open(exercise.director);
			return views.control.startChecks(database, (name) => documents.read(name), found, actor);
		};
		expect((await checks()).problems).toEqual(['No inject is approved yet.']);
		await exercise.approved({
			reference: 'CM-1',
			title: 'Too late',
			to: toAll,
			schedule: { mode: 'offset', seconds: 9 * 3600 }
		});
		const after = await checks();
		expect(after).toMatchObject({ problems: [], teams: 3, approved: 1 });
		expect(after.warnings).toEqual([{ kind: 'outside-play', count: 1, examples: ['CM-1'] }]);
	});
});

describe('the board', () => {
	let everyone: { id: InjectId }, greek: { id: InjectId }, italian: { id: InjectId };
	let control: ReturnType<typeof consoleOf>, greece: ReturnType<typeof consoleOf>;

	beforeAll(async () => {
		[everyone, greek, italian] = (await exercise.approved(
			{ reference: 'CM-10', title: 'To all', to: toAll, schedule: { mode: 'manual' } },
			{
				reference: 'CM-11',
				title: 'To Greece',
				to: toTeams(athens, piraeus),
				schedule: { mode: 'manual' },
				body: richTextFromText('Secret text'),
				acknowledgeWithin: 60
			},
			{ reference: 'CM-12', title: 'Italian secret', to: toTeams(rome), schedule: { mode: 'manual' } }
		)) as [Inject, Inject, Inject];
		await exercise.must(exercise.director, 'exercise.start', {});
		control = consoleOf(controller);
		greece = consoleOf(moderator);
		await control.read();
		await greece.read();
	});

	it('[P1] shows a moderator only what reaches the own country, and its teams only', async () => {
		const answer = await boardOf(moderator);
		expect(answer.teams).toEqual([athens.id, piraeus.id]);
		expect(answer.injects.map((inject) => inject.title).sort()).toEqual(['To Greece', 'To all', 'Too late']);
		expect(JSON.stringify(answer)).not.toMatch(/Italian secret|IT Rome/);
		expect(JSON.stringify(answer)).not.toContain(rome.id);
		const mine = Object.fromEntries(answer.injects.map((inject) => [inject.reference, inject.mine]));
		expect(mine).toEqual({ 'CM-1': false, 'CM-10': false, 'CM-11': true });
	});

	it('carries no text of an inject: only what the board shows', async () => {
		expect(JSON.stringify(await boardOf(controller))).not.toContain('Secret text');
	});

	it('is queued before, delivered after, and follows each step of each team', async () => {
		expect(control.state(greek, athens)).toBe('queued');
		expect(control.state(greek, rome)).toBeNull();
		await exercise.must(controller, 'inject.release', { inject: greek.id });
		const changed = await control.read();
		expect(changed).toMatchObject({ whole: false, allInjects: false });
		expect(changed.injects.map((inject) => inject.id)).toEqual([greek.id]);
		expect(control.state(greek, athens)).toBe('delivered');
		expect(control.state(greek, piraeus)).toBe('delivered');

		const { rows } = await server.services.database.pool.query<{ id: string }>(
			'select id from delivery where inject_id = $1 and team_id = $2',
			[greek.id, athens.id]
		);
		const delivery = rows[0]!.id as never;
		await exercise.must(greekPlayer, 'delivery.see', { deliveries: [delivery] });
		const step = await control.read();
		expect(step.injects).toEqual([]);
		expect(step.deliveries).toHaveLength(1);
		expect(step.deliveries[0]!.cells).toHaveLength(4);
		expect(control.state(greek, athens)).toBe('seen');
		await exercise.must(greekPlayer, 'delivery.acknowledge', { delivery });
		await control.read();
		expect(control.state(greek, athens)).toBe('acknowledged');
		await exercise.must(greekPlayer, 'delivery.respond', { delivery, text: 'We isolated the network.' });
		await control.read();
		expect(control.state(greek, athens)).toBe('responded');
		expect(control.state(greek, piraeus)).toBe('delivered');
	});

	it('comes to the same by changes as when read whole', async () => {
		await control.read();
		const whole = foldBoard(null, await boardOf(controller));
		expect(control.board.order.map((row) => [row.inject, row.cells])).toEqual(
			whole.order.map((row) => [row.inject, row.cells])
		);
	});

	it('answers with nothing when nothing changed', async () => {
		const { sequence } = await control.read();
		expect(await control.read()).toMatchObject({ sequence, whole: false, injects: [], deliveries: [] });
	});

	it('[P1] takes an inject off a moderator’s board that went to other teams than planned', async () => {
		await greece.read();
		expect(greece.state(everyone, athens)).toBe('queued');
		await exercise.must(controller, 'inject.release', { inject: everyone.id, to: toTeams(rome) });
		const changed = await greece.read();
		expect(changed.allInjects).toBe(true);
		expect(JSON.stringify(changed)).not.toContain(everyone.id);
		expect(greece.state(everyone, athens)).toBeUndefined();
		await control.read();
		expect(control.state(everyone, rome)).toBe('delivered');
		expect(control.state(everyone, athens)).toBeNull();
		expect(control.board.rows.get(everyone.id)!.recipients).toBe(1);
	});

	it('begins anew when a team comes, and for a cursor that is not ours', async () => {
		const before = control.board.teamsKey;
		const sofia = await exercise.team('BG Sofia', 'BG');
		const answer = await control.read();
		expect(answer).toMatchObject({ whole: true, allInjects: true });
		expect(answer.teamsKey).not.toBe(before);
		expect(control.board.teams).toContain(sofia.id);
		expect(control.state(greek, athens)).toBe('responded');
		expect((await boardOf(controller, { sequence: 999_999, teamsKey: answer.teamsKey })).whole).toBe(true);
		expect((await boardOf(controller, { sequence: 1, teamsKey: 'another' })).whole).toBe(true);
	});

	describe('its details', () => {
		const detail = async (person: Person, inject: { id: InjectId }) => {
			const { exercise: found, actor } = await open(person);
			return server.services.views.injects.injectDetail(server.services.database, found, actor, inject.id);
		};
		const cell = async (person: Person, inject: { id: InjectId }, team: TeamId) => {
			const { exercise: found, actor } = await open(person);
			return server.services.views.injects.cellDetail(
				server.services.database,
				found,
				actor,
				inject.id,
				team
			);
		};

		it('show a moderator injects and answers of the own country only', async () => {
			expect(await detail(moderator, greek)).toMatchObject({
				state: 'released',
				trigger: 'hand',
				version: 1,
				approvedBy: 'Director',
				teams: [athens.id, piraeus.id],
				mine: true
			});
			expect(await refusal(detail(moderator, italian))).toEqual(notFound);
			expect(await refusal(detail(moderator, everyone))).toEqual(notFound);
			expect(await refusal(cell(moderator, everyone, rome.id))).toEqual(notFound);
			expect(await detail(controller, everyone)).toMatchObject({ teams: [rome.id] });
		});

		it('tell what a team did, when, and what it answered', async () => {
			const { steps, releasedWall } = await cell(moderator, greek, athens.id);
			expect(releasedWall).toBeLessThanOrEqual(steps[0]!.wallAt);
			expect(steps.map((step) => step.kind)).toEqual(['seen', 'acknowledged', 'responded']);
			expect(steps[2]).toMatchObject({ by: 'Greek player', text: 'We isolated the network.' });
			expect(steps.every((step) => step.wallAt > 0 && step.exerciseAt !== null)).toBe(true);
			expect((await cell(controller, greek, piraeus.id)).steps).toEqual([]);
		});

		it('do not cross exercises', async () => {
			const other = await TestExercise.create(server);
			const { exercise: found, actor } = await server.services.exercises.open(other.id, other.director);
			const { views, database } = server.services;
			expect(await refusal(views.injects.injectDetail(database, found, actor, greek.id))).toEqual(notFound);
			expect(await refusal(views.injects.cellDetail(database, found, actor, greek.id, athens.id))).toEqual(
				notFound
			);
		});
	});
});

describe('questions', () => {
	it('are open with their age until somebody answers, each moderator’s own country only', async () => {
		const { views, database } = server.services;
		const read = async (person: Person) => {
			const { exercise: found, actor } = await open(person);
			return views.questions.questions(database, found, actor);
		};
		await exercise.must(greekPlayer, 'question.ask', { team: athens.id, text: 'Is signalling affected?' });
		await exercise.must(italianPlayer, 'question.ask', { team: rome.id, text: 'Italian question' });
		expect((await read(controller)).open.map((one) => one.text)).toEqual([
			'Is signalling affected?',
			'Italian question'
		]);
		const own = await read(moderator);
		expect(JSON.stringify(own)).not.toContain('Italian');
		const [asked] = own.open;
		expect(asked).toMatchObject({
			team: { id: athens.id, name: 'GR Athens' },
			askedBy: 'Greek player',
			answer: null
		});
		expect(Math.abs(asked!.askedWall - Date.now())).toBeLessThan(20_000);
		await exercise.must(moderator, 'question.answer', { question: asked!.id, answer: 'No.' });
		const after = await read(moderator);
		expect(after.open).toEqual([]);
		expect(after.answered[0]).toMatchObject({ answer: { text: 'No.', by: 'Moderator' } });
	});
});

describe('what is due', () => {
	it('is counted for a jump of the clock', async () => {
		const { views, database } = server.services;
		const { exercise: found, actor } = await open(controller);
		const at = found.startsAt + 3_600_000;
		await exercise.approved({ reference: 'CM-20', title: 'Later', to: toAll, schedule: { mode: 'at', at } });
		expect(await views.control.dueTimes(database, found, actor)).toContain(at);
	});
});
