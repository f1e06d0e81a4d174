import { and, asc, eq, isNull } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { cellIds, type Actor, type CellId, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { findAccount } from '../accounts/account.ts';
import { account, membership } from '../database/schema.ts';
import type { Services } from '../services.ts';
import type { Given } from './command.ts';

export async function accountOf({ database }: Services, email: string) {
	const found = await findAccount(database.db, email);
	if (!found) throw new AppError('not-found', `There is no account with the e-mail address ${email}.`);
	if (found.disabledAt) throw new AppError('forbidden', `The account ${found.email} is disabled.`);
	return { id: found.id as AccountId, name: found.name, email: found.email };
}

export const exerciseOption = ['--exercise <id>', 'the exercise, as in its address'] as const;
export const asOption = ['--as <email>', 'acts as this person; without it as a director'] as const;
export const cellOption = ['--cell <cell>', 'central, or a country code; without it central'] as const;

export const cellGiven = (given: Given): CellId => given.choice('cell', cellIds) ?? 'central';

/** The operator has no role: every act in an exercise is somebody's, its first director's unless another is named. */
export async function openExercise(
	services: Services,
	id: string,
	email: string | undefined
): Promise<{ exercise: Exercise; actor: Actor }> {
	const exercise = await services.exercises.load(id);
	if (!exercise) throw new AppError('not-found', `There is no exercise with the id ${id}.`);
	if (email === undefined)
		return services.exercises.open(exercise.id, { id: await directorOf(services, exercise) });
	const person = await accountOf(services, email);
	const actor = await services.exercises.actor(exercise.id, person.id);
	if (actor.memberships.length === 0)
		throw new AppError('forbidden', `${person.email} has no role in this exercise.`);
	return { exercise, actor };
}

async function directorOf({ database }: Services, exercise: Exercise): Promise<AccountId> {
	const [director] = await database.db
		.select({ id: account.id })
		.from(membership)
		.innerJoin(account, eq(account.id, membership.accountId))
		.where(
			and(eq(membership.exerciseId, exercise.id), eq(membership.role, 'director'), isNull(account.disabledAt))
		)
		.orderBy(asc(membership.createdAt), asc(membership.id))
		.limit(1);
	if (!director)
		throw new AppError('not-now', 'No director of this exercise can act; name somebody with --as.');
	return director.id as AccountId;
}
