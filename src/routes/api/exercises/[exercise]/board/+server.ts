import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { answer } from '../answer.ts';
import type { RequestHandler } from './$types.js';

const compress = promisify(gzip);
/** Below this a board is smaller than what packing it costs. */
const worthPacking = 16_384;

/** The board, whole or since `?since=<sequence>&teams=<teamsKey>` of the last answer. */
export const GET: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const { muster } = event.locals;
		const sequence = Number(event.url.searchParams.get('since') ?? Number.NaN);
		const teamsKey = event.url.searchParams.get('teams') ?? '';
		const since = Number.isSafeInteger(sequence) && sequence >= 0 ? { sequence, teamsKey } : null;
		const text = await muster.views.board.boardJson(muster.database, exercise, actor, since);
		const headers = {
			'content-type': 'application/json',
			'cache-control': 'no-store',
			vary: 'accept-encoding'
		};
		const packs =
			text.length > worthPacking && /\bgzip\b/.test(event.request.headers.get('accept-encoding') ?? '');
		if (!packs) return new Response(text, { headers });
		// the largest board shrinks to a sixth in some 40 ms, on another thread
		const packed = await compress(text, { level: constants.Z_BEST_SPEED });
		return new Response(new Uint8Array(packed), { headers: { ...headers, 'content-encoding': 'gzip' } });
	});
