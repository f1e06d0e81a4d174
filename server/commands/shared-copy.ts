import { and, desc, eq } from 'drizzle-orm';
import type { ExerciseId, SharedReportId, TeamId, ChannelId } from '#lib/exercise/ids.ts';
import type { Incident } from '#lib/exercise/incident/schema.ts';
import type { SharedCopy } from '#lib/exercise/relaxation/report.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Transaction } from '../database/open.ts';
import { channel, fact, reportShare, team as teamTable, workingRecord } from '../database/schema.ts';
import { audienceOf } from '../exercises/audience.ts';
import { toTeam } from '../exercises/rows.ts';
import type { LoadContext } from './load.ts';

/**
 * A copy of a shared report by the id under which a recipient has it. `whole`: with every place that has the report, to
 * share it there again. Waits for the team's row, as sharing does, so that two answers come one after the other.
 */
export async function loadSharedCopy(
	{ tx, exercise, actor }: LoadContext,
	id: string,
	whole: boolean
): Promise<SharedCopy | null> {
	const [asked] = await tx
		.select()
		.from(reportShare)
		.where(and(eq(reportShare.id, id), eq(reportShare.exerciseId, exercise.id)));
	if (!asked) return null;
	const [row] = await tx.select().from(teamTable).where(eq(teamTable.id, asked.teamId)).for('no key update');
	const from = toTeam(row!);
	const shares = await tx
		.select()
		.from(reportShare)
		.where(and(eq(reportShare.teamId, asked.teamId), eq(reportShare.number, asked.number)))
		.orderBy(desc(reportShare.sequence));
	// the newest in each place
	const copies = new Map<TeamId | ChannelId, (typeof shares)[number]>();
	for (const one of shares) {
		const place = (one.toTeam ?? one.toChannel) as TeamId | ChannelId | null;
		if (place && !copies.has(place)) copies.set(place, one);
	}
	const newest = copies.get((asked.toTeam ?? asked.toChannel) as TeamId | ChannelId) ?? asked;
	const [words] = await tx
		.select({ fact: fact.fact, wallAt: fact.wallAt })
		.from(fact)
		.where(and(eq(fact.exerciseId, exercise.id), eq(fact.sequence, newest.sequence)));
	if (words?.fact.kind !== 'report-shared') return null;
	const [place] = newest.toChannel
		? await tx.select({ members: channel.members }).from(channel).where(eq(channel.id, newest.toChannel))
		: [];
	const { page, number, title, tlp, asOf, text, content, approvedAt, approvedBy } = words.fact;
	const copy: SharedCopy = {
		shared: newest.id as SharedReportId,
		from,
		page,
		report: { number, title, tlp, asOf, text, content, approvedAt, approvedBy },
		at: newest.sharedAt,
		wallAt: words.wallAt.getTime(),
		place: place
			? { members: place.members, segment: newest.segment }
			: { team: (newest.toTeam ?? '') as TeamId }
	};
	if (!whole) return copy;
	const everywhere = await audienceOf(tx, exercise, actor, from, {
		teams: [...copies.values()].flatMap((one) => one.toTeam ?? []),
		channels: [...copies.values()].flatMap((one) => one.toChannel ?? [])
	});
	return {
		...copy,
		everywhere: { ...everywhere, channels: everywhere.channels.filter(({ isClosed }) => !isClosed) },
		copies: new Map([...copies].map(([to, one]) => [to, one.id as SharedReportId])),
		incidents: await readIncidentLabels(tx, from.id)
	};
}

async function readIncidentLabels(tx: Transaction, teamId: TeamId) {
	const rows = await tx
		.select({ standing: workingRecord.standing })
		.from(workingRecord)
		.where(and(eq(workingRecord.teamId, teamId), eq(workingRecord.kind, 'incident')));
	return rows.map(({ standing }) => {
		const { number, content } = standing as Incident;
		return { number, tlp: content.tlp };
	});
}

/** The labels to which a team's reports were relaxed, by their numbers: what is made of a report from then on has it. */
export async function relaxedLabels(
	db: Pick<Transaction, 'select'>,
	exerciseId: ExerciseId,
	teamId: TeamId
): Promise<ReadonlyMap<number, Tlp>> {
	const rows = await db
		.select({ number: reportShare.number, tlp: reportShare.tlp })
		.from(reportShare)
		.where(and(eq(reportShare.exerciseId, exerciseId), eq(reportShare.teamId, teamId)))
		.orderBy(reportShare.sequence);
	// the last one counts; sharing alone never changes a label
	return new Map(rows.map(({ number, tlp }) => [number, tlp as Tlp]));
}
