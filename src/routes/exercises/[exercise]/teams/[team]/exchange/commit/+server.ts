import { AppError } from '#lib/errors.ts';
import { answer } from '../../../../../../api/exercises/[exercise]/answer.ts';
import { textOf } from '../../../../../../refusals.ts';
import type { RequestHandler } from './$types.js';

/** Takes the same file again with what was chosen of it (`chosen`, repeated) and the key of this try (`key`); `relabel`: the person's own name, for what is marked as of the other kind. */
export const POST: RequestHandler = (event) =>
	answer(event, async (exercise, actor) => {
		const form = await event.request.formData().catch(() => new FormData());
		const file = form.get('file');
		const key = form.get('key');
		if (!(file instanceof Blob) || typeof key !== 'string') throw new AppError('invalid', 'Choose a file.');
		return event.locals.muster.interchange.take(
			exercise,
			actor,
			event.params.team,
			new Uint8Array(await file.arrayBuffer()),
			form.getAll('chosen').map(String),
			key,
			textOf(form, 'relabel')
		);
	});
