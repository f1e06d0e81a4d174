import { answer } from '../../answer.ts';
import type { RequestHandler } from './$types.js';

/** What injects that have come to a team expect of it, for its evaluators. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { muster } = event.locals;
		return muster.views.evaluation.expected(muster.database, exercise, actor, event.params.team);
	});
