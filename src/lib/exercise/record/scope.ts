import type { Fact, FactKind } from '../facts.ts';
import { readsChannel } from '../channel/access.ts';
import { isChannelFact } from '../channel/facts.ts';
import type { ChannelMembers } from '../channel/schema.ts';
import type { ChannelId, InjectId, TeamId } from '../ids.ts';
import type { Actor, CellId, Exercise, ExerciseSettings, Team } from '../exercise/schema.ts';
import { hasRole, isControl, readsEvaluation } from '../exercise/access.ts';
import { isEvaluationFact } from '../evaluation/schema.ts';
import { isFindingFact } from '../finding/schema.ts';
import { isAarFact } from '../aar/schema.ts';
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
	/**
	 * the channels that may be read, and the number of the fact from which on (not included); null: all. What is said in a
	 * channel is no team's: nobody reads it because a team of theirs was there.
	 */
	channels: ReadonlyMap<ChannelId, number> | null;
	/** the teams of which it may be read what evaluators noted; who reads everything reads all of it, others none */
	evaluations?: ReadonlySet<TeamId>;
}

export function recordScope(
	actor: Actor,
	teams: readonly Pick<Team, 'id' | 'country'>[],
	settings: Pick<ExerciseSettings, 'evaluatorsReadScript'>,
	channels: readonly { id: ChannelId; members: ChannelMembers }[] = []
): RecordScope | null {
	if (isControl(actor)) return { teams: null, cells: null, staff: true, channels: null };
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
	const evaluations = new Set([...own].filter((team) => readsEvaluation(actor, team)));
	return {
		...(evaluations.size > 0 && { evaluations }),
		teams: everyTeam ? null : own,
		cells: everyCell ? null : cells,
		staff: hasRole(actor, 'moderator', 'planner', 'facilitator', 'evaluator'),
		channels: new Map(
			channels.flatMap(({ id, members }) => {
				const joined = readsChannel(members, actor);
				return joined ? [[id, joined.since] as const] : [];
			})
		)
	};
}

/** Reads every fact there is. */
export const readsAll = (scope: RecordScope) =>
	scope.teams === null && scope.cells === null && scope.channels === null;

export const readsTeamFacts = (scope: RecordScope, team: TeamId) =>
	scope.teams === null || scope.teams.has(team);

const readsCell = (scope: RecordScope, cell: CellId | undefined) =>
	scope.cells === null || (cell !== undefined && scope.cells.has(cell));

/**
 * What anybody with a record reads, announcements only where they went to everybody; the same in SQL
 * (server/exchange/record/query.ts) and here. What the help desk was asked, and how exercise control divides its work, is
 * in nobody's part of the record but its own.
 */
export const openKinds: readonly FactKind[] = factKinds.filter(
	(kind) =>
		groupOf(kind) === 'announcements' ||
		groupOf(kind) === 'media' ||
		(groupOf(kind) === 'exercise' && kind !== 'exercise-advanced')
);
export const planningKinds: readonly FactKind[] = factKinds.filter((kind) => groupOf(kind) === 'planning');

/** What is noted about a team without its knowledge: to whoever runs or watches the exercise, not to its players. */
export const watchedKinds: readonly FactKind[] = ['action-marked', 'suggestion-dismissed'];

/**
 * Whether a fact is in a scope. `cellOf` is the planning cell of an inject; `sequence` the fact's number, on which it
 * depends whether somebody had joined a channel by then.
 */
export function readsFact(
	scope: RecordScope,
	fact: Fact,
	cellOf: (inject: InjectId) => CellId | undefined,
	sequence = 0
): boolean {
	if (readsAll(scope)) return true;
	if (isChannelFact(fact)) return readsInChannel(scope, fact.channel, sequence);
	// whoever reads a team's facts does not thereby read what is noted about it
	if (isEvaluationFact(fact)) return scope.evaluations?.has(fact.team) ?? false;
	// of findings and of the report, each reads on their own pages what is theirs
	if (isFindingFact(fact) || isAarFact(fact)) return false;
	if (!scope.staff && watchedKinds.includes(fact.kind)) return false;
	if (isWorkingFact(fact)) return sidesOf(fact).some((side) => readsTeamFacts(scope, side.team));
	// whoever reads it in a channel finds it in the record too
	if (fact.kind === 'report-shared')
		return (
			[fact.team, ...fact.copies.map((copy) => copy.team)].some((team) => readsTeamFacts(scope, team)) ||
			fact.channels.some(({ channel }) => readsInChannel(scope, channel, sequence))
		);
	if ('team' in fact) return readsTeamFacts(scope, fact.team);
	switch (fact.kind) {
		case 'announcement-made':
			// what was said to some is no news to others
			return fact.to ? fact.to.teams.some((team) => readsTeamFacts(scope, team)) : true;
		case 'inject-released':
		case 'inject-recalled':
			return (
				fact.deliveries.some((delivery) => readsTeamFacts(scope, delivery.team)) ||
				readsCell(scope, cellOf(fact.inject))
			);
		case 'inject-submitted':
		case 'inject-returned':
		case 'inject-approved':
		case 'inject-adapted':
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

/** Whether what a fact brought to a channel came when the reader was there. */
function readsInChannel(scope: RecordScope, channel: ChannelId, sequence: number): boolean {
	if (scope.channels === null) return true;
	const since = scope.channels.get(channel);
	return since !== undefined && since < sequence;
}

/** The groups that can hold anything for this reader: the choices of the filter. */
export function groupsIn(scope: RecordScope) {
	const planning = scope.cells === null || scope.cells.size > 0;
	const teams = scope.teams === null || scope.teams.size > 0;
	return (group: ReturnType<typeof groupOf>) => {
		if (group === 'planning') return planning;
		if (group === 'exercise' || group === 'announcements' || group === 'media') return true;
		if (group === 'exchanges' || group === 'reports')
			return teams || scope.channels === null || scope.channels.size > 0;
		if (group === 'help' || group === 'findings') return readsAll(scope);
		if (group === 'evaluation') return readsAll(scope) || scope.evaluations !== undefined;
		if (group === 'conduct') return scope.staff && teams;
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
