import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** The latest shared report of each country that the reader may receive; `?at=` as of a moment of exercise time, ms. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		const at = Number(event.url.searchParams.get('at') ?? Number.NaN);
		return views.sharedReports.sharedReports(
			database,
			exercise,
			actor,
			Number.isSafeInteger(at) ? at : undefined
		);
	});
