import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** How far something would go: `?team=&tlp=&teams=a,b&channels=c`. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		return views.reach.reach(database, exercise, actor, event.url.searchParams);
	});
