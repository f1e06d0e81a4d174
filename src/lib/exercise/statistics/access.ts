import type { CountryCode } from '#lib/standards/countries.ts';
import type { ChannelId, TeamId } from '../ids.ts';
import type { ChannelMembers } from '../channel/schema.ts';
import { evaluatesTeam, hasRole, isControl, playsIn, readsTeam } from '../exercise/access.ts';
import type { Actor, Exercise, ExerciseState, Team } from '../exercise/schema.ts';
import { recordScope, type RecordScope } from '../record/scope.ts';

/*
 * Who reads which figures. The default is none: a planner, an observer, the press and the simulation cell have no figures,
 * and players none before ENDEX, because how long others took tells of what is going on (PROMISES P1, P2).
 */

/** Play is over, and no figure can help anybody in it. */
export const isAfterEndex = (state: ExerciseState) =>
	state === 'ended' || state === 'evaluating' || state === 'reported' || state === 'closed';

/** The page exists for this person. Which figures are on it says `statisticsScope`. */
export function readsStatistics(actor: Actor, state: ExerciseState): boolean {
	return (
		hasRole(actor, 'director', 'controller', 'moderator', 'facilitator', 'evaluator') ||
		(hasRole(actor, 'player') && isAfterEndex(state))
	);
}

export interface StatisticsScope {
	/** whose figures, each team by itself */
	teams: ReadonlySet<TeamId>;
	/**
	 * of those, the teams whose expected actions may be counted, and the objectives of what came to them: never by who
	 * plays in the team, because it was never told what was expected of it
	 */
	watched: ReadonlySet<TeamId>;
	/** which facts may be read for them */
	record: RecordScope;
	/** other countries that share their figures, for comparison; each as a whole, no team by itself */
	compared: ReadonlySet<CountryCode>;
}

/** Null: there is nothing here. `sharing`: the countries that share their figures in this exercise. */
export function statisticsScope(
	actor: Actor,
	exercise: Pick<Exercise, 'state' | 'settings'>,
	teams: readonly Team[],
	channels: readonly { id: ChannelId; members: ChannelMembers }[],
	sharing: ReadonlySet<CountryCode>
): StatisticsScope | null {
	if (!readsStatistics(actor, exercise.state)) return null;
	const record = recordScope(actor, teams, exercise.settings, channels);
	if (!record) return null;
	const facilitatesAll = actor.memberships.some((one) => one.role === 'facilitator' && !one.teamId);
	const reads = (team: Team) => {
		if (isControl(actor) || facilitatesAll) return true;
		if (!readsTeam(actor, team)) return false;
		return isAfterEndex(exercise.state) || !playsIn(actor, team.id) || watches(actor, team);
	};
	const own = teams.filter(reads);
	// where somebody is a player too, what is noted about their own team stays closed to them
	const watched = own.filter((team) => !playsIn(actor, team.id) || isControl(actor));
	const countries = new Set(
		actor.memberships.flatMap((one) => (one.role === 'moderator' && one.country ? [one.country] : []))
	);
	const isWhole = isControl(actor) || facilitatesAll;
	return {
		teams: new Set(own.map(({ id }) => id)),
		watched: new Set(watched.map(({ id }) => id)),
		record: { ...record, teams: isWhole ? record.teams : new Set(own.map(({ id }) => id)) },
		compared: new Set(
			isWhole || countries.size === 0 ? [] : [...sharing].filter((country) => !countries.has(country))
		)
	};
}

/** Runs or watches the team, and does not only play in it. */
const watches = (actor: Actor, team: Team) =>
	evaluatesTeam(actor, team.id) ||
	actor.memberships.some(
		(one) =>
			(one.role === 'moderator' && one.country === team.country) ||
			(one.role === 'facilitator' && one.teamId === team.id)
	);

/** What is read of the countries that share: the facts of their teams, and of nothing else. */
export const comparedScope = (teams: Iterable<TeamId>): RecordScope => ({
	teams: new Set(teams),
	cells: new Set(),
	staff: true,
	channels: new Map()
});
