import type { RequestHandler } from './$types.js';
import { download } from '../../../record/download.ts';

/** A frozen version as it was frozen: DOCX or PDF. */
export const GET: RequestHandler = (event) => {
	const { database, views } = event.locals.muster;
	const { version, format } = event.params;
	return download(event, (exercise, actor) =>
		views.aar.frozenFile(database, exercise, actor, Number(version), format)
	);
};
