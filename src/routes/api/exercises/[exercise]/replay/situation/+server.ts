import { answer } from '../../answer.ts';
import { momentIn } from '../moment.ts';
import type { RequestHandler } from './$types.js';

/** The situation board as it stood at `at`, wall time, ms, as far as the reader may see it. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		return views.situation.situation(database, exercise, actor, {
			recorded: momentIn(event.url.searchParams)
		});
	});
