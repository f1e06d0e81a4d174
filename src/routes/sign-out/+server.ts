import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types.js';

/** Ends this session everywhere it is open, sockets too. A form, so that no link or picture can sign anybody out. */
export const POST: RequestHandler = async ({ locals, cookies }) => {
	const { sessions } = locals.muster.accounts;
	if (locals.session) await sessions.end(locals.session.account.id, locals.session.sessionId);
	const { name, value, options } = sessions.noCookie();
	cookies.set(name, value, options);
	redirect(303, '/sign-in?signed-out');
};
