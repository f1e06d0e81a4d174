import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** All of the exercise as one file, for its director. */
export const GET: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const { name, body } = await event.locals.muster.transfer.archive(exercise, actor);
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
