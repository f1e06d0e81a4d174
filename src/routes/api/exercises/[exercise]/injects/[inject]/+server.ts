import { answer } from '../../answer.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) =>
		event.locals.muster.views.injects.injectDetail(
			event.locals.muster.database,
			exercise,
			actor,
			event.params.inject
		)
	);
