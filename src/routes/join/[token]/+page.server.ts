import { redirect } from '@sveltejs/kit';
import { expected, refused, textOf } from '../../refusals.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals }) => {
	const account = locals.session?.account;
	return {
		token: params.token,
		join: await expected(locals.muster.accounts.viewJoin(params.token, account?.id ?? null)),
		me: account ? { name: account.name, email: account.email } : null
	};
};

export const actions: Actions = {
	/** somebody new, or somebody imported who chooses a password */
	register: async ({ params, request, locals, cookies }) => {
		const { invitations, sessions } = locals.muster.accounts;
		const form = await request.formData();
		const who = { name: textOf(form, 'name'), email: textOf(form, 'email') };
		let exercise: string;
		try {
			const joined = await invitations.accept(params.token, { ...who, password: textOf(form, 'password') });
			exercise = joined.exerciseId;
			const cookie = await sessions.create(joined.accountId);
			cookies.set(cookie.name, cookie.value, cookie.options);
		} catch (problem) {
			return refused(problem, who);
		}
		redirect(303, `/exercises/${exercise}`);
	},

	/** with the account that is signed in */
	join: async ({ params, locals, url }) => {
		const { session } = locals;
		if (!session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`);
		let exercise: string;
		try {
			exercise = (
				await locals.muster.accounts.invitations.accept(params.token, { accountId: session.account.id })
			).exerciseId;
		} catch (problem) {
			return refused(problem, { name: '', email: '' });
		}
		redirect(303, `/exercises/${exercise}`);
	}
};
