import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** Reports that are due or late, for exercise control and moderators. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		return views.dueReports.dueReports(database, exercise, actor);
	});
