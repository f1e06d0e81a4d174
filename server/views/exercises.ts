import type { ExerciseSettings } from '#lib/exercise/exercise/schema.ts';
import type { SessionAccount } from '../accounts/sessions.ts';
import type { Exercises, ListedExercise } from '../exercises/exercises.ts';

/** The list of somebody's exercises. */
export interface ExercisesView {
	exercises: (Omit<ListedExercise, 'settings'> & {
		/** for directors, who may change them; null for others */
		settings: ExerciseSettings | null;
		/** nothing is changed any more in an exercise that is over */
		mayChange: boolean;
		/** STARTEX, ENDEX and zone are fixed once it has started */
		mayMoveTimes: boolean;
	})[];
	/** administrators make exercises; they see none but their own (DOMAIN 4.2) */
	mayCreate: boolean;
}

export async function list(exercises: Exercises, person: SessionAccount): Promise<ExercisesView> {
	const own = await exercises.list(person.id);
	return {
		exercises: own.map((one) => {
			// who has not accepted the terms has no right yet
			const directs = one.roles.includes('director') && !one.mustAccept;
			return {
				...one,
				settings: directs ? one.settings : null,
				mayChange: directs && !['closed', 'cancelled'].includes(one.state),
				mayMoveTimes: ['draft', 'planned', 'ready'].includes(one.state)
			};
		}),
		mayCreate: person.isAdministrator
	};
}
