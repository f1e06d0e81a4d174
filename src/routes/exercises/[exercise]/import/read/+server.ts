import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import { readUpload } from '../body.ts';
import { exchangeOf } from '../exchange.ts';
import type { RequestHandler } from './$types.js';

/** Takes a file, whole, as the body; opens it and proposes how to read it. */
export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const bytes = await readUpload(event.request);
		const fileName = decodeName(event.request.headers.get('x-file-name') ?? '');
		return exchangeOf(event.locals).read(exercise, actor, event.url.searchParams.get('cell') ?? '', {
			bytes,
			fileName
		});
	});

function decodeName(header: string): string {
	try {
		return decodeURIComponent(header);
	} catch {
		return header;
	}
}
