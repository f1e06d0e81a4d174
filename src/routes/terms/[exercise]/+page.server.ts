import { error, fail, redirect } from '@sveltejs/kit';
import { refused, textOf } from '../../refusals.ts';
import { safeNext } from '../../sign-in/next.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** The terms of confidentiality of an exercise: the one page that opens before they are accepted. */
export const load: PageServerLoad = async ({ params, locals, url }) => {
	const { muster, session } = locals;
	if (!session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
	const terms = await muster.terms.page(params.exercise, session.account.id);
	if (!terms) error(404, 'There is nothing here, or it is not open to you.');
	return {
		terms,
		me: { name: session.account.name, timeZone: session.account.timeZone },
		next: nextOf(url.searchParams.get('next'), params.exercise)
	};
};

/** Back to the page that was asked for, inside this exercise and nowhere else. */
function nextOf(wanted: string | null, exercise: string): string {
	const home = `/exercises/${exercise}`;
	const next = safeNext(wanted);
	return next === home || next.startsWith(`${home}/`) ? next : home;
}

export const actions: Actions = {
	default: async ({ params, locals, request, url }) => {
		const { muster, session } = locals;
		if (!session) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
		const form = await request.formData();
		if (!form.has('agree')) return fail(400, { message: 'unticked' as const });
		try {
			await muster.terms.accept(params.exercise, session.account.id, {
				version: Number(textOf(form, 'version')),
				sha256: textOf(form, 'sha256')
			});
		} catch (problem) {
			return refused(problem);
		}
		redirect(303, nextOf(url.searchParams.get('next'), params.exercise));
	}
};
