import { actorOf, readerOf } from '../../library/reader.ts';
import { expected, refused, textOf } from '../../refusals.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url }) => ({
	countries: await expected(locals.muster.improvement.actions.countries(readerOf(locals, url)))
});

export const actions: Actions = {
	share: async ({ locals, request }) => {
		const form = await request.formData();
		const country = textOf(form, 'country');
		try {
			await locals.muster.improvement.people.share(actorOf(locals).id, {
				country,
				level: textOf(form, 'level'),
				offersPlanners: form.has('offersPlanners')
			});
			return { country, message: '' };
		} catch (problem) {
			return refused(problem, { country });
		}
	}
};
