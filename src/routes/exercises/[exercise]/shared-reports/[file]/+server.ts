import { error } from '@sveltejs/kit';
import type { RequestHandler } from './$types.js';
import { download } from '../../record/download.ts';

/** A report that was shared with the reader, as a file: `<id>.docx`, `<id>.pdf`. */
export const GET: RequestHandler = (event) => {
	const [, id, format] = /^([A-Za-z0-9_-]{8,40})\.(docx|pdf)$/.exec(event.params.file) ?? [];
	if (!id) error(404, 'There is nothing here, or it is not open to you.');
	const { database, views } = event.locals.muster;
	return download(event, (exercise, actor) =>
		views.papers.exportSharedReport({ database, exercise, actor, format: format as 'docx' | 'pdf' }, id)
	);
};
