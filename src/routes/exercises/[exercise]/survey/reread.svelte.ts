import { invalidate } from '$app/navigation';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';

/** Reads the survey again when it was opened, closed or changed, and when the exercise moves on. */
export function rereadSurvey(live: LiveExercise): void {
	let last = live.state;
	$effect(() =>
		live.on(['hot-wash'], (change) => {
			// cards of a team are something else
			if (change.team === undefined) void invalidate('exercise:survey');
		})
	);
	$effect(() => {
		if (live.state === last) return;
		last = live.state;
		void invalidate('exercise:survey');
	});
}
