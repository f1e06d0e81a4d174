import { z } from 'zod';
import { answer } from '../../../../../exercises/[exercise]/answer.ts';
import { readJson } from '../../../../../../exercises/[exercise]/import/body.ts';
import type { RequestHandler } from './$types.js';

const schema = z.object({ resolved: z.boolean() });

/** Settles a comment, or opens it again. */
export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const { resolved } = await readJson(event.request, schema);
		const { cell, comment } = event.params;
		return event.locals.muster.comments.resolve(exercise, actor, cell, comment, resolved);
	});
