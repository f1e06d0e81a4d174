import { sql } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { cellsOf, consoleScope, hasRole, isControl, seesConsole } from '#lib/exercise/exercise/access.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import {
	cellIds,
	type Actor,
	type CellId,
	type Exercise,
	type ExerciseState,
	type Membership,
	type Team
} from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { timelineName } from '#lib/exercise/documents.ts';
import type { NoticeChoices } from '#lib/exercise/notice/choices.ts';
import type { ExercisePulse } from '#lib/protocol/wire.ts';
import type { Database } from '../database/open.ts';
import { readTeams } from '../exercises/teams.ts';
import { communicationNotice, type CommunicationNotice } from '../readiness/communication.ts';
import { choicesOf } from '../notices/choices.ts';
import { seesReport } from './aar.ts';
import { seesSituation } from './situation.ts';
import { openSegments, openTimeline, type TimelineStart } from './timelines.ts';

/** What every page of an exercise stands in, for one person. */
export interface ShellView {
	exercise: Pick<
		Exercise,
		| 'id'
		| 'kind'
		| 'name'
		| 'tlp'
		| 'state'
		| 'timeZone'
		| 'startsAt'
		| 'endsAt'
		| 'settings'
		| 'clock'
		| 'rehearsalOf'
		| 'hasTerms'
		| 'erasure'
	>;
	pulse: ExercisePulse;
	me: {
		accountId: AccountId;
		name: string;
		timeZone: string | null;
		memberships: readonly Membership[];
		/** of what the person wants to be told, and how */
		notices: NoticeChoices;
	};
	/** the teams that the person may know about, by country and name */
	teams: Team[];
	/** the planning cells whose script the person may open; only those that take part */
	cells: CellId[];
	/** announcements and the clock */
	everyone: TimelineStart;
	/** of the teams in which the person plays: what tells of news while another page is open */
	ownTimelines: (TimelineStart & { team: TeamId })[];
	/** the running communication check, and whether the reader has confirmed it */
	communication: CommunicationNotice | null;
	/** the situation board is open to the person */
	seesSituation: boolean;
	/** the page of the after-action report has something for the person */
	seesReport: boolean;
}

export async function shell(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	person: { timeZone: string | null }
): Promise<ShellView> {
	const played = [
		...new Set(actor.memberships.flatMap((one) => (one.role === 'player' && one.teamId ? [one.teamId] : [])))
	];
	const [pulse, all, everyone, communication, notices, own, seesBoard, seesAfterAction] = await Promise.all([
		readPulse(database, exercise.id),
		readTeams(database.db, exercise.id),
		openTimeline(database, exercise.id, 'everyone'),
		communicationNotice(database, exercise.id, actor.accountId),
		choicesOf(database.db, actor.accountId),
		openSegments(
			database,
			played.map((team) => timelineName(exercise.id, { to: 'team', team }))
		),
		seesSituation(database, exercise, actor),
		seesReport(database, exercise, actor)
	]);
	const { id, kind, name, tlp, timeZone, startsAt, endsAt, settings } = exercise;
	return {
		// the state and clock that belong to the pulse's moment, not those of an earlier read
		exercise: {
			...(exercise.rehearsalOf && { rehearsalOf: exercise.rehearsalOf }),
			...(exercise.hasTerms && { hasTerms: true }),
			...(exercise.erasure && { erasure: exercise.erasure }),
			id,
			kind,
			name,
			tlp: tlp as Tlp,
			state: pulse.state,
			timeZone,
			startsAt,
			endsAt,
			settings,
			clock: pulse.clock
		},
		pulse,
		me: {
			accountId: actor.accountId,
			name: actor.name,
			timeZone: person.timeZone,
			memberships: actor.memberships,
			notices
		},
		teams: knownTeams(actor, all),
		cells: isReal(exercise) ? [] : cellsOf(actor, takingPart(all, actor)),
		everyone,
		ownTimelines: own.map((start, i) => ({ ...start, team: played[i]! })),
		communication,
		seesSituation: seesBoard,
		seesReport: seesAfterAction
	};
}

/**
 * The teams whose names a person may know. Exercise control and planners choose recipients among all of them; moderators
 * know their countries' teams, evaluators and facilitators those they are with, players their own. Who facilitates the
 * whole exercise leads every team's hot wash. Observers know none.
 */
export function knownTeams(actor: Actor, all: readonly Team[]): Team[] {
	const facilitatesAll = actor.memberships.some((one) => one.role === 'facilitator' && !one.teamId);
	if (isControl(actor) || hasRole(actor, 'planner') || facilitatesAll) return [...all];
	const countries = seesConsole(actor) ? consoleScope(actor) : new Set<CountryCode>();
	const own = new Set<TeamId>(actor.memberships.flatMap((one) => (one.teamId ? [one.teamId] : [])));
	return all.filter((team) => own.has(team.id) || countries?.has(team.country));
}

/** The cells that exist: central, the countries of the teams, and those that somebody plans for or moderates. */
function takingPart(teams: readonly Team[], actor: Actor): CellId[] {
	const cells = new Set<CellId>(['central', ...teams.map((team) => team.country)]);
	for (const { cell, country } of actor.memberships) {
		if (cell) cells.add(cell);
		if (country) cells.add(country);
	}
	return cellIds.filter((cell) => cells.has(cell));
}

/** State, clock and the database's own time in one row, so that they belong together. */
export async function readPulse(database: Database, exercise: ExerciseId): Promise<ExercisePulse> {
	const { rows } = await database.db.execute<{
		state: ExerciseState;
		clock: ExercisePulse['clock'];
		stop_reason: string | null;
		now: string;
	}>(sql`
		select state, clock, stop_reason, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now
		from exercise where id = ${exercise}`);
	const row = rows[0]!;
	return {
		exercise,
		state: row.state,
		clock: row.clock,
		now: Number(row.now),
		...(row.stop_reason !== null && { stopReason: row.stop_reason })
	};
}
