import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import { readUpload } from '../body.ts';
import type { RequestHandler } from './$types.js';

/** Takes the file of a form; opens it and proposes how to read it. */
export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const { scriptExchange } = event.locals.muster;
		const cell = event.url.searchParams.get('cell') ?? '';
		// before anything is read: strangers need not send 20 MB to be refused
		scriptExchange.requireImport(exercise, actor, cell);
		return scriptExchange.read(exercise, actor, cell, await readUpload(event.request));
	});
