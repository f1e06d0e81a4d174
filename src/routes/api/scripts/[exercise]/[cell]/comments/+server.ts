import { newCommentSchema } from '#lib/exercise/inject/comments.ts';
import { answer } from '../../../../exercises/[exercise]/answer.ts';
import { readJson } from '../../../../../exercises/[exercise]/import/body.ts';
import type { RequestHandler } from './$types.js';

/** What was said about the injects of a cell, and whom one may mention. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => event.locals.muster.comments.list(exercise, actor, event.params.cell));

export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) =>
		event.locals.muster.comments.add(
			exercise,
			actor,
			event.params.cell,
			await readJson(event.request, newCommentSchema)
		)
	);
