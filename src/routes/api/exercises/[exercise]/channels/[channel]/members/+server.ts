import { answer } from '../../../answer.ts';
import type { RequestHandler } from './$types.js';

/** Who is in a channel, for whoever reads it. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) =>
		event.locals.muster.views.channels.members(
			event.locals.muster.database,
			exercise,
			actor,
			event.params.channel
		)
	);
