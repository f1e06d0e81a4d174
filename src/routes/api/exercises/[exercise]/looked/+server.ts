import { z } from 'zod';
import { readJson } from '../../../../exercises/[exercise]/import/body.ts';
import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

const schema = z.object({ room: z.string().max(60), upTo: z.number().int().min(0) });

/** The person has looked at a room, up to the newest entry on the screen. */
export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const { room, upTo } = await readJson(event.request, schema);
		return event.locals.muster.looked.mark(exercise, actor, room, upTo);
	});
