import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { timelineName } from '#lib/exercise/documents.ts';
import { leads, playsIn, readsTeam } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, DeliveryId } from '#lib/exercise/ids.ts';
import type { ReportRhythm } from '#lib/exercise/report/due.ts';
import { rhythmOf } from '#lib/exercise/report/due.ts';
import type { ReportContent } from '#lib/exercise/report/schema.ts';
import type { RichText } from '#lib/exercise/rich-text.ts';
import type { FoldedRecord } from '#lib/exercise/working/fold.ts';
import type { TeamMember } from '#lib/exercise/working/record.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { relaxedLabels } from '../commands/shared-copy.ts';
import type { Database } from '../database/open.ts';
import { delivery, fact, report, workingRecord } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeamPeople } from '../exercises/team-people.ts';
import { readTeams } from '../exercises/teams.ts';
import { modesOf, type TeamMode } from './requests.ts';
import { openSegments, type TimelineStart } from './timelines.ts';

export interface ApprovedReport {
	title: string;
	tlp: Tlp;
	/** exercise time, ms */
	asOf: number;
	text: RichText;
	/** null: from before there were sections and tables */
	content: ReportContent | null;
	authors: string[];
	supersedes: number | null;
	by: string | null;
	at: number | null;
	wallAt: number;
}

/** What a team's room starts from; all else comes with its timeline, live. Nothing of planning is in it (PROMISES P1). */
export interface TeamRoomView {
	team: Pick<Team, 'id' | 'name' | 'country' | 'level'>;
	/** acts in the room; others only read it */
	plays: boolean;
	/** signs reports and decisions */
	leads: boolean;
	/** the players of the team: to whom tasks and shifts are given; empty for readers, who give none */
	people: TeamMember[];
	timeline: TimelineStart;
	/** deliveries that some screen of the team has shown already: what players need not report again; empty for readers */
	seen: DeliveryId[];
	reports: { page: string; number: number; approved: ApprovedReport | null }[];
	/** how often reports are due, as it was set when the page was loaded */
	rhythm: ReportRhythm;
	/** how the team's working records stand; what its timeline tells since is folded on top */
	records: FoldedRecord[];
	/** how alert its networks are */
	modes: TeamMode[];
}

/** The room of one team, for its players and for those who may watch it. */
export async function teamRoom(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	teamId: string
): Promise<TeamRoomView> {
	const team = (await readTeams(database.db, exercise.id)).find((one) => one.id === teamId);
	if (!team || !readsTeam(actor, team)) throw noExercise();
	const plays = playsIn(actor, team.id);
	const name = timelineName(exercise.id, { to: 'team', team: team.id });
	const [[timeline], reports, seen, records, modes, people] = await Promise.all([
		openSegments(database, [name]),
		readReports(database, exercise, team),
		plays ? readSeen(database, exercise, team) : [],
		readRecords(database, team),
		modesOf(database, exercise, actor, team),
		plays ? readTeamPeople(database.db, team.id) : new Map<AccountId, TeamMember>()
	]);
	return {
		team: { id: team.id, name: team.name, country: team.country, level: team.level },
		plays,
		leads: leads(actor, team.id),
		people: [...people.values()],
		timeline: timeline!,
		seen,
		reports,
		records,
		modes,
		rhythm: rhythmOf(exercise.settings)
	};
}

async function readReports(
	database: Database,
	exercise: Exercise,
	team: Team
): Promise<TeamRoomView['reports']> {
	const rows = await database.db
		.select({
			page: report.page,
			number: report.number,
			fact: fact.fact,
			by: fact.actorName,
			at: fact.exerciseAt,
			wallAt: fact.wallAt
		})
		.from(report)
		.leftJoin(fact, and(eq(fact.exerciseId, report.exerciseId), eq(fact.sequence, report.approvedSequence)))
		.where(and(eq(report.exerciseId, exercise.id), eq(report.teamId, team.id)))
		.orderBy(asc(report.number));
	const relaxed = await relaxedLabels(database.db, exercise.id, team.id);
	return rows.map(({ page, number, fact, by, at, wallAt }) => {
		if (fact?.kind !== 'report-approved' || !wallAt) return { page, number, approved: null };
		const { title, tlp, asOf, text, content = null, authors = [], supersedes = null } = fact;
		return {
			page,
			number,
			approved: {
				title,
				tlp: relaxed.get(number) ?? tlp,
				asOf,
				text,
				content,
				authors,
				supersedes,
				by,
				at,
				wallAt: wallAt.getTime()
			}
		};
	});
}

/** Of one team, for whoever may read its room. */
export async function readRecords(database: Database, team: Pick<Team, 'id'>): Promise<FoldedRecord[]> {
	const rows = await database.db
		.select({
			id: workingRecord.id,
			of: workingRecord.kind,
			acts: workingRecord.acts,
			standing: workingRecord.standing
		})
		.from(workingRecord)
		.where(eq(workingRecord.teamId, team.id));
	return rows as FoldedRecord[];
}

async function readSeen(database: Database, exercise: Exercise, team: Team): Promise<DeliveryId[]> {
	const rows = await database.db
		.select({ id: delivery.id })
		.from(delivery)
		.where(
			and(eq(delivery.exerciseId, exercise.id), eq(delivery.teamId, team.id), isNotNull(delivery.seenAt))
		);
	return rows.map((row) => row.id as DeliveryId);
}
