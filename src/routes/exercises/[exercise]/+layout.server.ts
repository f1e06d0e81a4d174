import { error, redirect } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = async ({ params, locals, url, depends }) => {
	depends('exercise:people');
	const { muster, session } = locals;
	if (!session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
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
