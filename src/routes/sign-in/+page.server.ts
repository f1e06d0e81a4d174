import { redirect } from '@sveltejs/kit';
import { refused, textOf } from '../refusals.ts';
import { safeNext } from './next.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url }) => {
	const next = safeNext(url.searchParams.get('next'));
	if (locals.session) redirect(303, next);
	return { next, signedOut: url.searchParams.has('signed-out') };
};

export const actions: Actions = {
	default: async ({ request, locals, cookies, getClientAddress }) => {
		const { accounts } = locals.muster;
		const form = await request.formData();
		const email = textOf(form, 'email');
		try {
			const accountId = await accounts.signIn({
				email,
				password: textOf(form, 'password'),
				address: getClientAddress()
			});
			const cookie = await accounts.sessions.create(accountId);
			cookies.set(cookie.name, cookie.value, cookie.options);
		} catch (problem) {
			return refused(problem, { email: email.slice(0, 254) });
		}
		redirect(303, safeNext(textOf(form, 'next')));
	}
};
