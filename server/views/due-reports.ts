import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm';
import { rhythmsAsked } from '#lib/exercise/channel/mode.ts';
import { consoleScope, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { dueReports as due, type DueTeam } from '#lib/exercise/notification/due.ts';
import type { Notification } from '#lib/exercise/notification/schema.ts';
import { askedSince, rhythmOf, type ReportRhythm } from '#lib/exercise/report/due.ts';
import { exerciseTimeAt } from '#lib/exercise/exercise/clock.ts';
import { readChannels } from '../channels/rows.ts';
import { databaseNow, type Database } from '../database/open.ts';
import { fact, report, workingRecord } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';

const noRhythm = { entity: null, technical: null, operational: null, political: null };

export interface DueReportsView {
	teams: DueTeam[];
	rhythm: ReportRhythm;
}

/** Reports that are due or late: all for exercise control, those of their countries for moderators. */
export async function dueReports(
	database: Database,
	exercise: Exercise,
	actor: Actor
): Promise<DueReportsView> {
	if (!seesConsole(actor)) throw noExercise();
	const scope = consoleScope(actor);
	const all = await readTeams(database.db, exercise.id);
	const teams = all.filter((team) => scope === null || scope.has(team.country));
	const rhythm = rhythmOf(exercise.settings);
	if (teams.length === 0) return { teams: [], rhythm };
	const ids = teams.map((team) => team.id as string);
	const [reports, cases, wall, channels] = await Promise.all([
		database.db
			.select({
				team: report.teamId,
				number: report.number,
				isApproved: isNotNull(report.approvedSequence),
				at: fact.exerciseAt
			})
			.from(report)
			.leftJoin(fact, and(eq(fact.exerciseId, report.exerciseId), eq(fact.sequence, report.approvedSequence)))
			.where(and(eq(report.exerciseId, exercise.id), inArray(report.teamId, ids)))
			.orderBy(asc(report.number)),
		database.db
			.select({ team: workingRecord.teamId, standing: workingRecord.standing })
			.from(workingRecord)
			.where(
				and(
					eq(workingRecord.exerciseId, exercise.id),
					eq(workingRecord.kind, 'notification'),
					inArray(workingRecord.teamId, ids)
				)
			),
		databaseNow(database.db),
		readChannels(database.db, exercise.id)
	]);
	const open = channels.filter(({ isClosed }) => !isClosed);
	// the clock of a real room goes on when its incident is closed: the law's time limits too, its situation reports do not
	const over = isReal(exercise) && exercise.state !== 'running';
	return {
		rhythm,
		teams: due({
			teams,
			timeZone: exercise.timeZone,
			startsAt: exercise.startsAt,
			rhythm: over ? noRhythm : rhythm,
			asked: over
				? new Map()
				: new Map(teams.map((team) => [team.id, askedSince(rhythmsAsked(open, team), exercise.startsAt)])),
			now: exerciseTimeAt(exercise.clock, wall),
			reports: Map.groupBy(
				reports.map((row) => ({ ...row, isApproved: row.isApproved === true })),
				(row) => row.team
			),
			cases: new Map(
				[...Map.groupBy(cases, (row) => row.team)].map(([team, rows]) => [
					team,
					rows.map((row) => row.standing as Notification)
				])
			)
		})
	};
}
