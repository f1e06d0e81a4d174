import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** The plan of a script as a calendar: `?cell=GR`. */
export const GET: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const cell = event.url.searchParams.get('cell') ?? '';
		const { bytes, fileName, mediaType } = await event.locals.muster.transfer.calendar(exercise, actor, cell);
		return new Response(bytes as Uint8Array<ArrayBuffer>, {
			headers: {
				'content-type': mediaType,
				// the name holds letters, digits, `-` and `_` only
				'content-disposition': `attachment; filename="${fileName}"`,
				'cache-control': 'no-store',
				'x-content-type-options': 'nosniff'
			}
		});
	});
