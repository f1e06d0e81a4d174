import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import { rhythmsAsked } from '#lib/exercise/channel/mode.ts';
import type { CommandName } from '#lib/exercise/commands.ts';
import { documentName, timelineName, type WorksheetPage } from '#lib/exercise/documents.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { Fact, Recorded } from '#lib/exercise/facts.ts';
import type { ChannelId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { Incident } from '#lib/exercise/incident/schema.ts';
import type { ReportCommandState } from '#lib/exercise/report/commands.ts';
import { readReport } from '#lib/exercise/report/page.ts';
import { namedPeople } from '#lib/exercise/sharing/audience.ts';
import { readChannels } from '../channels/rows.ts';
import type { Transaction } from '../database/open.ts';
import {
	account,
	channel as channelTable,
	document,
	documentUpdate,
	fact,
	report,
	reportShare,
	team as teamTable,
	workingRecord
} from '../database/schema.ts';
import { audienceOf } from '../exercises/audience.ts';
import { toTeam } from '../exercises/rows.ts';
import type { LoadContext } from './load.ts';
import { relaxedLabels } from './shared-copy.ts';

/** What a command about situation reports is decided on. Numbers are given out one by one, so each waits for the team's row. */
export async function loadReportState(
	{ tx, exercise, actor, documents }: LoadContext,
	name: CommandName,
	input: Record<string, unknown>
): Promise<ReportCommandState> {
	const teamId = input['team'];
	const [row] =
		typeof teamId === 'string'
			? await tx
					.select()
					.from(teamTable)
					.where(and(eq(teamTable.id, teamId), eq(teamTable.exerciseId, exercise.id)))
					.for('no key update')
			: [];
	if (!row) return { exercise, team: null, reports: [] };
	const team = toTeam(row);
	const rows = await readReportRows(tx, exercise.id, team.id);
	const state: ReportCommandState = {
		exercise,
		team,
		reports: rows.map(({ page, number, isApproved, at, supersedes }) => ({
			page,
			number,
			approved: isApproved ? { at, supersedes } : null
		}))
	};
	const page = input['page'];
	const entry = rows.find((one) => one.page === page);
	if (!entry) return state;
	if (name === 'report.share') {
		const named = { teams: input['teams'] as string[], channels: input['channels'] as string[] };
		return {
			...state,
			frozen: await readFrozen(tx, exercise.id, team, entry.number),
			audience: await audienceOf(tx, exercise, actor, team, named),
			sharedWith: await readSharedWith(tx, team, entry.number)
		};
	}
	const ref = {
		exercise: exercise.id,
		kind: 'worksheet' as const,
		team: team.id,
		page: page as WorksheetPage
	};
	return {
		...state,
		page: readReport(await documents.read(documentName(ref), tx)),
		authors: await readAuthors(tx, documentName(ref)),
		incidents: await readIncidents(tx, team),
		asked: rhythmsAsked(
			(await readChannels(tx, exercise.id)).filter(({ isClosed }) => !isClosed),
			team
		)
	};
}

/** The reports of a team, by number. */
export function readReportRows(db: Pick<Transaction, 'select'>, exerciseId: ExerciseId, teamId: TeamId) {
	return db
		.select({
			page: report.page,
			number: report.number,
			supersedes: report.supersedes,
			isApproved: isNotNull(report.approvedSequence),
			at: fact.exerciseAt
		})
		.from(report)
		.leftJoin(fact, and(eq(fact.exerciseId, report.exerciseId), eq(fact.sequence, report.approvedSequence)))
		.where(and(eq(report.exerciseId, exerciseId), eq(report.teamId, teamId)))
		.orderBy(asc(report.number))
		.then((rows) => rows.map((row) => ({ ...row, isApproved: row.isApproved === true })));
}

async function readFrozen(
	tx: Transaction,
	exerciseId: ExerciseId,
	team: Team,
	number: number
): Promise<ReportCommandState['frozen']> {
	const [row] = await tx
		.select({ fact: fact.fact, by: fact.actorName, at: fact.exerciseAt })
		.from(report)
		.innerJoin(fact, and(eq(fact.exerciseId, report.exerciseId), eq(fact.sequence, report.approvedSequence)))
		.where(and(eq(report.exerciseId, exerciseId), eq(report.teamId, team.id), eq(report.number, number)));
	if (row?.fact.kind !== 'report-approved') return null;
	const { title, tlp: signed, asOf, text, content = null } = row.fact;
	const tlp = (await relaxedLabels(tx, exerciseId, team.id)).get(number) ?? signed;
	return { number, title, tlp, asOf, text, content, approvedAt: row.at, approvedBy: row.by };
}

async function readSharedWith(tx: Transaction, team: Team, number: number): Promise<ReadonlySet<string>> {
	const rows = await tx
		.select({ team: reportShare.toTeam, channel: reportShare.toChannel })
		.from(reportShare)
		.where(and(eq(reportShare.teamId, team.id), eq(reportShare.number, number)));
	return new Set(rows.flatMap((row) => row.team ?? row.channel ?? []));
}

/** Who wrote on a page, by name: from the log of its changes, never from the page. */
async function readAuthors(tx: Transaction, name: string): Promise<string[]> {
	const rows = await tx
		.selectDistinct({ name: account.name })
		.from(documentUpdate)
		.innerJoin(account, eq(account.id, documentUpdate.author))
		.where(eq(documentUpdate.document, name))
		.orderBy(account.name);
	return rows.map((row) => row.name);
}

async function readIncidents(tx: Transaction, team: Team): Promise<ReportCommandState['incidents']> {
	const rows = await tx
		.select({ id: workingRecord.id, standing: workingRecord.standing })
		.from(workingRecord)
		.where(and(eq(workingRecord.teamId, team.id), eq(workingRecord.kind, 'incident')));
	return rows.map(({ id, standing }) => {
		const { number, content } = standing as Incident;
		return { record: id, number, tlp: content.tlp };
	});
}

/** One row for each place that a report went to: what the situation board reads (views/shared-reports.ts). */
export async function applyShared(
	tx: Transaction,
	exerciseId: ExerciseId,
	recorded: Recorded,
	shared: Extract<Fact, { kind: 'report-shared' }>,
	sequence: number
): Promise<void> {
	const { team, number, tlp, asOf, copies, channels } = shared;
	const base = {
		exerciseId,
		teamId: team,
		number,
		tlp,
		approvedAt: shared.approvedAt ?? asOf,
		sharedAt: recorded.exerciseAt ?? asOf,
		sequence
	};
	const rows: (typeof reportShare.$inferInsert)[] = copies.map((copy) => ({
		...base,
		id: copy.shared,
		toTeam: copy.team,
		teams: [copy.team],
		people: []
	}));
	for (const one of channels) {
		const [row] = await tx.select().from(channelTable).where(eq(channelTable.id, one.channel));
		const members = row!.members;
		rows.push({
			...base,
			id: one.shared,
			toChannel: one.channel,
			segment: await openSegmentOf(tx, exerciseId, one.channel),
			teams: members.roles.includes('player') ? shared.reached : members.teams.map(({ id }) => id),
			people: namedPeople({ channels: [{ members }] })
		});
	}
	await tx.insert(reportShare).values(rows);
}

/**
 * The segment that is open now. Should the entry go to the next one, because somebody joins at this moment, whoever
 * joined is told of the report by the channel and not by the board: never the other way round.
 */
async function openSegmentOf(tx: Transaction, exercise: ExerciseId, channel: ChannelId): Promise<number> {
	const [row] = await tx
		.select({ segment: document.segment })
		.from(document)
		.where(
			and(
				eq(document.timeline, timelineName(exercise, { to: 'channel', channel })),
				isNull(document.closedAt)
			)
		);
	return row?.segment ?? 0;
}
