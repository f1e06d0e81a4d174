import { answer } from '../../../../exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** The approved version of one inject. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		return views.script.approvedInject(database, exercise, actor, event.params.cell, event.params.inject);
	});
