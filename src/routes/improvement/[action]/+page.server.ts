import { actorOf, readerOf } from '../../library/reader.ts';
import { expected, refused, textOf } from '../../refusals.ts';
import { actionFields, actOf, valuesOf } from '../acts.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const reader = readerOf(locals, url);
	return { action: await expected(locals.muster.improvement.actions.view(reader, params.action)) };
};

/** Which form was sent is told with the answer: each shows its own sentence. */
const formed =
	(of: string, run: (event: RequestEvent, form: FormData) => Promise<unknown>) =>
	async (event: RequestEvent): Promise<{ of: string; message: string; fields: Record<string, string> }> => {
		const form = await event.request.formData();
		try {
			await run(event, form);
			return { of, message: '', fields: {} };
		} catch (problem) {
			return refused(problem, { of }) as never;
		}
	};

export const actions: Actions = {
	act: formed('act', ({ locals, params }, form) =>
		locals.muster.improvement.actions.act(actorOf(locals), params.action, actOf(form))
	),
	edit: formed('edit', ({ locals, params }, form) =>
		locals.muster.improvement.actions.edit(
			actorOf(locals),
			params.action,
			Number(textOf(form, 'version')),
			valuesOf(form, actionFields)
		)
	),
	evidence: formed('evidence', ({ locals, params }, form) =>
		locals.muster.improvement.actions.addEvidence(actorOf(locals), params.action, {
			text: textOf(form, 'text'),
			link: textOf(form, 'link')
		})
	),
	note: formed('note', ({ locals, params }, form) =>
		locals.muster.improvement.actions.note(actorOf(locals), params.action, textOf(form, 'text'))
	)
};
