import { error } from '@sveltejs/kit';
import { expected, refused, textOf } from '../../../refusals.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends }) => {
	depends('exercise:hot-wash');
	const { muster, session } = locals;
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	return { report: await expected(muster.views.aar.report(muster, exercise, actor)) };
};

async function opened({ locals, params }: RequestEvent) {
	const { muster, session } = locals;
	if (!session) error(401, 'Sign in first.');
	return { muster, ...(await expected(muster.exercises.open(params.exercise, session.account))) };
}

export const actions: Actions = {
	freeze: async (event) => {
		const { muster, exercise, actor } = await opened(event);
		try {
			const form = await event.request.formData();
			const extent = textOf(form, 'extent');
			return {
				frozen: await muster.views.aar.freezeReport(muster, exercise, actor, {
					extent,
					country: extent === 'national' ? textOf(form, 'country') : null,
					number: textOf(form, 'number')
				})
			};
		} catch (problem) {
			return refused(problem);
		}
	},
	verify: async (event) => {
		const { muster, exercise, actor } = await opened(event);
		try {
			return { verdict: await muster.views.aar.verify(muster.database, exercise, actor) };
		} catch (problem) {
			return refused(problem);
		}
	}
};
