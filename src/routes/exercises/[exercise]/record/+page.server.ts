import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import { readFilters } from '#lib/exercise/record/filters.ts';
import type { PageServerLoad } from './$types.js';
import { readPlace } from './query.ts';

export const load: PageServerLoad = async ({ params, locals, url, depends }) => {
	depends('exercise:record');
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		const filters = readFilters(url.searchParams, exercise.timeZone);
		const record = await muster.views.record.facts(
			muster.database,
			exercise,
			actor,
			filters,
			readPlace(url.searchParams)
		);
		return { record, filters };
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
