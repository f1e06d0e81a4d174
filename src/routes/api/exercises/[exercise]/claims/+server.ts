import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { muster } = event.locals;
		return muster.views.conduct.claims(muster.database, exercise, actor);
	});
