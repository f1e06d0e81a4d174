import { redirect } from '@sveltejs/kit';
import { expected, refused, textOf } from '../../refusals.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals }) => ({
	link: await expected(locals.muster.accounts.setup.look(params.token))
});

export const actions: Actions = {
	administrator: async ({ params, request, locals, cookies }) => {
		const { setup, sessions } = locals.muster.accounts;
		const form = await request.formData();
		const who = { name: textOf(form, 'name'), email: textOf(form, 'email') };
		try {
			const accountId = await setup.acceptAdministrator(params.token, {
				...who,
				password: textOf(form, 'password')
			});
			const cookie = await sessions.create(accountId);
			cookies.set(cookie.name, cookie.value, cookie.options);
		} catch (problem) {
			return refused(problem, who);
		}
		redirect(303, '/exercises');
	},

	password: async ({ params, request, locals, cookies }) => {
		const { setup, sessions } = locals.muster.accounts;
		const form = await request.formData();
		try {
			const accountId = await setup.acceptPassword(params.token, textOf(form, 'password'));
			const cookie = await sessions.create(accountId);
			cookies.set(cookie.name, cookie.value, cookie.options);
		} catch (problem) {
			return refused(problem, { name: '', email: '' });
		}
		redirect(303, '/exercises');
	}
};
