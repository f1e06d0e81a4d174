import { describe, expect, it } from 'vitest';
import type { AccountId, TeamId } from '#lib/exercise/ids.ts';
import {
	defaultSettings,
	type Actor,
	type CellId,
	type ExerciseState,
	type Membership,
	type Team
} from '#lib/exercise/exercise/schema.ts';
import { knownTeams } from '#server/views/shell.ts';
import { parseJump } from '../../../src/routes/exercises/[exercise]/shell/jump.ts';
import { fitting, homeOf, navigation } from '../../../src/routes/exercises/[exercise]/shell/navigation.ts';

const team = (id: string, country: Team['country']): Team => ({
	id: id as TeamId,
	name: id,
	country,
	level: 'technical'
});
const all = [team('gr-one', 'GR'), team('gr-two', 'GR'), team('it-one', 'IT')];
const person = (...memberships: Membership[]): Actor => ({
	accountId: 'someone' as AccountId,
	name: 'Someone',
	memberships
});
const of = (id: string) => id as TeamId;

describe('the teams that a person may know', () => {
	const known = (...memberships: Membership[]) =>
		knownTeams(person(...memberships), all).map((one) => one.id);

	it('are all for exercise control and planners, who choose recipients', () => {
		expect(known({ role: 'controller' })).toHaveLength(3);
		expect(known({ role: 'planner', cell: 'IT' })).toHaveLength(3);
	});

	it('are the own ones for everybody else', () => {
		expect(known({ role: 'moderator', country: 'GR' })).toEqual(['gr-one', 'gr-two']);
		expect(known({ role: 'player', teamId: of('it-one') })).toEqual(['it-one']);
		expect(known({ role: 'evaluator', teamId: of('gr-two') })).toEqual(['gr-two']);
		expect(known({ role: 'observer' })).toEqual([]);
		expect(known()).toEqual([]);
	});
});

describe('where a person begins', () => {
	const home = (state: ExerciseState, ...memberships: Membership[]) =>
		homeOf({
			exercise: { id: 'ex', kind: 'exercise', state },
			me: person(...memberships),
			cells: [] as CellId[]
		}).replace('/exercises/ex/', '');

	it('follows the role', () => {
		expect(home('running', { role: 'director' })).toBe('control');
		expect(home('running', { role: 'moderator', country: 'GR' })).toBe('control');
		expect(home('running', { role: 'player', teamId: of('gr-one') })).toBe('teams/gr-one');
		expect(home('running', { role: 'planner', cell: 'IT' })).toBe('script/IT');
		expect(home('running', { role: 'evaluator', teamId: of('gr-one') })).toBe('teams');
		expect(home('running', { role: 'observer' })).toBe('announcements');
	});

	it('is planning until STARTEX for who plans and moderates', () => {
		const both: Membership[] = [
			{ role: 'planner', cell: 'GR' },
			{ role: 'moderator', country: 'GR' }
		];
		expect(home('planned', ...both)).toBe('script/GR');
		expect(home('running', ...both)).toBe('control');
	});
});

