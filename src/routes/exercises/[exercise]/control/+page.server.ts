import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import { roomKey } from '#lib/exercise/looked/rooms.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals }) => {
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		return {
			console: await muster.views.control.consolePage(muster.database, exercise, actor),
			lookedAt: await muster.looked.at(exercise, actor, roomKey({ to: 'control' }))
		};
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
