import { describe, expect, it } from 'vitest';
import type { CountryCode } from '#lib/standards/countries.ts';
import { exerciseStates, type Actor, type Membership } from '#lib/exercise/exercise/schema.ts';
import { comparedScope, readsStatistics, statisticsScope } from '#lib/exercise/statistics/access.ts';
import { sharingAfter, shareFigures } from '#lib/exercise/statistics/commands.ts';
import { readsFact } from '#lib/exercise/record/scope.ts';
import {
	centralPlanner,
	controller,
	director,
	exercise,
	facilitator,
	french,
	frenchLead,
	frenchModerator,
	greek,
	greekEvaluator,
	greekFacilitator,
	greekLead,
	greekModerator,
	greekPlayer,
	greekPort,
	moment,
	observer,
	person,
	stranger,
	teams
} from '../domain/factories.ts';

const scopeOf = (actor: Actor, state: 'running' | 'ended', sharing: CountryCode[] = []) =>
	statisticsScope(actor, exercise(state), teams, [], new Set(sharing));
const names = (ids: Iterable<string> | undefined) =>
	ids && [...ids].map((id) => teams.find((team) => team.id === id)!.name);
const everybody = ['GR CSIRT', 'GR Port', 'FR CSIRT'];
const simcell = person('Sim', { role: 'simcell' });
const press = person('Press', { role: 'media_player' });

describe('who reads which teams’ figures', () => {
	it.each<[string, Actor, string[] | undefined, string[] | undefined]>([
		['the director', director, everybody, everybody],
		['a controller', controller, everybody, everybody],
		['a moderator', greekModerator, ['GR CSIRT', 'GR Port'], ['GR CSIRT', 'GR Port']],
		['an evaluator', greekEvaluator, ['GR CSIRT'], ['GR CSIRT']],
		['a facilitator of all', facilitator, everybody, everybody],
		['a facilitator of a team', greekFacilitator, ['GR CSIRT'], ['GR CSIRT']],
		['a team lead', greekLead, undefined, ['GR CSIRT']],
		['a player', greekPlayer, undefined, ['GR CSIRT']],
		['a planner', centralPlanner, undefined, undefined],
		['an observer', observer, undefined, undefined],
		['the simulation cell', simcell, undefined, undefined],
		['the press', press, undefined, undefined],
		['a stranger', stranger, undefined, undefined]
	])('[P1] [P2] %s, in play and after ENDEX', (_who, actor, inPlay, after) => {
		expect(names(scopeOf(actor, 'running')?.teams)).toEqual(inPlay);
		expect(names(scopeOf(actor, 'ended')?.teams)).toEqual(after);
	});

	it('[P1] in play and before it no player has the page, also while the exercise stands still', () => {
		const open = exerciseStates.filter((state) => readsStatistics(greekLead, state));
		expect(open).toEqual(['ended', 'evaluating', 'reported', 'closed']);
	});

	it('[P1] what was expected of a team is never counted for who plays in it', () => {
		expect(names(scopeOf(greekLead, 'ended')!.watched)).toEqual([]);
		const both: Membership[] = [
			{ role: 'player', teamId: greek.id },
			{ role: 'evaluator', teamId: greekPort.id }
		];
		const actor = person('Both', ...both);
		expect(names(scopeOf(actor, 'running')!.teams)).toEqual(['GR Port']);
		expect(names(scopeOf(actor, 'running')!.record.teams ?? [])).toEqual(['GR Port']);
		const after = scopeOf(actor, 'ended')!;
		expect(names(after.teams)).toEqual(['GR CSIRT', 'GR Port']);
		expect(names(after.watched)).toEqual(['GR Port']);
	});
});

describe('countries that share their figures', () => {
	it('[P2] are compared by moderators of others alone, and none is where none shares', () => {
		expect([...scopeOf(greekModerator, 'running')!.compared]).toEqual([]);
		expect([...scopeOf(greekModerator, 'running', ['FR', 'GR'])!.compared]).toEqual(['FR']);
		for (const actor of [greekEvaluator, greekFacilitator, controller])
			expect([...scopeOf(actor, 'running', ['FR'])!.compared]).toEqual([]);
		expect([...scopeOf(frenchLead, 'ended', ['GR'])!.compared]).toEqual([]);
	});

	it('[P2] of them nothing is read but their own teams’ facts, and no evaluator’s note', () => {
		const scope = comparedScope([french.id]);
		const reads = (fact: object) => readsFact(scope, fact as never, () => 'central', 1);
		expect(reads({ kind: 'delivery-acknowledged', team: french.id })).toBe(true);
		expect(reads({ kind: 'delivery-acknowledged', team: greek.id })).toBe(false);
		expect(reads({ kind: 'action-observed', team: french.id })).toBe(false);
		expect(reads({ kind: 'message-posted', channel: 'c' })).toBe(false);
		expect(reads({ kind: 'inject-approved', inject: 'i' })).toBe(false);
	});

	const share = (
		actor: Actor,
		shared: boolean,
		sharing: CountryCode[] = [],
		state: 'running' | 'closed' = 'running'
	) => {
		const of = exercise(state);
		const decision = shareFigures.decide(
			{ exercise: of, sharing: new Set(sharing) },
			{ country: 'GR', shared },
			actor,
			moment(of)
		);
		return 'refused' in decision ? decision.refused.code : decision.facts;
	};

	it('[P2] the choice is the moderator’s of the country, and of nobody else', () => {
		expect(share(greekModerator, true)).toEqual([{ kind: 'figures-shared', country: 'GR', shared: true }]);
		expect(share(greekModerator, false, ['GR'])).toEqual([
			{ kind: 'figures-shared', country: 'GR', shared: false }
		]);
		for (const actor of [
			frenchModerator,
			director,
			controller,
			greekLead,
			greekEvaluator,
			observer,
			stranger
		])
			expect(share(actor, true)).toBe('not-found');
	});

	it('what is so already is told, and a closed exercise stays as it is', () => {
		expect(share(greekModerator, true, ['GR'])).toBe('stale');
		expect(share(greekModerator, false)).toBe('stale');
		expect(share(greekModerator, true, [], 'closed')).toBe('not-now');
	});

	it('the last word of each country counts', () => {
		const said = (country: CountryCode, shared: boolean) =>
			({ kind: 'figures-shared', country, shared }) as const;
		expect([...sharingAfter([said('GR', true), said('FR', true), said('GR', false)])]).toEqual(['FR']);
		expect([...sharingAfter([])]).toEqual([]);
	});
});
