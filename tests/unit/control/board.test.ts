import { describe, expect, it } from 'vitest';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { BoardAnswer, BoardDeliveries, BoardInject } from '#server/views/board.ts';
import {
	cellState,
	foldBoard,
	overdueTeams,
	type Board
} from '../../../src/routes/exercises/[exercise]/control/board.ts';
import { dueLists } from '../../../src/routes/exercises/[exercise]/control/due.ts';
import {
	noFilter,
	shownRows,
	type BoardFilter
} from '../../../src/routes/exercises/[exercise]/control/filter.ts';

const teams = ['team-a', 'team-b', 'team-c'] as TeamId[];

function inject(id: string, values: Partial<BoardInject> = {}): BoardInject {
	return {
		id: id as InjectId,
		reference: id.toUpperCase(),
		title: `Title of ${id}`,
		storyline: '',
		tlp: 'amber',
		channel: 'workspace',
		state: 'ready',
		schedule: 'at',
		dueAt: 1000,
		releasedAt: null,
		reason: null,
		to: 'all',
		mine: true,
		...values
	};
}

function answer(values: Partial<BoardAnswer>): BoardAnswer {
	return {
		sequence: 1,
		teamsKey: 'key',
		whole: false,
		allInjects: false,
		injects: [],
		deliveries: [],
		...values
	};
}

const whole = (...injects: BoardInject[]) =>
	foldBoard(null, answer({ whole: true, allInjects: true, teams, injects }));

const released = (id: string, cells: BoardDeliveries['cells'], due: Partial<BoardDeliveries> = {}) => ({
	inject: id as InjectId,
	releasedAt: 1000,
	acknowledgeBy: null,
	respondBy: null,
	cells,
	...due
});

const row = (board: Board, id: string) => board.rows.get(id as InjectId)!;

describe('folding the board', () => {
	it('shows what is planned as queued, for the planned teams only', () => {
		const board = whole(inject('one', { to: [0, 2] }), inject('two'));
		expect([0, 1, 2].map((team) => cellState(row(board, 'one'), team, 0))).toEqual([
			'queued',
			null,
			'queued'
		]);
		expect(row(board, 'one').recipients).toBe(2);
		expect(row(board, 'two').recipients).toBe(3);
	});

	it('takes a release over, and then each step of each team', () => {
		let board = whole(inject('one'));
		board = foldBoard(
			board,
			answer({
				sequence: 2,
				injects: [inject('one', { state: 'released', releasedAt: 1000, to: undefined })],
				deliveries: [released('one', [0, null, null, null, 1, null, null, null])]
			})
		);
		expect([0, 1, 2].map((team) => cellState(row(board, 'one'), team, 1000))).toEqual([
			'delivered',
			'delivered',
			null
		]);
		board = foldBoard(board, answer({ sequence: 3, deliveries: [released('one', [0, 5, 7, null])] }));
		board = foldBoard(board, answer({ sequence: 4, deliveries: [released('one', [1, 9, null, null])] }));
		expect(row(board, 'one').cells[0]).toMatchObject({
			seenAt: 1005,
			acknowledgedAt: 1007,
			respondedAt: null
		});
		expect([0, 1].map((team) => cellState(row(board, 'one'), team, 1000))).toEqual(['acknowledged', 'seen']);
		board = foldBoard(board, answer({ sequence: 5, deliveries: [released('one', [0, 5, 7, 20])] }));
		expect(cellState(row(board, 'one'), 0, 1000)).toBe('responded');
		expect(row(board, 'one').recipients).toBe(2);
	});

	it('of one that goes team by team, each cell has its own deadline', () => {
		const own = inject('one', { schedule: 'condition', releasedAt: 1000 });
		const board = foldBoard(
			whole(own),
			answer({
				sequence: 2,
				injects: [own],
				deliveries: [
					{ ...released('one', [0, null, null, null]), acknowledgeBy: 1500 },
					{ ...released('one', [1, null, null, null]), releasedAt: 4000, acknowledgeBy: 4500 }
				]
			})
		);
		expect([0, 1, 2].map((team) => cellState(row(board, 'one'), team, 2000))).toEqual([
			'overdue',
			'delivered',
			'queued'
		]);
		expect(row(board, 'one').cells[1]).toMatchObject({ releasedAt: 4000, acknowledgeBy: 4500 });
		expect(overdueTeams(row(board, 'one'), 2000)).toBe(1);
		expect(overdueTeams(row(board, 'one'), 5000)).toBe(2);
	});

	it('gives the same result when an answer comes twice', () => {
		const first = answer({
			sequence: 2,
			injects: [inject('one', { state: 'released', releasedAt: 1000, to: undefined })],
			deliveries: [released('one', [0, 5, null, null])]
		});
		const once = foldBoard(whole(inject('one')), first);
		const twice = foldBoard(once, { ...first, sequence: 3 });
		expect(row(twice, 'one').cells).toEqual(row(once, 'one').cells);
	});

	it('leaves rows alone that an answer does not touch, so that they are not drawn again', () => {
		const before = whole(inject('one'), inject('two'));
		const after = foldBoard(before, answer({ sequence: 2, injects: [inject('two', { state: 'held' })] }));
		expect(row(after, 'one')).toBe(row(before, 'one'));
		expect(row(after, 'two')).not.toBe(row(before, 'two'));
		const same = foldBoard(after, answer({ sequence: 3, injects: [inject('one')] }));
		expect(row(same, 'one')).toBe(row(before, 'one'));
	});

	it('lets go of what is not for the reader any more, and does not take its deliveries', () => {
		const before = whole(inject('one'), inject('two'));
		const after = foldBoard(
			before,
			answer({
				sequence: 2,
				allInjects: true,
				injects: [inject('two')],
				deliveries: [released('one', [0, null, null, null])]
			})
		);
		expect([...after.rows.keys()]).toEqual(['two']);
	});

	it('begins anew with a whole answer', () => {
		const before = foldBoard(
			whole(inject('one', { state: 'released', releasedAt: 1000, to: undefined })),
			answer({ sequence: 2, deliveries: [released('one', [0, null, null, null])] })
		);
		const after = foldBoard(
			before,
			answer({
				sequence: 1,
				whole: true,
				allInjects: true,
				teams: teams.slice(1),
				injects: [inject('one', { state: 'released', releasedAt: 1000, to: undefined })]
			})
		);
		expect(after.teams).toEqual(['team-b', 'team-c']);
		expect(row(after, 'one').cells).toEqual([undefined, undefined]);
	});

	it('sorts by time, what waits for a person last, by its reference as people count', () => {
		const board = whole(
			inject('cm-10', { dueAt: null, schedule: 'manual' }),
			inject('cm-9', { dueAt: null, schedule: 'manual' }),
			inject('later', { dueAt: 9000 }),
			inject('gone', { state: 'released', dueAt: 9999, releasedAt: 500, to: undefined })
		);
		expect(board.order.map((one) => one.inject.id)).toEqual(['gone', 'later', 'cm-9', 'cm-10']);
	});
});

