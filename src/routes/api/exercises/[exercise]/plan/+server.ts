import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** What the server says of the injects of all scripts open to the reader: all, or what changed after `since`. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		const since = Number(event.url.searchParams.get('since') ?? Number.NaN);
		return views.plan.plan(
			database,
			exercise,
			actor,
			Number.isSafeInteger(since) && since >= 0 ? since : null
		);
	});
