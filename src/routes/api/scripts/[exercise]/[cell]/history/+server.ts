import { answer } from '../../../../exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** Who changed what in a cell's script, newest first; `?inject=` only there, `?older=` behind an earlier answer. */
export const GET: RequestHandler = (event) =>
	answer(event, (exercise, actor) => {
		const { views, database } = event.locals.muster;
		const { searchParams } = event.url;
		return views.scriptHistory.scriptHistory(database, exercise, actor, event.params.cell, {
			inject: searchParams.get('inject'),
			older: searchParams.get('older')
		});
	});