describe('a recalled inject', () => {
	const deliveries = [
		released('one', [0, 1, null, null, 1, 1, 2, 3], { acknowledgeBy: 2000, respondBy: 5000 })
	];
	const out = inject('one', { state: 'released', releasedAt: 1000, to: undefined });
	const before = foldBoard(whole(out), answer({ sequence: 2, deliveries }));
	const after = foldBoard(
		before,
		answer({ sequence: 3, injects: [{ ...out, state: 'recalled', reason: 'Wrong teams' }] })
	);
	const states = (board: Board) => [0, 1, 2].map((team) => cellState(row(board, 'one'), team, 9000));

	it('shows so at every team that has it, keeps what they did, and is nowhere overdue', () => {
		expect(states(before)).toEqual(['overdue', 'responded', null]);
		expect(states(after)).toEqual(['recalled', 'recalled', null]);
		expect([overdueTeams(row(before, 'one'), 9000), overdueTeams(row(after, 'one'), 9000)]).toEqual([1, 0]);
		expect(row(after, 'one').cells[1]).toMatchObject({ respondedAt: 1003 });
	});

	it('is due nowhere, and found by its state', () => {
		const lists = dueLists(after.order, 0);
		expect([lists.waiting, lists.due, lists.reserve, lists.later]).toEqual([[], [], [], 0]);
		const by = (state: BoardFilter['state']) =>
			shownRows(after, { ...noFilter(), state }, [0, 1, 2], 9000).length;
		expect([by('recalled'), by('released'), by('overdue'), by('unacknowledged')]).toEqual([1, 0, 0, 0]);
	});
});

describe('what is overdue', () => {
	const board = foldBoard(
		whole(inject('one', { state: 'released', releasedAt: 1000, to: undefined })),
		answer({
			sequence: 2,
			deliveries: [
				released('one', [0, 1, null, null, 1, 1, 2, null, 2, 1, 2, 3], {
					acknowledgeBy: 2000,
					respondBy: 5000
				})
			]
		})
	);
	const states = (now: number) => [0, 1, 2].map((team) => cellState(row(board, 'one'), team, now));

	it('counts in exercise time, first what is to be acknowledged, then the response', () => {
		expect(states(2000)).toEqual(['seen', 'acknowledged', 'responded']);
		expect(states(2001)).toEqual(['overdue', 'acknowledged', 'responded']);
		expect(states(5001)).toEqual(['overdue', 'overdue', 'responded']);
	});

	it('agrees with the number that is shown beside the row', () => {
		for (const now of [0, 2000, 2001, 5000, 5001])
			expect(overdueTeams(row(board, 'one'), now)).toBe(
				states(now).filter((state) => state === 'overdue').length
			);
		expect(overdueTeams(row(board, 'one'), null)).toBe(0);
	});

	it('is nothing before STARTEX, and a skipped inject is not queued', () => {
		expect(cellState(row(board, 'one'), 0, null)).toBe('seen');
		expect(cellState(row(whole(inject('one', { state: 'skipped' })), 'one'), 0, 0)).toBeNull();
	});
});
