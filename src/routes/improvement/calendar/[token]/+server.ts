import { expected } from '../../../refusals.ts';
import type { RequestHandler } from './$types.js';

/** The feed: whoever has the address reads it, without a session. It is nobody else's to keep. */
export const GET: RequestHandler = async ({ locals, params }) =>
	new Response(await expected(locals.muster.improvement.calendar.feed(params.token)), {
		headers: {
			'content-type': 'text/calendar; charset=utf-8',
			'cache-control': 'private, no-store',
			'referrer-policy': 'no-referrer'
		}
	});
