import { and, desc, eq, inArray } from 'drizzle-orm';
import type { ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import type { TableState } from '#lib/exercise/table/commands.ts';
import {
	discussionAfter,
	tableFactKinds,
	type Discussion,
	type TableFact
} from '#lib/exercise/table/schema.ts';
import type { Database, Transaction } from '../database/open.ts';
import { fact, team } from '../database/schema.ts';
import { toTeam } from '../exercises/rows.ts';
import type { LoadContext } from './load.ts';

/** What stands on the projector of a table, as was said last; null: nothing. */
export async function readDiscussion(
	db: Database['db'] | Transaction,
	exercise: ExerciseId,
	teamId: TeamId
): Promise<Discussion | null> {
	const [row] = await db
		.select({ fact: fact.fact })
		.from(fact)
		.where(
			and(eq(fact.exerciseId, exercise), eq(fact.teamId, teamId), inArray(fact.kind, [...tableFactKinds]))
		)
		.orderBy(desc(fact.sequence))
		.limit(1);
	return row ? discussionAfter(row.fact as TableFact) : null;
}

export async function loadTableState(
	{ tx, exercise }: LoadContext,
	input: Record<string, unknown>
): Promise<TableState> {
	const [row] = await tx
		.select()
		.from(team)
		.where(and(eq(team.exerciseId, exercise.id), eq(team.id, String(input['team']))));
	const own = row ? toTeam(row) : null;
	return { exercise, team: own, discussion: own && (await readDiscussion(tx, exercise.id, own.id)) };
}