describe('navigation', () => {
	const doors = (teams: Team[], ...memberships: Membership[]) => doorsIn('running', teams, ...memberships);
	const doorsIn = (state: ExerciseState, teams: Team[], ...memberships: Membership[]) => {
		const { plan, main, after } = navigation({
			exercise: { id: 'ex', kind: 'exercise', settings: defaultSettings, state },
			me: person(...memberships),
			teams,
			seesSituation: false,
			seesReport: state === 'reported',
			cells: memberships.some((one) => one.role === 'director') ? ['central', 'GR'] : []
		});
		expect(main.length).toBeLessThanOrEqual(9);
		return [...plan, ...main, ...after].map((entry) => entry.href.replace('/exercises/ex/', ''));
	};

	it('shows players their room and nothing of planning or control', () => {
		expect(doors([all[0]!], { role: 'player', teamId: of('gr-one') })).toEqual([
			'teams/gr-one',
			'channels',
			'announcements',
			'media',
			'hot-wash/gr-one',
			'replay',
			'record'
		]);
	});

	it('shows a planner of a cell no team rooms, although the names are known', () => {
		expect(doors(all, { role: 'planner', cell: 'GR' })).not.toContain('teams');
	});

	it('shows an observer what is said to everybody, the channels that an observer is in, and how they stood', () => {
		expect(doors([], { role: 'observer' })).toEqual(['channels', 'announcements', 'media', 'replay']);
		// before STARTEX there is nothing to look back at
		expect(doorsIn('ready', [], { role: 'observer' })).toEqual(['channels', 'announcements', 'media']);
	});

	it('shows statistics to who runs or watches the exercise, and to players after ENDEX', () => {
		for (const state of ['running', 'ended'] as const) {
			expect(doorsIn(state, [all[0]!], { role: 'evaluator', teamId: of('gr-one') })).toContain('statistics');
			expect(doorsIn(state, [all[0]!], { role: 'player', teamId: of('gr-one') }).includes('statistics')).toBe(
				state === 'ended'
			);
			expect(doorsIn(state, all, { role: 'planner', cell: 'GR' })).not.toContain('statistics');
		}
	});

	it('shows the after-action report to whoever has something of it', () => {
		const lead = { role: 'player' as const, teamId: of('gr-one') };
		expect(doorsIn('ended', [all[0]!], lead)).not.toContain('report');
		expect(doorsIn('reported', [all[0]!], lead)).toContain('report');
	});

	it('shows everybody the feedback survey after ENDEX, and those who make it before', () => {
		const player: Membership = { role: 'player', teamId: of('gr-one') };
		for (const membership of [player, { role: 'observer' } as const]) {
			expect(doorsIn('running', [all[0]!], membership)).not.toContain('survey');
			expect(doorsIn('ended', [all[0]!], membership)).toContain('survey');
		}
		expect(doorsIn('running', all, { role: 'facilitator' })).toContain('survey');
	});

	it('shows facilitators their tables, and nobody else', () => {
		const facilitator: Membership = { role: 'facilitator', teamId: of('gr-one') };
		expect(doors([all[0]!], facilitator)).toContain('table/gr-one');
		expect(doors(all, { role: 'facilitator' }).some((door) => door.startsWith('table'))).toBe(false);
		expect(doors([all[0]!], { role: 'player', teamId: of('gr-one') })).not.toContain('table/gr-one');
	});

	it('shows the director everything', () => {
		const shown = doors(all, { role: 'director' });
		for (const door of ['script', 'people', 'control', 'teams', 'hot-wash', 'review', 'record'])
			expect(shown).toContain(door);
	});
});

describe('where the clock jumps to', () => {
	const startsAt = Date.UTC(2026, 5, 10, 7);
	const context = { now: startsAt + 30 * 60_000, startsAt, timeZone: 'Europe/Brussels', today: 'D2' };

	it('reads a day and time, a time of the day that it is, or a distance from now', () => {
		expect(parseJump('D1 12:00', context)).toBe(Date.UTC(2026, 5, 10, 10));
		expect(parseJump('09:00', context)).toBe(Date.UTC(2026, 5, 11, 7));
		expect(parseJump('+06:00', context)).toBe(context.now + 6 * 3_600_000);
		expect(parseJump('-00:10', context)).toBe(context.now - 600_000);
	});

	it('refuses everything else', () => {
		for (const text of ['', 'tomorrow', '25:00', 'manual', 'after CM-1 +00:10', '+'])
			expect(parseJump(text, context)).toBeNull();
	});
});

describe('one row of ways', () => {
	const ways = [100, 80, 60];

	it('has all of them where there is room, with the doors before and after, and their gaps', () => {
		expect(fitting(ways, 244, [], 0, 50)).toBe(3);
		expect(fitting(ways, 243, [], 0, 50)).toBe(2);
		expect(fitting(ways, 364, [40], 76, 50)).toBe(3);
		expect(fitting(ways, 363, [40], 76, 50)).toBe(2);
		expect(fitting([], 0, [], 0, 50)).toBe(0);
	});

	it('leaves the last ones to one door, which needs room itself', () => {
		// 40 + 100 + 80 + 50 and three gaps
		expect(fitting(ways, 276, [40], 76, 50)).toBe(2);
		expect(fitting(ways, 275, [40], 76, 50)).toBe(1);
		expect(fitting(ways, 10, [40], 76, 50)).toBe(0);
	});
});
