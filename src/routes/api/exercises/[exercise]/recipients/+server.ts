import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** Whom a team may write to: `?team=`. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		return views.reach.recipients(database, exercise, actor, event.url.searchParams.get('team') ?? '');
	});
