import { getRequestEvent } from '$app/server';
import { error, type Handle, type HandleServerError, type RequestEvent } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { inWordsOf } from '#lib/exercise/real/words.ts';
import { routeIn } from '#lib/exercise/real/place.ts';
import type { Services } from '#server/services.ts';
import { tellInWordsOf } from './routes/refusals.ts';

tellInWordsOf(() => getRequestEvent().locals.words);

/** The one place where pages meet the running server: the build has its own copy of every module (STACK G7). */
function services(): Services {
	const running = (globalThis as Record<symbol, unknown>)[Symbol.for('muster.services')];
	if (!running) throw new Error('the server has not started');
	return running as Services;
}

/** The routes that are pages: their layout answers with a page of its own (`routes/exercises/[exercise]/+layout.server.ts`). */
const pages = new Set(
	Object.keys(import.meta.glob('./routes/**/+page.svelte')).map((file) =>
		file.slice('./routes'.length, -'/+page.svelte'.length)
	)
);

/**
 * What belongs to exercises alone does not exist in a real room, and the reverse (real/place.ts): one question, before any
 * interface, file or form of a space. To whoever has no place in it, it looks as what does not exist does.
 */
async function refuseOtherKind({ route, params, request, url, locals }: RequestEvent): Promise<void> {
	const { id } = route;
	const form =
		request.method === 'POST' && url.search.startsWith('?/') ? /^\?\/(\w+)/.exec(url.search)?.[1] : '';
	const space = params['exercise'];
	if (!id?.includes('[exercise]') || space === undefined || !locals.session) return;
	if (pages.has(id) && request.method === 'GET') return;
	if (routeIn('exercise', id, form) && routeIn('real', id, form)) return;
	const { exercises } = locals.muster;
	const found = await exercises.load(space);
	if (!found || routeIn(found.kind, id, form)) return;
	const actor = await exercises.actor(found.id, locals.session.account.id as AccountId);
	if (actor.memberships.length > 0) error(404, 'There is nothing here, or it is not open to you.');
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
	const { session } = event.locals;
	event.locals.words = session
		? await muster.exercises.wordsFor(event.params['exercise'], session.account.id)
		: 'exercise';
	await refuseOtherKind(event);
	let response = await resolve(event, {
		transformPageChunk: ({ html }) => {
			const page = html.replace('%lang%', 'en');
			// as `shell/title.ts` does for what comes later
			return event.locals.titleMark ? page.replace('<title>', `<title>${event.locals.titleMark} · `) : page;
		}
	});
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
		const { message: said } = inWordsOf(event.locals.words ?? 'exercise', error.toRefusal());
		return { message: said, code: error.code, requestId };
	}
	if (status < 500) return { message, requestId };
	(muster ?? services()).log.error({ err: error, requestId, route: event.route.id }, 'a page failed');
	return { message: 'Something went wrong on the server.', code: 'internal', requestId };
};
