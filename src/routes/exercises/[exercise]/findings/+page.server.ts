import { error } from '@sveltejs/kit';
import { expected } from '../../../refusals.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends }) => {
	depends('exercise:hot-wash');
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	return { circulated: await expected(muster.views.findings.circulated(muster, exercise, actor)) };
};
