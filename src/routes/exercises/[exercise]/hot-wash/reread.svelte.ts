import { invalidate } from '$app/navigation';
import type { LiveExercise } from '#lib/live/exercise.svelte.ts';
import { Refresher } from '../control/refresher.ts';

/**
 * Reads the cards again when somebody added, voted or took off, and when the exercise ends or moves on. Call while a
 * component is made. `team`: only what concerns this team.
 */
export function rereadCards(live: LiveExercise, team?: () => string): void {
	let last = live.state;
	$effect(() => {
		const refresher = new Refresher(() => invalidate('exercise:hot-wash'));
		const stop = live.on(['hot-wash'], (change) => {
			if (!team || change.team === undefined || change.team === team()) refresher.request();
		});
		return () => {
			stop();
			refresher.close();
		};
	});
	$effect(() => {
		const now = live.state;
		if (now === last) return;
		last = now;
		void invalidate('exercise:hot-wash');
	});
}
