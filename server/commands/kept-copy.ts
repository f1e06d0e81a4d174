import { and, eq, inArray } from 'drizzle-orm';
import type { RecordId, TeamId } from '#lib/exercise/ids.ts';
import type { Incident } from '#lib/exercise/incident/schema.ts';
import type { Indicator } from '#lib/exercise/indicator/schema.ts';
import { sourceOf, type NamedIndicator } from '#lib/exercise/interchange/items.ts';
import type { Notification } from '#lib/exercise/notification/schema.ts';
import type { KeptCopy } from '#lib/exercise/relaxation/kept.ts';
import { team as teamTable, workingRecord } from '../database/schema.ts';
import { toTeam } from '../exercises/rows.ts';
import type { LoadContext } from './load.ts';

type Row = typeof workingRecord.$inferSelect;

/**
 * A notification or an indicator that a team keeps, by the id of its record there, and the record of the team that made
 * it. Both are locked, in one order. Null: there is no such record.
 */
export async function loadKeptCopy(context: LoadContext, id: string): Promise<KeptCopy | null> {
	const { tx, exercise } = context;
	const [seen] = await tx
		.select()
		.from(workingRecord)
		.where(
			and(
				eq(workingRecord.id, id),
				eq(workingRecord.exerciseId, exercise.id),
				inArray(workingRecord.kind, ['notification', 'indicator'])
			)
		);
	if (!seen) return null;
	const made = seen.kind === 'notification' ? notifying(seen) : await indicating(context, seen);
	const rows = await tx
		.select()
		.from(workingRecord)
		.where(inArray(workingRecord.id, [id, ...(made === null ? [] : [made])]))
		.orderBy(workingRecord.id)
		.for('no key update');
	const row = rows.find((one) => one.id === id);
	if (!row) return null;
	const source = rows.find((one) => one.id === made) ?? null;
	const place = { team: row.teamId as TeamId, record: row.id as RecordId };
	const [of] = source ? await tx.select().from(teamTable).where(eq(teamTable.id, source.teamId)) : [];
	const from =
		source && of ? { team: source.teamId as TeamId, record: source.id as RecordId, of: toTeam(of) } : null;
	if (row.kind === 'indicator')
		return {
			kind: 'indicator',
			place,
			source: from,
			standing: row.standing as Indicator,
			made: (source?.standing ?? null) as Indicator | null
		};
	const case_ = (source?.standing ?? null) as Notification | null;
	return {
		kind: 'notification',
		place,
		source: from,
		standing: row.standing as Notification,
		made: case_,
		incident:
			source && case_?.incident ? await incidentOf(context, source.teamId, case_.incident.number) : null
	};
}

/** The authority's record knows the one of the team that notified; that one is its own. */
const notifying = ({ standing, others }: Row): string | null =>
	(standing as Notification).side === 'authority' ? (others[0]?.record ?? null) : null;

async function indicating({ tx, exercise }: LoadContext, seen: Row): Promise<string | null> {
	const named = ({ id, teamId, standing }: Pick<Row, 'id' | 'teamId' | 'standing'>): NamedIndicator => ({
		record: id as RecordId,
		team: teamId as TeamId,
		external: (standing as Indicator).content.external
	});
	if (named(seen).external === null) return null;
	const all = await tx
		.select({ id: workingRecord.id, teamId: workingRecord.teamId, standing: workingRecord.standing })
		.from(workingRecord)
		.where(and(eq(workingRecord.exerciseId, exercise.id), eq(workingRecord.kind, 'indicator')));
	return sourceOf(exercise.id, named(seen), all.map(named))?.record ?? null;
}

async function incidentOf({ tx }: LoadContext, teamId: string, number: number): Promise<Incident | null> {
	const rows = await tx
		.select({ standing: workingRecord.standing })
		.from(workingRecord)
		.where(and(eq(workingRecord.teamId, teamId), eq(workingRecord.kind, 'incident')));
	return rows.map(({ standing }) => standing as Incident).find((one) => one.number === number) ?? null;
}
