import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals }) => {
	const { muster, session } = locals;
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		const right = muster.views.script.scenarioRight(exercise, actor);
		if (right === 'none') throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
		return { mayWrite: right === 'write' };
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
