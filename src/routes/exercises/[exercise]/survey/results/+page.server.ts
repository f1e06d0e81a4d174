import { error } from '@sveltejs/kit';
import { readFilter } from '#lib/exercise/survey/results.ts';
import { expected, refused, textOf } from '../../../../refusals.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends, url }) => {
	depends('exercise:survey');
	const { muster, session } = locals;
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	const filter = readFilter(url.searchParams.get('by'), url.searchParams.get('is'));
	return { filter, view: await expected(muster.survey.results(exercise, actor, filter)) };
};

export const actions: Actions = {
	conclude: async ({ locals, params, request }) => {
		const { muster, session } = locals;
		if (!session) error(401, 'Sign in first.');
		const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
		try {
			await muster.survey.conclude(exercise, actor, textOf(await request.formData(), 'summary'));
			return {};
		} catch (problem) {
			return refused(problem);
		}
	}
};
