import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** The reader's channels with what is new; `?looked=<channel>.<ms>,…`: when the reader last looked into each. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { database, views } = event.locals.muster;
		const looked = (event.url.searchParams.get('looked') ?? '').split(',').flatMap((part) => {
			const [id = '', at = ''] = part.split('.');
			const ms = Number(at);
			return id !== '' && Number.isSafeInteger(ms) && ms >= 0 ? [[id, ms] as const] : [];
		});
		return views.channels.list(database, exercise, actor, new Map(looked));
	});
