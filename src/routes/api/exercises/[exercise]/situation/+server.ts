import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** The situation board as the reader may see it, now or as it stood at an exercise time (`at`, ms). */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		const at = Number(event.url.searchParams.get('at') ?? Number.NaN);
		return views.situation.situation(
			database,
			exercise,
			actor,
			Number.isSafeInteger(at) && at >= 0 ? at : null
		);
	});
