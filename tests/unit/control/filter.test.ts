import { describe, expect, it } from 'vitest';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { BoardInject } from '#server/views/board.ts';
import { foldBoard } from '../../../src/routes/exercises/[exercise]/control/board.ts';
import {
	noFilter,
	shownRows,
	shownTeams,
	storylines,
	type BoardFilter
} from '../../../src/routes/exercises/[exercise]/control/filter.ts';

const teams: Record<string, Pick<Team, 'name' | 'country'>> = {
	a: { name: 'IT Team 10', country: 'IT' },
	b: { name: 'IT Team 9', country: 'IT' },
	c: { name: 'GR CSIRT', country: 'GR' }
};
const inject = (id: string, values: Partial<BoardInject> = {}): BoardInject => ({
	id: id as InjectId,
	reference: id.toUpperCase(),
	title: `Gate system ${id}`,
	storyline: 'port',
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
});
const board = foldBoard(null, {
	sequence: 1,
	teamsKey: '',
	whole: true,
	allInjects: true,
	teams: Object.keys(teams) as TeamId[],
	injects: [
		inject('one'),
		inject('two', { storyline: 'rail', state: 'held', to: [2] }),
		inject('three', { state: 'released', releasedAt: 100, to: undefined })
	],
	deliveries: [
		{
			inject: 'three' as InjectId,
			releasedAt: 100,
			acknowledgeBy: 500,
			respondBy: null,
			cells: [0, 1, 2, null, 1, null, null, null]
		}
	]
});
const find = (id: string) => teams[id];
const shown = (values: Partial<BoardFilter>, now = 0) => {
	const filter = { ...noFilter(), ...values };
	const columns = shownTeams(board, find, filter.country);
	return shownRows(board, filter, columns, now).map((row) => row.inject.id);
};

describe('the filter of the board', () => {
	it('puts teams in the order in which people count', () => {
		expect(shownTeams(board, find, '')).toEqual([2, 1, 0]);
		expect(shownTeams(board, find, 'IT')).toEqual([1, 0]);
	});

	it('shows everything at first', () => {
		expect(shown({})).toEqual(['three', 'one', 'two']);
	});

	it('finds by words of reference, title and storyline', () => {
		expect(shown({ search: 'gate TWO' })).toEqual(['two']);
		expect(shown({ search: 'nothing' })).toEqual([]);
		expect(shown({ storyline: 'port' })).toEqual(['three', 'one']);
		expect(storylines(board)).toEqual(['port', 'rail']);
	});

	it('shows for a country what reaches one of its teams', () => {
		expect(shown({ country: 'GR' })).toEqual(['one', 'two']);
		expect(shown({ country: 'IT' })).toEqual(['three', 'one']);
	});

	it('shows a state, what is not acknowledged by all, and what is overdue by now', () => {
		expect(shown({ state: 'held' })).toEqual(['two']);
		expect(shown({ state: 'unacknowledged' })).toEqual(['three']);
		expect(shown({ state: 'overdue' }, 500)).toEqual([]);
		expect(shown({ state: 'overdue' }, 501)).toEqual(['three']);
	});
});
