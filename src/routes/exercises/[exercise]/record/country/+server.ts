import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** What one country takes along, as one file: for its moderators and the director. */
export const GET: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const country = event.url.searchParams.get('country');
		const { name, body } = await event.locals.muster.transfer.country(exercise, actor, country);
		return new Response(body, {
			headers: {
				'content-type': 'application/zip',
				// the name holds letters, digits, `-` and `_` only
				'content-disposition': `attachment; filename="${name}"`,
				'cache-control': 'no-store',
				'x-content-type-options': 'nosniff'
			}
		});
	});
