import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals }) => {
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		return { first: await muster.views.situation.situation(muster.database, exercise, actor, null) };
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
