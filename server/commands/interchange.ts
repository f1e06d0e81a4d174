import { and, eq, inArray, sql } from 'drizzle-orm';
import type { InterchangeState } from '#lib/exercise/interchange/command.ts';
import { ownNames } from '#lib/exercise/interchange/items.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import { team, workingRecord } from '../database/schema.ts';
import { toTeam } from '../exercises/rows.ts';
import type { LoadContext } from './load.ts';

/** What the team has under the ids that the file names. The team's row is locked: numbers are given out one by one. */
export async function loadInterchangeState(
	{ tx, exercise }: LoadContext,
	input: Record<string, unknown>
): Promise<InterchangeState> {
	const state: InterchangeState = {
		exercise,
		team: null,
		known: { incidents: [], indicators: [] },
		own: new Map(),
		counts: { incidents: 0, indicators: 0 }
	};
	const [row] = await tx
		.select()
		.from(team)
		.where(and(eq(team.id, String(input['team'])), eq(team.exerciseId, exercise.id)))
		.for('no key update');
	if (!row) return state;
	const named = (input['items'] as { external: string }[]).map((item) => item.external);
	const ofTeam = and(
		eq(workingRecord.teamId, row.id),
		inArray(workingRecord.kind, ['incident', 'indicator'])
	);
	const known = await tx
		.select({ id: workingRecord.id, kind: workingRecord.kind, standing: workingRecord.standing })
		.from(workingRecord)
		.where(
			and(ofTeam, sql`${workingRecord.standing} #>> '{content,external}' = any(${sql.param(named)}::text[])`)
		)
		.orderBy(workingRecord.id)
		.for('no key update');
	const all = await tx
		.select({ id: workingRecord.id, kind: workingRecord.kind })
		.from(workingRecord)
		.where(ofTeam);
	const countOf = (kind: string) => all.filter((one) => one.kind === kind).length;
	return {
		...state,
		team: toTeam(row),
		known: {
			incidents: known.filter((one) => one.kind === 'incident') as never,
			indicators: known.filter((one) => one.kind === 'indicator') as never
		},
		own: ownNames(exercise.id, row.id, all as { id: RecordId; kind: string }[]),
		counts: { incidents: countOf('incident'), indicators: countOf('indicator') }
	};
}
