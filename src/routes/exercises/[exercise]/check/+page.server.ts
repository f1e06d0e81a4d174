import { error, redirect } from '@sveltejs/kit';
import { expected, refused, textOf } from '../../../refusals.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** No page of its own: the notice on every page posts here. */
export const load: PageServerLoad = ({ params }) => redirect(303, `/exercises/${params.exercise}`);

export const actions: Actions = {
	default: async ({ locals, params, request }) => {
		const { muster, session } = locals;
		if (!session) error(401, 'Sign in first.');
		const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
		try {
			const check = textOf(await request.formData(), 'check');
			await muster.readiness.communication.confirm(exercise, actor, check);
			return {};
		} catch (problem) {
			return refused(problem);
		}
	}
};
