import { error } from '@sveltejs/kit';
import { expected, refused, textOf } from '../../../refusals.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** What the exercise has mailed and could not mail: for directors. */
export const load: PageServerLoad = async ({ params, locals, url, depends }) => {
	depends('exercise:mail');
	const { muster, session } = locals;
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	const filter = { state: url.searchParams.get('state') ?? '', search: url.searchParams.get('q') ?? '' };
	return {
		page: await expected(muster.mail.list(exercise, actor, filter)),
		filter,
		isSetUp: muster.mail.isSetUp
	};
};

export const actions: Actions = {
	retry: async ({ params, locals, request }) => {
		const { muster, session } = locals;
		if (!session) error(401, 'Sign in first.');
		const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
		try {
			const again = await muster.mail.retry(
				exercise,
				actor,
				textOf(await request.formData(), 'mail') || null
			);
			muster.mail.look();
			return { again };
		} catch (problem) {
			return refused(problem);
		}
	}
};
