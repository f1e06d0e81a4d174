import { error, redirect } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import { isReal, markingWordOf } from '#lib/exercise/exercise/kind.ts';
import { routeIn } from '#lib/exercise/real/place.ts';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = async ({ params, locals, url, route, depends }) => {
	depends('exercise:people');
	const { muster, session } = locals;
	if (!session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		// a script does not exist in a real room; forms and interfaces are refused in hooks.server.ts
		if (!routeIn(exercise.kind, route.id))
			throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
		if (isReal(exercise)) locals.titleMark = markingWordOf(exercise);
		return await muster.views.shell.shell(muster.database, exercise, actor, session.account);
	} catch (problem) {
		if (problem instanceof AppError && problem.code === 'not-found')
			// a member who has not accepted the terms in force has no other page than theirs
			if (await muster.terms.mustAccept(params.exercise, session.account.id))
				redirect(303, `/terms/${params.exercise}?next=${encodeURIComponent(url.pathname + url.search)}`);
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
