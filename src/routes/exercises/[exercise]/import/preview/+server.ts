import { z } from 'zod';
import { selectionSchema } from '#lib/exercise/inject/spreadsheet/preview.ts';
import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import { readJson } from '../body.ts';
import type { RequestHandler } from './$types.js';

const schema = z.object({ cell: z.string().max(20), file: z.string().max(40), selection: selectionSchema });

/** What the import would do; does nothing. */
export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const { cell, file, selection } = await readJson(event.request, schema);
		return event.locals.muster.scriptExchange.preview(exercise, actor, cell, file, selection);
	});
