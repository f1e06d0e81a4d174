import { answer } from '../../exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** The injects of all cells in one list, for exercise control. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database, documents } = event.locals.muster;
		return views.script.mergedScript(database, exercise, actor, (name) => documents.read(name));
	});
