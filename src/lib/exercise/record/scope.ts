import type { Fact, FactKind } from '../facts.ts';
import type { InjectId, TeamId } from '../ids.ts';
import type { Actor, CellId, Exercise, ExerciseSettings, Team } from '../exercise/schema.ts';
import { hasRole, isControl } from '../exercise/access.ts';
import { documentRight } from '../documents.ts';
import { readsHotWash } from '../review/commands.ts';
import { isWorkingFact, sidesOf } from '../working/kinds.ts';
import { factKinds, groupOf } from './kinds.ts';

/**
 * Which facts somebody may read: one answer for the screen, the statistics, the exports and the report (PROMISES R17).
 * The default is none.
 */
export interface RecordScope {
	/** whose facts; null: every team's */
	teams: ReadonlySet<TeamId> | null;
	/** the planning cells whose planning may be read; null: all */
	cells: ReadonlySet<CellId> | null;
	/**
	 * what runs the exercise is open to them: who released, who answered, the planners' references, the steps before
	 * STARTEX. False for players, who read what their own room showed (PROMISES P1).
	 */
	staff: boolean;
}

export function recordScope(
	actor: Actor,
	teams: readonly Pick<Team, 'id' | 'country'>[],
	settings: Pick<ExerciseSettings, 'evaluatorsReadScript'>
): RecordScope | null {
	if (isControl(actor)) return { teams: null, cells: null, staff: true };
	if (!hasRole(actor, 'moderator', 'planner', 'facilitator', 'evaluator', 'player')) return null;
	const own = new Set<TeamId>();
	const cells = new Set<CellId>();
	let everyTeam = false;
	let everyCell = false;
	for (const membership of actor.memberships) {
		switch (membership.role) {
			case 'moderator':
				for (const team of teams) if (team.country === membership.country) own.add(team.id);
				if (membership.country) cells.add(membership.country);
				break;
			case 'planner':
				if (membership.cell) cells.add(membership.cell);
				break;
			case 'evaluator':
				if (membership.teamId) own.add(membership.teamId);
				everyCell ||= settings.evaluatorsReadScript;
				break;
			case 'facilitator':
				// without a team: leads the debriefing of the whole exercise
				if (membership.teamId) own.add(membership.teamId);
				else everyTeam = true;
				break;
			case 'player':
				if (membership.teamId) own.add(membership.teamId);
				break;
		}
	}
	return {
		teams: everyTeam ? null : own,
		cells: everyCell ? null : cells,
		staff: hasRole(actor, 'moderator', 'planner', 'facilitator', 'evaluator')
	};
}

/** Reads every fact there is. */
export const readsAll = (scope: RecordScope) => scope.teams === null && scope.cells === null;

export const readsTeamFacts = (scope: RecordScope, team: TeamId) =>
	scope.teams === null || scope.teams.has(team);

const readsCell = (scope: RecordScope, cell: CellId | undefined) =>
	scope.cells === null || (cell !== undefined && scope.cells.has(cell));

/** What anybody with a record reads; the same in SQL (server/views/record.ts) and here. */
export const openKinds: readonly FactKind[] = factKinds.filter(
	(kind) =>
		groupOf(kind) === 'announcements' || (groupOf(kind) === 'exercise' && kind !== 'exercise-advanced')
);
export const planningKinds: readonly FactKind[] = factKinds.filter((kind) => groupOf(kind) === 'planning');

/** What is noted about a team without its knowledge: to whoever runs or watches the exercise, not to its players. */
export const watchedKinds: readonly FactKind[] = ['action-marked'];

/** Whether a fact is in a scope. `cellOf` is the planning cell of an inject. */
export function readsFact(
	scope: RecordScope,
	fact: Fact,
	cellOf: (inject: InjectId) => CellId | undefined
): boolean {
	if (readsAll(scope)) return true;
	if (!scope.staff && watchedKinds.includes(fact.kind)) return false;
	if (isWorkingFact(fact)) return sidesOf(fact).some((side) => readsTeamFacts(scope, side.team));
	if (fact.kind === 'report-shared')
		return [fact.team, ...fact.copies.map((copy) => copy.team)].some((team) => readsTeamFacts(scope, team));
	if ('team' in fact) return readsTeamFacts(scope, fact.team);
	switch (fact.kind) {
		case 'inject-released':
			return (
				fact.deliveries.some((delivery) => readsTeamFacts(scope, delivery.team)) ||
				readsCell(scope, cellOf(fact.inject))
			);
		case 'inject-submitted':
		case 'inject-returned':
		case 'inject-approved':
		case 'inject-held':
		case 'inject-hold-lifted':
		case 'inject-skipped':
			return readsCell(scope, cellOf(fact.inject));
		case 'exercise-advanced':
			return scope.staff;
		default:
			return openKinds.includes(fact.kind);
	}
}

/** The groups that can hold anything for this reader: the choices of the filter. */
export function groupsIn(scope: RecordScope) {
	const planning = scope.cells === null || scope.cells.size > 0;
	const teams = scope.teams === null || scope.teams.size > 0;
	return (group: ReturnType<typeof groupOf>) => {
		if (group === 'planning') return planning;
		if (group === 'exercise' || group === 'announcements') return true;
		return group === 'injects' ? teams || planning : teams;
	};
}

/** How far an export reaches, said on its first page (DOMAIN 8.5: full, national, of a team). */
export type Extent = 'whole' | 'national' | 'part' | 'team';

export function extentOf(scope: RecordScope, actor: Actor): Extent {
	if (scope.teams === null) return 'whole';
	if (!scope.staff) return 'team';
	return actor.memberships.every((m) => m.role === 'moderator' || m.role === 'planner') ? 'national' : 'part';
}

/** Whose hot wash cards somebody reads on the review page and in the report. Null: every team's; see the page's right. */
export function reviewScope(
	actor: Actor,
	exercise: Exercise,
	teams: readonly Team[]
): ReadonlySet<TeamId> | null {
	const right = documentRight({ exercise: exercise.id, kind: 'review' }, actor, {
		settings: exercise.settings
	});
	// who writes the review, runs the exercise or evaluates it debriefs all teams together
	if (right === 'write' || isControl(actor) || hasRole(actor, 'evaluator')) return null;
	return new Set(teams.filter((team) => readsHotWash(actor, team)).map((team) => team.id));
}
