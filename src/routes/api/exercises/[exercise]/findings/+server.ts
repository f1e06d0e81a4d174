import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** Findings that wait for an answer which the reader may give. */
export const GET: RequestHandler = (event) => {
	const { database, views } = event.locals.muster;
	return answer(event, (exercise, actor) => views.findings.waiting(database, exercise, actor));
};
