import type { RequestHandler } from './$types.js';
import { download } from '../download.ts';

/** The after-action report as DOCX. */
export const GET: RequestHandler = (event) => {
	const { database, documents, views } = event.locals.muster;
	return download(event, (exercise, actor) =>
		views.record.exportReport({ database, documents }, exercise, actor)
	);
};
