import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { database, documents, views } = event.locals.muster;
		return views.control.startChecks(database, (name) => documents.read(name), exercise, actor);
	});
