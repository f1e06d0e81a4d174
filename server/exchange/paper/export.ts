import { and, eq } from 'drizzle-orm';
import { readsTeam } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import type { Notification } from '#lib/exercise/notification/schema.ts';
import { reportName, reportOf } from '#lib/exercise/notification/schema.ts';
import { writeAudit } from '../../audit/audit.ts';
import { relaxedLabels } from '../../commands/shared-copy.ts';
import { databaseNow, type Database } from '../../database/open.ts';
import { fact, report, workingRecord } from '../../database/schema.ts';
import { noExercise } from '../../exercises/rights.ts';
import { readTeams } from '../../exercises/teams.ts';
import { sharedReport } from '../../views/shared-reports.ts';
import { bytesFromWorker, inTurn } from '../in-worker.ts';
import { exportFileName, type ExportFile } from '../record/file.ts';
import type { Paper, PaperFormat } from './paper.ts';
import { notificationPaper, situationPaper } from './reports.ts';

/*
 * One approved or submitted report as a file, for whoever may read it on the screen, decided by the same functions
 * (PROMISES R17). Who took out what is in the audit log before the first byte leaves (P7).
 */

const types = {
	docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	pdf: 'application/pdf'
} as const;

interface Reader {
	database: Database;
	exercise: Exercise;
	actor: Actor;
	format: PaperFormat;
}

/** An approved situation report of a team whose room the reader may read. */
export async function exportSituationReport(
	reader: Reader,
	teamId: string,
	number: number
): Promise<ExportFile> {
	const { database, exercise } = reader;
	const team = await teamOf(reader, teamId);
	const [row] = await database.db
		.select({ fact: fact.fact, by: fact.actorName, at: fact.exerciseAt, wallAt: fact.wallAt })
		.from(report)
		.innerJoin(fact, and(eq(fact.exerciseId, report.exerciseId), eq(fact.sequence, report.approvedSequence)))
		.where(and(eq(report.exerciseId, exercise.id), eq(report.teamId, team.id), eq(report.number, number)));
	if (row?.fact.kind !== 'report-approved') throw noExercise();
	const { title, tlp: signed, asOf, text, content = null, authors = [], supersedes = null } = row.fact;
	const tlp = (await relaxedLabels(database.db, exercise.id, team.id)).get(number) ?? signed;
	const paper = situationPaper(
		{
			...(await headOf(reader)),
			team: team.name,
			country: team.country,
			approvedBy: row.by,
			approvedAt: row.at,
			approvedWall: row.wallAt.getTime(),
			authors,
			supersedes
		},
		{ number, title, tlp, asOf, text, content }
	);
	return fileOf(reader, paper, `SITREP ${team.name} ${number}`, { team: team.id, report: number });
}

/** Another team's report, by the id under which the reader has it. */
export async function exportSharedReport(reader: Reader, id: string): Promise<ExportFile> {
	const { database, exercise, actor } = reader;
	const found = await sharedReport(database, exercise, actor, id);
	const paper = situationPaper(
		{
			...(await headOf(reader)),
			team: found.team,
			country: found.country,
			approvedBy: found.approvedBy,
			approvedAt: found.approvedAt,
			approvedWall: null
		},
		found
	);
	return fileOf(reader, paper, `SITREP ${found.team} ${found.number}`, { shared: id });
}

/** A version of a submitted report, of a case that stands in a room which the reader may read. */
export async function exportNotification(
	reader: Reader,
	teamId: string,
	recordId: string,
	key: string,
	version: number
): Promise<ExportFile> {
	const { database, exercise } = reader;
	const team = await teamOf(reader, teamId);
	const [row] = await database.db
		.select({ standing: workingRecord.standing })
		.from(workingRecord)
		.where(
			and(
				eq(workingRecord.id, recordId),
				eq(workingRecord.exerciseId, exercise.id),
				eq(workingRecord.teamId, team.id),
				eq(workingRecord.kind, 'notification')
			)
		);
	const standing = row?.standing as Notification | undefined;
	const submitted = standing && reportOf(standing, key).versions.find((one) => one.version === version);
	if (!standing || !submitted) throw noExercise();
	const paper = notificationPaper(
		{
			...(await headOf(reader)),
			team: standing.side === 'authority' ? (standing.from ?? '') : team.name,
			country: team.country,
			approvedBy: submitted.by,
			approvedAt: submitted.at,
			approvedWall: submitted.wallAt
		},
		standing,
		key,
		submitted
	);
	return fileOf(reader, paper, `NIS2 ${standing.content.entity} ${reportName(key)} v${version}`, {
		team: team.id,
		record: recordId,
		report: key,
		version
	});
}

async function teamOf({ database, exercise, actor }: Reader, teamId: string): Promise<Team> {
	const team = (await readTeams(database.db, exercise.id)).find((one) => one.id === teamId);
	if (!team || !readsTeam(actor, team)) throw noExercise();
	return team;
}

async function headOf({ database, exercise, actor }: Reader) {
	return { exercise, takenBy: actor.name, takenAt: await databaseNow(database.db) };
}

async function fileOf(
	{ database, exercise, actor, format }: Reader,
	paper: Paper,
	what: string,
	detail: Record<string, unknown>
): Promise<ExportFile> {
	await database.db.transaction((tx) =>
		writeAudit(tx, {
			scope: exercise.id,
			actorId: actor.accountId,
			act: 'report.exported',
			detail: { format, tlp: paper.tlp, ...detail }
		})
	);
	const bytes = await inTurn(() =>
		bytesFromWorker(
			new URL('./worker.ts', import.meta.url),
			{ format, paper },
			'The file could not be made. Try again.'
		)
	);
	return {
		name: exportFileName(exercise, what, paper.tlp, format),
		type: types[format],
		body: new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
	};
}
