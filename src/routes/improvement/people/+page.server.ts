import { actorOf, readerOf } from '../../library/reader.ts';
import { expected, refused, textOf } from '../../refusals.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url }) =>
	expected(locals.muster.improvement.people.list(readerOf(locals, url).id));

export const actions: Actions = {
	name: async ({ locals, request }) => {
		const form = await request.formData();
		const values = {
			email: textOf(form, 'email'),
			role: textOf(form, 'role'),
			country: textOf(form, 'country')
		};
		try {
			await locals.muster.improvement.people.name(actorOf(locals).id, values);
			return { message: '', fields: {} as Record<string, string>, values: null };
		} catch (problem) {
			return refused(problem, { values });
		}
	},
	remove: async ({ locals, request }) => {
		const form = await request.formData();
		try {
			await locals.muster.improvement.people.remove(actorOf(locals).id, {
				account: textOf(form, 'account'),
				country: textOf(form, 'country')
			});
			return { message: '', fields: {} as Record<string, string>, values: null };
		} catch (problem) {
			return refused(problem, { values: null });
		}
	}
};
