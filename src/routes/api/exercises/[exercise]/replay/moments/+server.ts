import { answer } from '../../answer.ts';
import type { RequestHandler } from './$types.js';

/** When a page was changed, and by whom: `document`, its name behind the exercise's. For whoever may open it now. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) =>
		event.locals.muster.replay.moments(exercise, actor, event.url.searchParams.get('document') ?? '')
	);
