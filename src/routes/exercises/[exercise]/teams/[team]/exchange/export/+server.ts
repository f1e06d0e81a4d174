import type { RequestHandler } from './$types.js';
import { download } from '../../../../record/download.ts';

/** Records of the team as STIX 2.1 or MISP: `format`, and `record` for each that was chosen. */
export const GET: RequestHandler = (event) =>
	download(event, (exercise, actor) =>
		event.locals.muster.interchange.write(
			exercise,
			actor,
			event.params.team,
			event.url.searchParams.get('format') === 'misp' ? 'misp' : 'stix',
			event.url.searchParams.getAll('record')
		)
	);
