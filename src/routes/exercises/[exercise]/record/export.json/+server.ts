import { readFilters } from '#lib/exercise/record/filters.ts';
import type { RequestHandler } from './$types.js';
import { download } from '../download.ts';

/** The record with the filters of the page, as JSON. */
export const GET: RequestHandler = (event) => {
	const { database, views } = event.locals.muster;
	return download(event, (exercise, actor) =>
		views.record.exportJson(database, exercise, actor, readFilters(event.url.searchParams, exercise.timeZone))
	);
};
