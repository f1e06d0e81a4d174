import { error } from '@sveltejs/kit';
import { actorOf, readerOf } from '../../library/reader.ts';
import { expected, refused } from '../../refusals.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const reader = readerOf(locals, url);
	if ((await parent()).door === null) error(404, 'There is nothing here, or it is not open to you.');
	return { madeAt: await expected(locals.muster.improvement.calendar.madeAt(reader)) };
};

export const actions: Actions = {
	renew: async ({ locals }) => {
		try {
			const reader = actorOf(locals);
			await locals.muster.improvement.door(reader);
			return { address: await locals.muster.improvement.calendar.renew(reader), message: '' };
		} catch (problem) {
			return refused(problem);
		}
	},
	close: async ({ locals }) => {
		try {
			await locals.muster.improvement.calendar.close(actorOf(locals));
			return { address: '', message: '' };
		} catch (problem) {
			return refused(problem);
		}
	}
};
