import { actorOf, readerOf } from '../../../library/reader.ts';
import { expected, refused, textOf } from '../../../refusals.ts';
import { lessonActOf, lessonFields, valuesOf } from '../../acts.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const reader = readerOf(locals, url);
	return { lesson: await expected(locals.muster.improvement.lessons.view(reader, params.lesson)) };
};

type Answer = { of: string; message: string; fields: Record<string, string> };
const formed =
	(of: string, run: (event: RequestEvent, form: FormData) => Promise<unknown>) =>
	async (event: RequestEvent): Promise<Answer> => {
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
		locals.muster.improvement.lessons.act(actorOf(locals), params.lesson, lessonActOf(form))
	),
	edit: formed('edit', ({ locals, params }, form) =>
		locals.muster.improvement.lessons.edit(actorOf(locals), params.lesson, valuesOf(form, lessonFields))
	),
	link: formed('link', ({ locals, params }, form) =>
		locals.muster.improvement.lessons.link(actorOf(locals), params.lesson, textOf(form, 'action'))
	),
	note: formed('note', ({ locals, params }, form) =>
		locals.muster.improvement.lessons.note(actorOf(locals), params.lesson, textOf(form, 'text'))
	)
};
