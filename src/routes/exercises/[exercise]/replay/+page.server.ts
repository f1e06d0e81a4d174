import { error } from '@sveltejs/kit';
import { expected } from '../../../refusals.ts';
import type { PageServerLoad } from './$types.js';

/** What the reader may look back at; what stood when is read from there. */
export const load: PageServerLoad = async ({ params, locals }) => {
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	return { replay: await expected(muster.views.replay.replay(muster.database, exercise, actor)) };
};
