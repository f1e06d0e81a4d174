import type { Handle, HandleServerError } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { Services } from '#server/services.ts';

/** The one place where pages meet the running server: the build has its own copy of every module (STACK G7). */
function services(): Services {
	const running = (globalThis as Record<symbol, unknown>)[Symbol.for('muster.services')];
	if (!running) throw new Error('the server has not started');
	return running as Services;
}

/** SvelteKit answers whatever is thrown with 500; a refusal has a status of its own. */
const statusOfRefusal = new WeakMap<App.Locals, number>();

export const handle: Handle = async ({ event, resolve }) => {
	const muster = services();
	event.locals.muster = muster;
	// set by server/http.ts, which overwrites what a caller sends
	event.locals.requestId = event.request.headers.get('x-request-id') ?? crypto.randomUUID();
	event.locals.session = await muster.accounts.sessions.identify(
		event.cookies.get(muster.accounts.sessions.cookieName)
	);
	let response = await resolve(event, { transformPageChunk: ({ html }) => html.replace('%lang%', 'en') });
	const status = statusOfRefusal.get(event.locals);
	if (status && response.status === 500)
		response = new Response(response.body, { status, headers: response.headers });
	// what is shown to one person is nobody else's
	if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-store');
	return response;
};

export const handleError: HandleServerError = ({ error, event, status, message }) => {
	const { requestId, muster } = event.locals;
	// an AppError keeps its sentence, which was written for a person; anything else tells its number only
	if (error instanceof AppError && error.code !== 'internal') {
		statusOfRefusal.set(event.locals, error.status);
		return { message: error.message, code: error.code, requestId };
	}
	if (status < 500) return { message, requestId };
	(muster ?? services()).log.error({ err: error, requestId, route: event.route.id }, 'a page failed');
	return { message: 'Something went wrong on the server.', code: 'internal', requestId };
};
