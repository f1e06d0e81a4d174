import { and, eq, inArray } from 'drizzle-orm';
import type { ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { foldDecisions, type DecisionStanding } from '#lib/exercise/team/decision.ts';
import type { Transaction } from '../database/open.ts';
import { fact } from '../database/schema.ts';

/** How each decision of a team stands, from the facts about it. */
export async function loadDecisions(
	tx: Pick<Transaction, 'select'>,
	exerciseId: ExerciseId,
	teamId: TeamId
): Promise<Map<number, DecisionStanding>> {
	const rows = await tx
		.select({ fact: fact.fact })
		.from(fact)
		.where(
			and(
				eq(fact.exerciseId, exerciseId),
				eq(fact.teamId, teamId),
				inArray(fact.kind, ['decision-recorded', 'decision-moved'])
			)
		)
		.orderBy(fact.sequence);
	return foldDecisions(rows.map((row) => row.fact));
}
