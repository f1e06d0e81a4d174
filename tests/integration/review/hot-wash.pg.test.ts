import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as hotWash from '#server/views/hot-wash.ts';
import * as review from '#server/views/review.ts';
import type { Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { PlayedExercise } from './played.ts';

let server: TestServer;
let played: PlayedExercise;

beforeAll(async () => {
	server = await startTestServer();
	played = await PlayedExercise.create(server);
});
afterAll(() => server.close());

const board = async (person: Person, team: string) => {
	const { exercise, actor } = await played.open(person);
	return hotWash.board(server.services.database, exercise, actor, team);
};
const boards = async (person: Person) => {
	const { exercise, actor } = await played.open(person);
	return (await hotWash.boards(server.services.database, exercise, actor)).teams.map((team) => team.name);
};
const page = async (person: Person) => {
	const { exercise, actor } = await played.open(person);
	return review.review(server.services.database, exercise, actor);
};
const missing = { code: 'not-found' };

describe('a team’s board', () => {
	test('three columns, the most voted first, withdrawn cards gone, votes left', async () => {
		const view = await board(played.people.greek, played.teams.gr.id);
		expect(view).toMatchObject({ phase: 'open', joins: true, anonymousAllowed: true });
		expect(view.columns.map(({ column, cards }) => [column, cards.length])).toEqual([
			['went-well', 0],
			['did-not', 2],
			['change', 0]
		]);
		const [, didNot] = view.columns;
		expect(didNot!.cards.map(({ text, votes, myVote }) => [text, votes, myVote])).toEqual([
			['Nobody knew the duty number', 2, true],
			['The form was too long', 0, false]
		]);
		expect(didNot!.votesLeft).toBe(2);
	});

	test('an anonymous card tells nothing of its author, to nobody: not even that it is one’s own', async () => {
		for (const person of [
			played.people.greek,
			played.people.lead,
			played.people.facilitator,
			played.play.director
		]) {
			const view = await board(person, played.teams.gr.id);
			const card = view.columns[1]!.cards[0]!;
			expect(card.by).toBeNull();
			expect(Object.keys(card).sort()).toEqual(['by', 'id', 'mayWithdraw', 'myVote', 'text', 'votes']);
			expect(JSON.stringify(card)).not.toMatch(/Gina/);
		}
		const own = (await board(played.people.greek, played.teams.gr.id)).columns[1]!.cards[0]!;
		expect(own.mayWithdraw).toBe(false);
	});

	test('who may take a card off: its author, and who facilitates', async () => {
		const may = async (person: Person) =>
			(await board(person, played.teams.gr.id)).columns[1]!.cards.map((card) => card.mayWithdraw);
		expect(await may(played.people.lead)).toEqual([false, true]);
		expect(await may(played.people.facilitator)).toEqual([true, true]);
		expect(await may(played.people.moderator)).toEqual([false, false]);
	});

	test('[P2] other teams and observers find nothing there; it looks like a team that does not exist', async () => {
		await expect(board(played.people.italian, played.teams.gr.id)).rejects.toMatchObject(missing);
		await expect(board(played.people.observer, played.teams.gr.id)).rejects.toMatchObject(missing);
		await expect(board(played.people.evaluator, played.teams.it.id)).rejects.toMatchObject(missing);
		await expect(board(played.people.italian, 'team-that-is-none')).rejects.toMatchObject(missing);
	});

	test('the list has the boards that its reader may open', async () => {
		expect(await boards(played.people.facilitator)).toEqual(['GR CSIRT', 'GR Port', 'IT CSIRT']);
		expect(await boards(played.people.controller)).toHaveLength(3);
		expect(await boards(played.people.moderator)).toEqual(['GR CSIRT', 'GR Port']);
		expect(await boards(played.people.greek)).toEqual(['GR CSIRT']);
		await expect(boards(played.people.observer)).rejects.toMatchObject(missing);
	});
});

describe('the review page', () => {
	test('facilitators and the director write it, exercise control and evaluators read it, others have none', async () => {
		expect((await page(played.people.facilitator)).right).toBe('write');
		expect((await page(played.play.director)).right).toBe('write');
		expect((await page(played.people.controller)).right).toBe('read');
		expect((await page(played.people.evaluator)).right).toBe('read');
		for (const person of [
			played.people.greek,
			played.people.moderator,
			played.people.planner,
			played.people.observer
		])
			await expect(page(person)).rejects.toMatchObject(missing);
	});

	test('[P2] opened to all: each reads the own teams’ cards, the writers all', async () => {
		const open = (reviewOpen: boolean) =>
			server.services.exercises.updateSettings(
				played.play.id,
				{ settings: { reviewOpen } },
				played.play.director.id
			);
		await open(true);
		try {
			const teams = async (person: Person) => [
				...new Set((await page(person)).cards.map((card) => card.team.name))
			];
			expect(await teams(played.people.facilitator)).toEqual(['GR CSIRT', 'IT CSIRT']);
			expect(await teams(played.people.greek)).toEqual(['GR CSIRT']);
			expect(await teams(played.people.italian)).toEqual(['IT CSIRT']);
			expect(await teams(played.people.moderator)).toEqual(['GR CSIRT']);
			expect(await teams(played.people.observer)).toEqual([]);
			expect((await page(played.people.italian)).teams.map(({ name }) => name)).toEqual(['IT CSIRT']);
		} finally {
			await open(false);
		}
	});
});

test('the board opens at ENDEX and closes when the report is made', () => {
	expect(hotWash.hotWashPhase('running')).toBe('before');
	expect(hotWash.hotWashPhase('ended')).toBe('open');
	expect(hotWash.hotWashPhase('evaluating')).toBe('open');
	expect(hotWash.hotWashPhase('reported')).toBe('closed');
});
