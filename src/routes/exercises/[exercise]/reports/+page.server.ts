import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends }) => {
	depends('exercise:due-reports');
	const { muster, session } = locals;
	// the layout has sent strangers to sign in; both run at once
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		return { due: await muster.views.dueReports.dueReports(muster.database, exercise, actor) };
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
