import { AppError } from '#lib/errors.ts';
import { playsIn } from '#lib/exercise/exercise/access.ts';
import type { AccountId, ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import { logClosed } from '#lib/exercise/team/commands.ts';
import type { Exercises } from '../exercises/exercises.ts';
import { noExercise } from '../exercises/rights.ts';

/**
 * Players give their team files as long as its log is open. To everybody else, also to whoever reads the room, the address
 * does not exist.
 */
export async function mayKeepFiles(
	exercises: Pick<Exercises, 'open' | 'teams'>,
	exerciseId: string,
	teamId: string,
	account: AccountId
): Promise<{ exercise: ExerciseId; team: TeamId }> {
	const { exercise, actor } = await exercises.open(exerciseId, { id: account });
	const team = (await exercises.teams(exercise.id)).find((one) => one.id === teamId);
	if (!team || !playsIn(actor, team.id)) throw noExercise();
	const refusal = logClosed(exercise, Date.now());
	if (refusal) throw AppError.from(refusal);
	return { exercise: exercise.id, team: team.id };
}
