import { redirect } from '@sveltejs/kit';
import { actorOf, readerOf } from '../../../library/reader.ts';
import { expected, refused, textOf } from '../../../refusals.ts';
import { newLessonFields, valuesOf } from '../../acts.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url }) => {
	const reader = readerOf(locals, url);
	const exercise = (url.searchParams.get('exercise') ?? '').slice(0, 60);
	const finding = (url.searchParams.get('finding') ?? '').slice(0, 60);
	return expected(locals.muster.improvement.lessons.proposal(reader, exercise, finding));
};

export const actions: Actions = {
	add: async ({ locals, request }) => {
		const values = valuesOf(await request.formData(), newLessonFields);
		let id: string;
		try {
			id = await locals.muster.improvement.lessons.add(actorOf(locals), values);
		} catch (problem) {
			return refused(problem, { values });
		}
		redirect(303, `/improvement/lessons/${id}`);
	},

	/** The finding is the same lesson once more. */
	source: async ({ locals, request }) => {
		const form = await request.formData();
		const id = textOf(form, 'lesson');
		try {
			await locals.muster.improvement.lessons.addSource(
				actorOf(locals),
				id,
				textOf(form, 'exercise'),
				textOf(form, 'finding')
			);
		} catch (problem) {
			return refused(problem, { values: {} as Record<string, string> });
		}
		redirect(303, `/improvement/lessons/${id}`);
	}
};
