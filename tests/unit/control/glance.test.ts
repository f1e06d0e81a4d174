import { describe, expect, it } from 'vitest';
import { hottest } from '#lib/exercise/conduct/heat.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { InjectId, QuestionId, TeamId } from '#lib/exercise/ids.ts';
import type { BoardDeliveries, BoardInject } from '#server/views/board.ts';
import type { AskedQuestion } from '#server/views/questions.ts';
import { foldBoard } from '../../../src/routes/exercises/[exercise]/control/board.ts';
import {
	added,
	heatByStoryline,
	isQuiet,
	overdueOf,
	waitingByCountry,
	waitingByTeam
} from '../../../src/routes/exercises/[exercise]/control/work/glance.ts';

const teams = ['team-gr', 'team-gr-2', 'team-it'] as TeamId[];
const minute = 60_000;
const hour = 60 * minute;
const start = 10 * hour;

const inject = (id: string, values: Partial<BoardInject> = {}): BoardInject => ({
	id: id as InjectId,
	reference: id,
	title: id,
	storyline: 'Port',
	tlp: 'amber',
	channel: 'workspace',
	state: 'released',
	schedule: 'at',
	dueAt: start,
	releasedAt: start,
	reason: null,
	mine: true,
	...values
});
/** Seen, acknowledged and responded as ms after the release, by team number. */
const released = (
	id: string,
	cells: BoardDeliveries['cells'],
	values: Partial<BoardDeliveries> = {}
): BoardDeliveries => ({
	inject: id as InjectId,
	releasedAt: start,
	acknowledgeBy: null,
	respondBy: null,
	cells,
	...values
});
const boardOf = (injects: BoardInject[], deliveries: BoardDeliveries[]) =>
	foldBoard(null, {
		sequence: 1,
		teamsKey: 'k',
		whole: true,
		allInjects: true,
		teams,
		injects,
		deliveries
	});
const asked = (team: TeamId, at: number, wall = at): AskedQuestion => ({
	of: 'question',
	id: `q-${team}-${at}` as QuestionId,
	team: { id: team, name: team },
	text: 'Who?',
	askedBy: 'Somebody',
	askedAt: at,
	askedWall: wall,
	to: null,
	answer: null
});

describe('what waits at a team', () => {
	const board = boardOf(
		[inject('a'), inject('b', { noAcknowledgement: true })],
		[
			released('a', [0, null, null, null, 1, minute, null, null, 2, minute, 2 * minute, null], {
				acknowledgeBy: start + 10 * minute,
				respondBy: start + 20 * minute
			}),
			released('b', [0, null, null, null])
		]
	);

	it('counts unseen and unacknowledged, and asks no acknowledgement where none is wanted', () => {
		const [gr, second, it] = [...waitingByTeam(board, [], start + minute).values()];
		expect(gr).toMatchObject({ unseen: 2, unacknowledged: 1 });
		expect(second).toMatchObject({ unseen: 0, unacknowledged: 1 });
		expect(it).toMatchObject({ unseen: 0, unacknowledged: 0 });
	});

	it('of what was taken back nothing waits, nothing is late, and it makes its storyline no hotter than it came', () => {
		const back = boardOf(
			[inject('a', { state: 'recalled' })],
			[released('a', [0, null, null, null], { acknowledgeBy: start + minute, respondBy: start + minute })]
		);
		const [gr] = [...waitingByTeam(back, [], start + hour).values()];
		expect(isQuiet(gr!)).toBe(true);
		expect(heatByStoryline(back, [], start + 2 * minute)).toEqual([
			{ storyline: 'Port', deliveries: 1, overdue: 0, questions: 0 }
		]);
	});

	it('is late right after the time and not at it, and not at all before STARTEX', () => {
		const late = (now: number | null) =>
			[...waitingByTeam(board, [], now).values()].map((one) => [
				one.overdueAcknowledgements,
				one.overdueResponses
			]);
		expect(late(start + 10 * minute)).toEqual([
			[0, 0],
			[0, 0],
			[0, 0]
		]);
		expect(late(start + 10 * minute + 1)).toEqual([
			[1, 0],
			[1, 0],
			[0, 0]
		]);
		expect(late(start + 20 * minute + 1)).toEqual([
			[1, 1],
			[1, 1],
			[0, 1]
		]);
		expect(late(null).flat()).toEqual([0, 0, 0, 0, 0, 0]);
	});

	it('counts open questions and says since when the oldest waits', () => {
		const waiting = waitingByTeam(
			board,
			[asked(teams[0]!, start + 5, 500), asked(teams[0]!, start, 200)],
			start
		);
		expect(waiting.get(teams[0]!)).toMatchObject({ questions: 2, askedWall: 200 });
		expect(waiting.get(teams[2]!)).toMatchObject({ questions: 0, askedWall: null });
	});

	it('adds up to the country, the most overdue first; a team that nobody knows is left out', () => {
		const country = (id: TeamId): Pick<Team, 'country'> | undefined =>
			id === teams[2]
				? { country: 'IT' }
				: id === teams[0] || id === teams[1]
					? { country: 'GR' }
					: undefined;
		const found = waitingByCountry(waitingByTeam(board, [], start + 30 * minute), country);
		expect(found.map((one) => [one.country, one.waiting.teams, overdueOf(one.waiting)])).toEqual([
			['GR', 2, 4],
			['IT', 1, 1]
		]);
		expect(isQuiet(added([]))).toBe(true);
	});
});

describe('where it is hot', () => {
	const now = start + 30 * minute;
	const board = boardOf(
		[inject('a'), inject('b', { storyline: 'Press' }), inject('old', { releasedAt: now - 2 * hour })],
		[
			released('a', [0, null, null, null, 2, null, null, null], { acknowledgeBy: start + minute }),
			released('b', [0, 1, 1, 1], { releasedAt: start + 10 * minute }),
			released('old', [1, null, null, null], { releasedAt: now - 2 * hour })
		]
	);

	it('counts what came in the last hour, what is late now, and questions for what came last', () => {
		const questions = [
			// after the press item came: about that; before: about the port
			asked(teams[0]!, start + 11 * minute),
			asked(teams[0]!, start + 5 * minute),
			// of a team that received nothing, and long ago
			asked(teams[1]!, now - 90 * minute)
		];
		const heat = new Map(heatByStoryline(board, questions, now).map((one) => [one.storyline, one]));
		expect(heat.get('Port')).toMatchObject({ deliveries: 2, overdue: 2, questions: 1 });
		expect(heat.get('Press')).toMatchObject({ deliveries: 1, overdue: 0, questions: 1 });
		expect(hottest(heat.values()).map((one) => [one.storyline, one.heat])).toEqual([
			['Port', 2 + 2 * 3 + 2],
			['Press', 1 + 2]
		]);
	});

	it('leaves out what is quiet, and what belongs to no storyline', () => {
		const counted = [
			{ storyline: '', deliveries: 9, overdue: 9, questions: 9 },
			{ storyline: 'Quiet', deliveries: 0, overdue: 0, questions: 0 },
			{ storyline: 'B', deliveries: 1, overdue: 0, questions: 0 },
			{ storyline: 'A', deliveries: 1, overdue: 0, questions: 0 }
		];
		expect(hottest(counted).map((one) => one.storyline)).toEqual(['A', 'B']);
		expect(hottest(counted, 1)).toHaveLength(1);
	});
});
