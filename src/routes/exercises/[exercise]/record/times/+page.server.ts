import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { PageServerLoad } from './$types.js';
import { readTimesQuery } from '../query.ts';

export const load: PageServerLoad = async ({ params, locals, url, depends }) => {
	depends('exercise:record');
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		const query = readTimesQuery(url.searchParams, exercise.timeZone);
		return { times: await muster.views.record.times(muster.database, exercise, actor, query), query };
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
