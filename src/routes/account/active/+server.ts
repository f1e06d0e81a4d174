import type { RequestHandler } from './$types.js';

/** A sign of life: that the session was asked for (hooks.server.ts) has prolonged it. */
export const POST: RequestHandler = ({ locals }) =>
	new Response(null, { status: locals.session ? 204 : 401 });
