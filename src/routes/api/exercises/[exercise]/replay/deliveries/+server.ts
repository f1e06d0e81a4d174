import { answer } from '../../answer.ts';
import { momentIn } from '../moment.ts';
import type { RequestHandler } from './$types.js';

/** The console's figures as they stood at `at`, wall time, ms: for exercise control, and moderators for their countries. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		return views.replayDeliveries.replayDeliveries(
			database,
			exercise,
			actor,
			momentIn(event.url.searchParams)
		);
	});
