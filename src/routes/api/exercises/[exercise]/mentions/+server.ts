import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** Which open comments name the reader: ids alone, so that a page can tell how many are new. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => event.locals.muster.comments.mentionsOf(exercise, actor));
