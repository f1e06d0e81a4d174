import { answer } from '../../answer.ts';
import type { RequestHandler } from './$types.js';

/** Messages since `?since=<ms>` that mention the reader. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const since = Number(event.url.searchParams.get('since') ?? 0);
		return event.locals.muster.views.channels.mentions(
			event.locals.muster.database,
			exercise,
			actor,
			Number.isSafeInteger(since) && since >= 0 ? since : 0
		);
	});
