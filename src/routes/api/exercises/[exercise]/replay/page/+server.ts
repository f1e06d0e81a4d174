import { answer } from '../../answer.ts';
import { momentIn } from '../moment.ts';
import type { RequestHandler } from './$types.js';

/** A page as it stood: `document`, its name behind the exercise's; `at`, wall time, ms. For whoever may open it now. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { searchParams } = event.url;
		return event.locals.muster.replay.page(
			exercise,
			actor,
			searchParams.get('document') ?? '',
			momentIn(searchParams)
		);
	});
