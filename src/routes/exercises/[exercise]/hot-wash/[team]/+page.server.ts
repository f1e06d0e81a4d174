import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends, url }) => {
	depends('exercise:hot-wash');
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		const [board, surveyCode] = await Promise.all([
			muster.views.hotWash.board(muster.database, exercise, actor, params.team),
			muster.survey.openCode(exercise, actor)
		]);
		return { board, surveyCode, host: url.host };
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
