import { answer } from '../../answer.ts';
import type { RequestHandler } from './$types.js';

/** Whom a team may ask for information, for its players. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) =>
		event.locals.muster.views.requests.targets(
			event.locals.muster.database,
			exercise,
			actor,
			event.params.team
		)
	);
