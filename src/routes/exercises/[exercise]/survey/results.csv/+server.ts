import type { RequestHandler } from './$types.js';
import { download } from '../../record/download.ts';

/** The results of the survey with all groups that can be told apart. */
export const GET: RequestHandler = (event) => {
	const { survey } = event.locals.muster;
	return download(event, (exercise, actor) => survey.exportCsv(exercise, actor));
};
