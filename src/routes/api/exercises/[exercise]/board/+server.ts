import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

/** The board, whole or since `?since=<sequence>&teams=<teamsKey>` of the last answer. */
export const GET: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const { muster } = event.locals;
		const sequence = Number(event.url.searchParams.get('since') ?? Number.NaN);
		const teamsKey = event.url.searchParams.get('teams') ?? '';
		const since = Number.isSafeInteger(sequence) && sequence >= 0 ? { sequence, teamsKey } : null;
		const board = await muster.views.boardAnswers.boardAnswer(muster.database, exercise, actor, since);
		const headers = {
			'content-type': 'application/json',
			'cache-control': 'no-store',
			vary: 'accept-encoding'
		};
		const packs = board.isWorthPacking && /\bgzip\b/.test(event.request.headers.get('accept-encoding') ?? '');
		if (!packs) return new Response(board.text, { headers });
		return new Response(new Uint8Array(await board.packed()), {
			headers: { ...headers, 'content-encoding': 'gzip' }
		});
	});
