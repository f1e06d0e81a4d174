import { answer } from '../../../../../answer.ts';
import type { RequestHandler } from './$types.js';

/**
 * Where something lies that a message quotes (`?quote=0`, the first), or the summaries that were made of it. Only places
 * that the reader may read.
 */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const quote = event.url.searchParams.get('quote');
		return event.locals.muster.views.channels.linksOf(
			event.locals.muster.database,
			exercise,
			actor,
			event.params.channel,
			event.params.message,
			quote === null ? { summaries: true } : { quote: Number(quote) }
		);
	});
