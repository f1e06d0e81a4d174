import { formOf, textOf } from '../../../../refusals.ts';
import { answer } from '../../../../api/exercises/[exercise]/answer.ts';
import type { RequestHandler } from './$types.js';

/** The run-by-hand kit. The passphrase comes in the body of a POST, so that no log of addresses holds it. */
export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const form = await formOf(event.request);
		const { name, bytes } = await event.locals.muster.readiness.kits.make(
			exercise,
			actor,
			textOf(form, 'passphrase'),
			textOf(form, 'again')
		);
		return new Response(bytes as Uint8Array<ArrayBuffer>, {
			headers: {
				'content-type': 'application/zip',
				'content-disposition': `attachment; filename="${name}"`,
				'cache-control': 'no-store'
			}
		});
	});
