import { error, redirect } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { RequestHandler } from './$types.js';

/**
 * The short address of a survey, as it is shown on a projector: leads whoever is in that exercise to its form. For anybody
 * else there is nothing, whether there is such a code or not.
 */
export const GET: RequestHandler = async ({ params, locals, url }) => {
	const { muster, session } = locals;
	if (!session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`);
	const exercise = await muster.survey.exerciseOf(params.code);
	if (exercise)
		try {
			await muster.exercises.open(exercise, session.account);
			redirect(303, `/exercises/${exercise}/survey`);
		} catch (problem) {
			if (!(problem instanceof AppError)) throw problem;
			// who has to accept terms first has no other page than theirs
			if (await muster.terms.mustAccept(exercise, session.account.id))
				redirect(303, `/terms/${exercise}?next=${encodeURIComponent(`/exercises/${exercise}/survey`)}`);
		}
	error(404, 'There is no survey at this address.');
};
