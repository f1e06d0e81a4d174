import type { ListedExercise } from '../exercises/exercises.ts';
import type { Exercises } from '../exercises/exercises.ts';
import type { SessionAccount } from '../accounts/sessions.ts';

/** The list of somebody's exercises. */
export interface ExercisesView {
	exercises: ListedExercise[];
	/** administrators make exercises; they see none but their own (DOMAIN 4.2) */
	mayCreate: boolean;
}

export async function list(exercises: Exercises, person: SessionAccount): Promise<ExercisesView> {
	return { exercises: await exercises.list(person.id), mayCreate: person.isAdministrator };
}
