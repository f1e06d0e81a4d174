import { redirect } from '@sveltejs/kit';
import { expected, refused, textOf } from '../../refusals.ts';
import { actorOf, readerOf } from '../reader.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const reader = readerOf(locals, url);
	return {
		me: { name: reader.name },
		...(await expected(locals.muster.library.preview(reader, params.item)))
	};
};

export const actions: Actions = {
	use: async ({ locals, params, request }) => {
		const form = await request.formData();
		const [exercise = '', cell = ''] = textOf(form, 'target').split('/');
		let href: string;
		try {
			const made = await locals.muster.library.use(actorOf(locals), params.item, {
				exercise,
				cell,
				shiftSeconds: Number(textOf(form, 'minutes') || '0') * 60
			});
			href = made.href;
		} catch (problem) {
			return refused(problem);
		}
		redirect(303, href);
	},

	delete: async ({ locals, params }) => {
		try {
			await locals.muster.library.remove(actorOf(locals), params.item);
		} catch (problem) {
			return refused(problem);
		}
		redirect(303, '/library');
	}
};
