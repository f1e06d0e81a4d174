import type { CountryCode } from '#lib/standards/countries.ts';
import type { TeamId } from '../ids.ts';
import type { Actor, CellId, Role, Team } from './schema.ts';

/**
 * Who is who, asked in one place. All answers come from memberships alone; the default is no.
 */
export function hasRole(actor: Actor, ...wanted: Role[]): boolean {
	return actor.memberships.some((membership) => wanted.includes(membership.role));
}

export const isDirector = (actor: Actor) => hasRole(actor, 'director');
/** Central exercise control: the director and the controllers. */
export const isControl = (actor: Actor) => hasRole(actor, 'director', 'controller');

export function plansIn(actor: Actor, cell: CellId): boolean {
	return actor.memberships.some((m) => m.role === 'planner' && m.cell === cell);
}

/** A planner of any cell. */
export function plansAnywhere(actor: Actor): boolean {
	return actor.memberships.some((m) => m.role === 'planner' && m.cell !== undefined);
}

export function moderatesCountry(actor: Actor, country: CountryCode): boolean {
	return actor.memberships.some((m) => m.role === 'moderator' && m.country === country);
}

export function evaluatesTeam(actor: Actor, teamId: TeamId): boolean {
	return actor.memberships.some((m) => m.role === 'evaluator' && m.teamId === teamId);
}

/**
 * Reads what evaluators noted about a team: its evaluators, and exercise control. Nobody who plays in the team, whatever
 * else they are: a player never learns that an observation exists (DOMAIN 6).
 */
export function readsEvaluation(actor: Actor, teamId: TeamId): boolean {
	return !playsIn(actor, teamId) && (isControl(actor) || evaluatesTeam(actor, teamId));
}

/** Notes and rates: the team's evaluators alone. Exercise control reads. */
export function notesOn(actor: Actor, teamId: TeamId): boolean {
	return evaluatesTeam(actor, teamId) && !playsIn(actor, teamId);
}

export function facilitatesTeam(actor: Actor, teamId: TeamId): boolean {
	return actor.memberships.some((m) => m.role === 'facilitator' && m.teamId === teamId);
}

/** A facilitator of the whole exercise, or of any team: leads the hot wash and writes the review. */
export const isFacilitator = (actor: Actor) => hasRole(actor, 'facilitator');

export function playsIn(actor: Actor, teamId: TeamId): boolean {
	return actor.memberships.some((m) => m.role === 'player' && m.teamId === teamId);
}

export function leads(actor: Actor, teamId: TeamId): boolean {
	return actor.memberships.some((m) => m.role === 'player' && m.teamId === teamId && m.lead === true);
}

/** May read a team's room: its members, its moderators, exercise control, its evaluators and its facilitators. */
export function readsTeam(actor: Actor, team: Pick<Team, 'id' | 'country'>): boolean {
	return (
		playsIn(actor, team.id) ||
		isControl(actor) ||
		moderatesCountry(actor, team.country) ||
		evaluatesTeam(actor, team.id) ||
		facilitatesTeam(actor, team.id)
	);
}

/** The planning cells whose script the actor may open: planners of a country also read the central one. */
export function cellsOf(actor: Actor, all: readonly CellId[]): CellId[] {
	return all.filter(
		(cell) =>
			isControl(actor) ||
			plansIn(actor, cell) ||
			(cell === 'central' ? plansAnywhere(actor) : moderatesCountry(actor, cell))
	);
}

/** Sees the console: exercise control, and moderators for their own countries. */
export const seesConsole = (actor: Actor) => hasRole(actor, 'director', 'controller', 'moderator');

/** The countries whose teams the actor moderates; null means all (exercise control). */
export function consoleScope(actor: Actor): ReadonlySet<CountryCode> | null {
	if (isControl(actor)) return null;
	return new Set(actor.memberships.flatMap((m) => (m.role === 'moderator' && m.country ? [m.country] : [])));
}
