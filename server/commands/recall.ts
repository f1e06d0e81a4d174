import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { Fact, Recorded } from '#lib/exercise/facts.ts';
import { inject, teamDue } from '../database/schema.ts';
import { queueRecalled } from '../mail/recalled.ts';
import type { ApplyContext } from './apply.ts';
import { judgeReferring } from './conditions.ts';

/**
 * Takes an inject back: it is over in every state in which a team may have it, nobody waits for it any more, and what
 * waits for something that a team does with it is judged anew. Deliveries stay as they are: who saw it, saw it.
 */
export async function recall(
	{ tx, exercise, mail }: ApplyContext,
	recorded: Recorded,
	fact: Extract<Fact, { kind: 'inject-recalled' }>,
	sequence: number
): Promise<void> {
	const recalledAt = recorded.exerciseAt!;
	const moved = await tx
		.update(inject)
		.set({ state: 'recalled', reason: fact.reason, recalledAt, changed: sequence })
		.where(
			and(
				eq(inject.id, fact.inject),
				inArray(inject.state, ['released', 'ready', 'held', 'skipped']),
				isNotNull(inject.releasedAt)
			)
		)
		.returning({ id: inject.id });
	if (moved.length === 0) throw new AppError('stale', 'Somebody else was faster. Look at it again.');
	await tx.delete(teamDue).where(eq(teamDue.injectId, fact.inject));
	await queueRecalled(tx, mail, exercise, fact);
	const teams = fact.deliveries.map((one) => one.team);
	await judgeReferring(tx, exercise.id, fact.inject, teams, recalledAt);
}
