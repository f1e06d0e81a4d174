import { error } from '@sveltejs/kit';
import { expected } from '../../../../refusals.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	const [table, surveyCode] = await expected(
		Promise.all([
			muster.views.table.table(muster.database, exercise, actor, params.team),
			muster.survey.openCode(exercise, actor)
		])
	);
	return { table, surveyCode, host: url.host };
};
