import { z } from 'zod';
import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import { readJson } from '../body.ts';
import type { RequestHandler } from './$types.js';

const schema = z.object({
	file: z.string().max(40),
	sheet: z.number().int().min(0).max(1000),
	/** absent: let Muster look for it; null: there is none */
	headerRow: z.number().int().min(0).max(1_048_576).nullable().optional()
});

/** Proposes anew how to read a file: another sheet, or another row of headings. */
export const POST: RequestHandler = (event) =>
	answer(event, async (_exercise, actor) => {
		const { file, sheet, headerRow } = await readJson(event.request, schema);
		return event.locals.muster.scriptExchange.propose(actor, file, sheet, headerRow);
	});
