import { and, count, eq, inArray, sql } from 'drizzle-orm';
import type { InterchangeState } from '#lib/exercise/interchange/command.ts';
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
	const counts = await tx
		.select({ kind: workingRecord.kind, n: count() })
		.from(workingRecord)
		.where(ofTeam)
		.groupBy(workingRecord.kind);
	const countOf = (kind: string) => counts.find((one) => one.kind === kind)?.n ?? 0;
	return {
		...state,
		team: toTeam(row),
		known: {
			incidents: known.filter((one) => one.kind === 'incident') as never,
			indicators: known.filter((one) => one.kind === 'indicator') as never
		},
		counts: { incidents: countOf('incident'), indicators: countOf('indicator') }
	};
}
