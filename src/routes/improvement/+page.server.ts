import { error, redirect } from '@sveltejs/kit';
import { actorOf, readerOf } from '../library/reader.ts';
import { expected, refused, textOf } from '../refusals.ts';
import { actOf } from './acts.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const reader = readerOf(locals, url);
	const { door } = await parent();
	if (door === null) error(404, 'There is nothing here, or it is not open to you.');
	if (!door.sees) redirect(303, '/improvement/people');
	const { searchParams } = url;
	const word = (name: string) => (searchParams.get(name) ?? '').slice(0, 60);
	const filter = {
		country: word('country'),
		state: word('state'),
		capability: word('capability'),
		source: word('source'),
		overdue: word('overdue') === 'yes',
		mine: word('mine') === 'yes',
		sort: word('sort') || 'due'
	};
	return {
		view: searchParams.get('view') === 'table' ? ('table' as const) : ('board' as const),
		filter,
		...(await expected(locals.muster.improvement.actions.list(reader, filter)))
	};
};

export const actions: Actions = {
	act: async ({ locals, request }) => {
		const form = await request.formData();
		try {
			const state = await locals.muster.improvement.actions.act(
				actorOf(locals),
				textOf(form, 'id'),
				actOf(form)
			);
			return { state };
		} catch (problem) {
			return refused(problem);
		}
	}
};
