import { answer } from '../../../../../../api/exercises/[exercise]/answer.ts';
import { readUpload } from '../../../../import/body.ts';
import type { RequestHandler } from './$types.js';

/** Takes the file of a form and says what is in it; nothing is kept. */
export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const { bytes } = await readUpload(event.request);
		return event.locals.muster.interchange.preview(exercise, actor, event.params.team, bytes);
	});
