import { answer } from '../../answer.ts';
import type { RequestHandler } from './$types.js';

/** Every team, for exercise control. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) =>
		event.locals.muster.views.channels.allTeams(event.locals.muster.database, exercise, actor)
	);
