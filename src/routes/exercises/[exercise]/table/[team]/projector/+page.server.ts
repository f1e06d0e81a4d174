import { error } from '@sveltejs/kit';
import { expected } from '../../../../../refusals.ts';
import type { PageServerLoad } from './$types.js';

/** What everybody in the room sees: the team's timeline, which has nothing that was not released. */
export const load: PageServerLoad = async ({ params, locals, url, depends }) => {
	depends('exercise:survey');
	const { muster, session } = locals;
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	const [{ team, timeline, discussion }, surveyCode] = await expected(
		Promise.all([
			muster.views.table.table(muster.database, exercise, actor, params.team),
			muster.survey.openCode(exercise, actor)
		])
	);
	return { team, timeline, discussion, surveyCode, host: url.host };
};
