import { error } from '@sveltejs/kit';
import { isControl } from '#lib/exercise/exercise/access.ts';
import { expected } from '../../../../refusals.ts';
import type { PageServerLoad } from './$types.js';

/** For exercise control: what hangs in its room shows all countries. */
export const load: PageServerLoad = async ({ params, locals }) => {
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	if (!isControl(actor)) error(404, 'There is no such exercise, or you have no role in it.');
	const { scope } = await expected(muster.views.control.consolePage(muster.database, exercise, actor));
	return { scope };
};
