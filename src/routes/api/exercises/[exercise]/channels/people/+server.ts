import { answer } from '../../answer.ts';
import type { RequestHandler } from './$types.js';

/** Whom the reader may name in a private exchange. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) =>
		event.locals.muster.views.channels.candidates(event.locals.muster.database, exercise, actor)
	);
