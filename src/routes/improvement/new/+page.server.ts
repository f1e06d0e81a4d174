import { redirect } from '@sveltejs/kit';
import { actorOf, readerOf } from '../../library/reader.ts';
import { expected, refused } from '../../refusals.ts';
import { newActionFields, valuesOf } from '../acts.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** A new action; from the review of an exercise it comes with its finding. */
export const load: PageServerLoad = async ({ locals, url }) => {
	const reader = readerOf(locals, url);
	const exercise = (url.searchParams.get('exercise') ?? '').slice(0, 60);
	const finding = (url.searchParams.get('finding') ?? '').slice(0, 60);
	return expected(locals.muster.improvement.actions.proposal(reader, exercise, finding));
};

export const actions: Actions = {
	default: async ({ locals, request }) => {
		const values = valuesOf(await request.formData(), newActionFields);
		let id: string;
		try {
			id = await locals.muster.improvement.actions.propose(actorOf(locals), values);
		} catch (problem) {
			return refused(problem, { values });
		}
		redirect(303, `/improvement/${id}`);
	}
};
