import { error } from '@sveltejs/kit';
import type { RequestHandler } from './$types.js';
import { download } from '../../../../record/download.ts';

/** A version of a submitted report as a file: `<record>.early_warning.1.pdf`. */
export const GET: RequestHandler = (event) => {
	const [, record, report, version, format] =
		/^([A-Za-z0-9_-]{8,40})\.([a-z_]+(?:-\d{1,2})?)\.([1-9]\d{0,3})\.(docx|pdf)$/.exec(event.params.file) ??
		[];
	if (!record || !report) error(404, 'There is nothing here, or it is not open to you.');
	const { database, views } = event.locals.muster;
	return download(event, (exercise, actor) =>
		views.papers.exportNotification(
			{ database, exercise, actor, format: format as 'docx' | 'pdf' },
			event.params.team,
			record,
			report,
			Number(version)
		)
	);
};
