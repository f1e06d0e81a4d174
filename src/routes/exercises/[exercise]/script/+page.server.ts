import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends }) => {
	depends('exercise:scripts');
	const { muster, session } = locals;
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		const { scriptOverview } = muster.views.script;
		return {
			comments: await muster.comments.openCounts(exercise, actor),
			scripts: await scriptOverview(muster.database, exercise, actor, (name) => muster.documents.read(name))
		};
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
