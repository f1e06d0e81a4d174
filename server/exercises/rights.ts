import { and, eq, inArray, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import type { Transaction } from '../database/open.ts';
import { exercise, membership } from '../database/schema.ts';

/**
 * Says that rights in an exercise change (PROMISES R7), in the transaction that changes them. The row lock it takes makes
 * such changes wait for each other, so what is read after it (is there another director?) stays true until the commit.
 */
export async function raiseRights(tx: Transaction, exerciseId: ExerciseId): Promise<number> {
	const [row] = await tx
		.update(exercise)
		.set({ rightsVersion: sql`${exercise.rightsVersion} + 1` })
		.where(eq(exercise.id, exerciseId))
		.returning({ version: exercise.rightsVersion });
	if (!row) throw noExercise();
	return row.version;
}

/** The same in every exercise that an account takes part in: its session ended, or it was disabled. */
export async function raiseRightsOf(tx: Transaction, account: AccountId): Promise<ExerciseId[]> {
	const own = await tx
		.selectDistinct({ id: membership.exerciseId })
		.from(membership)
		.where(eq(membership.accountId, account));
	if (own.length === 0) return [];
	const ids = own.map((row) => row.id).sort();
	// locked in one order, so that two people signing out cannot wait for each other
	await tx
		.select({ id: exercise.id })
		.from(exercise)
		.where(inArray(exercise.id, ids))
		.orderBy(exercise.id)
		.for('update');
	await tx
		.update(exercise)
		.set({ rightsVersion: sql`${exercise.rightsVersion} + 1` })
		.where(inArray(exercise.id, ids));
	return ids as ExerciseId[];
}

/** To whoever asks for what does not exist, and to whoever may not know that it does: the same words. */
export const noExercise = () => new AppError('not-found', 'There is nothing here, or it is not open to you.');

/** An exercise must keep a director: nobody else could give the role back. */
export async function keepsDirector(tx: Transaction, exerciseId: ExerciseId): Promise<boolean> {
	const rows = await tx
		.select({ id: membership.id })
		.from(membership)
		.where(and(eq(membership.exerciseId, exerciseId), eq(membership.role, 'director')))
		.limit(1);
	return rows.length > 0;
}
