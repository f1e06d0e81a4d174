import { redirect } from '@sveltejs/kit';
import { formOf, textOf } from '../refusals.ts';
import { safeNext } from '../sign-in/next.ts';
import type { RequestHandler } from './$types.js';

/** Ends this session everywhere it is open, sockets too. A form, so that no link or picture can sign anybody out. */
export const POST: RequestHandler = async ({ locals, cookies, request }) => {
	const { sessions } = locals.muster.accounts;
	if (locals.session) await sessions.end(locals.session.account.id, locals.session.sessionId);
	const { name, value, options } = sessions.noCookie();
	cookies.set(name, value, options);
	// a join link that was opened with the wrong account comes back after signing in with the right one
	const form = await formOf(request).catch(() => new FormData());
	const next = safeNext(textOf(form, 'next'));
	redirect(303, `/sign-in?signed-out&next=${encodeURIComponent(next)}`);
};
