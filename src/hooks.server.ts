import type { Handle, HandleServerError } from '@sveltejs/kit';
import { errorStatus, type ErrorCode } from '#lib/errors.ts';
import type { Services } from '#server/services.ts';

/** The one place where pages meet the running server: the build has its own copy of every module (STACK G7). */
function services(): Services {
	const running = (globalThis as Record<symbol, unknown>)[Symbol.for('muster.services')];
	if (!running) throw new Error('the server has not started');
	return running as Services;
}

export const handle: Handle = async ({ event, resolve }) => {
	const muster = services();
	event.locals.muster = muster;
	event.locals.requestId = event.request.headers.get('x-request-id') ?? crypto.randomUUID();
	event.locals.session = await muster.accounts.sessions.identify(
		event.cookies.get(muster.accounts.sessions.cookieName)
	);
	const response = await resolve(event, { transformPageChunk: ({ html }) => html.replace('%lang%', 'en') });
	// what is shown to one person is nobody else's
	if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-store');
	return response;
};

export const handleError: HandleServerError = ({ error, event, status, message }) => {
	// an AppError keeps its sentence, which was written for a person; anything else tells its number only
	const code = (error as { code?: unknown } | null)?.code;
	if (error instanceof Error && error.name === 'AppError' && typeof code === 'string' && code in errorStatus)
		return { message: error.message, code: code as ErrorCode, requestId: event.locals.requestId };
	if (status === 404) return { message, requestId: event.locals.requestId };
	event.locals.muster?.log.error({ err: error, requestId: event.locals.requestId }, 'a page failed');
	return { message: 'Something went wrong on the server.', requestId: event.locals.requestId };
};
