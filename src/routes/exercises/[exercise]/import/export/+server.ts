import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** A script as a file: `?cell=GR&format=xlsx`. */
export const GET: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const format = event.url.searchParams.get('format') === 'csv' ? 'csv' : 'xlsx';
		const cell = event.url.searchParams.get('cell') ?? '';
		const { bytes, fileName, mediaType } = await event.locals.muster.scriptExchange.export(
			exercise,
			actor,
			cell,
			format
		);
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
