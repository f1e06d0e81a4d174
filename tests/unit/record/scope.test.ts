import { describe, expect, it } from 'vitest';
import {
	defaultSettings,
	type Actor,
	type Exercise,
	type Membership,
	type Team
} from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { recordGroups } from '#lib/exercise/record/kinds.ts';
import { extentOf, groupsIn, readsAll, recordScope, reviewScope } from '#lib/exercise/record/scope.ts';

const gr = 'team-gr-csirt' as TeamId;
const gr2 = 'team-gr-port0' as TeamId;
const it2 = 'team-it-csirt' as TeamId;
const teams: Team[] = [
	{ id: gr, name: 'GR CSIRT', country: 'GR', level: 'technical' },
	{ id: gr2, name: 'GR Port', country: 'GR', level: 'entity' },
	{ id: it2, name: 'IT CSIRT', country: 'IT', level: 'technical' }
];
const actor = (...memberships: Membership[]): Actor => ({
	accountId: 'a' as AccountId,
	name: 'A',
	memberships
});
const scope = (...memberships: Membership[]) => recordScope(actor(...memberships), teams, defaultSettings);

describe('who reads which part of the record', () => {
	it('director and controller: all of it', () => {
		for (const role of ['director', 'controller'] as const) expect(readsAll(scope({ role })!)).toBe(true);
	});

	it('nobody without a role, and no observer', () => {
		expect(scope()).toBeNull();
		expect(scope({ role: 'observer' })).toBeNull();
	});

	it('a moderator: the own country’s teams and planning', () => {
		const own = scope({ role: 'moderator', country: 'GR' })!;
		expect(own).toEqual({
			teams: new Set([gr, gr2]),
			cells: new Set(['GR']),
			staff: true,
			channels: new Map()
		});
		expect(extentOf(own, actor({ role: 'moderator', country: 'GR' }))).toBe('national');
	});

	it('an evaluator: assigned teams; planning only if evaluators read the script', () => {
		const own = scope({ role: 'evaluator', teamId: gr })!;
		expect(own).toEqual({
			teams: new Set([gr]),
			evaluations: new Set([gr]),
			cells: new Set(),
			staff: true,
			channels: new Map()
		});
		const open = { ...defaultSettings, evaluatorsReadScript: true };
		expect(recordScope(actor({ role: 'evaluator', teamId: gr }), teams, open)!.cells).toBeNull();
	});

	it('a facilitator: the own team, or without one every team; never planning', () => {
		expect(scope({ role: 'facilitator', teamId: it2 })!.teams).toEqual(new Set([it2]));
		expect(scope({ role: 'facilitator' })).toEqual({
			teams: null,
			cells: new Set(),
			staff: true,
			channels: new Map()
		});
	});

	it('a planner: the own cell’s planning and no team', () => {
		expect(scope({ role: 'planner', cell: 'central' })).toEqual({
			teams: new Set(),
			cells: new Set(['central']),
			staff: true,
			channels: new Map()
		});
	});

	it('a player: the own team, nothing of planning; an observer’s role adds nothing', () => {
		const own = { teams: new Set([gr]), cells: new Set(), staff: false, channels: new Map() };
		expect(scope({ role: 'player', teamId: gr, lead: true })).toEqual(own);
		expect(scope({ role: 'player', teamId: gr }, { role: 'observer' })).toEqual(own);
		expect(recordGroups.filter(groupsIn(scope({ role: 'player', teamId: gr })!))).not.toContain('planning');
	});
});

describe('whose cards are read on the review page', () => {
	const exercise = {
		id: 'exercise-0001' as ExerciseId,
		settings: { ...defaultSettings, reviewOpen: true }
	} as Exercise;
	const cards = (membership: Membership) => reviewScope(actor(membership), exercise, teams);
	it('everybody’s for who writes it, controls or evaluates', () => {
		for (const role of ['facilitator', 'director', 'controller', 'evaluator'] as const)
			expect(cards({ role })).toBeNull();
	});
	it('their own for players and moderators to whom it was opened; none for observers', () => {
		expect(cards({ role: 'player', teamId: gr })).toEqual(new Set([gr]));
		expect(cards({ role: 'moderator', country: 'GR' })).toEqual(new Set([gr, gr2]));
		expect(cards({ role: 'observer' })).toEqual(new Set());
	});
});
