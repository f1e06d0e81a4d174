import { answer } from '../../../exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** What the server says of a cell's injects: all, or what changed after `since`. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		const since = Number(event.url.searchParams.get('since') ?? NaN);
		return views.script.scriptStatuses(
			database,
			exercise,
			actor,
			event.params.cell,
			Number.isSafeInteger(since) && since >= 0 ? since : null
		);
	});
