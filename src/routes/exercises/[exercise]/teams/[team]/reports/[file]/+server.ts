import { error } from '@sveltejs/kit';
import type { RequestHandler } from './$types.js';
import { download } from '../../../../record/download.ts';

/** An approved situation report as a file: `3.docx`, `3.pdf`. */
export const GET: RequestHandler = (event) => {
	const [, number, format] = /^([1-9]\d{0,3})\.(docx|pdf)$/.exec(event.params.file) ?? [];
	if (!number) error(404, 'There is nothing here, or it is not open to you.');
	const { database, views } = event.locals.muster;
	return download(event, (exercise, actor) =>
		views.papers.exportSituationReport(
			{ database, exercise, actor, format: format as 'docx' | 'pdf' },
			event.params.team,
			Number(number)
		)
	);
};
