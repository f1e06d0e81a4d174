import type { RequestHandler } from './$types.js';
import { download } from '../../record/download.ts';

/** The situation board as a table: `format` csv or xlsx, `at` an exercise time in ms. */
export const GET: RequestHandler = (event) => {
	const { database, views } = event.locals.muster;
	const at = Number(event.url.searchParams.get('at') ?? Number.NaN);
	return download(event, (exercise, actor) =>
		views.situation.exportBoard(database, exercise, actor, {
			at: Number.isSafeInteger(at) && at >= 0 ? at : null,
			format: event.url.searchParams.get('format') === 'csv' ? 'csv' : 'xlsx'
		})
	);
};
