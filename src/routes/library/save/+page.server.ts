import { redirect } from '@sveltejs/kit';
import { expected, refused, textOf } from '../../refusals.ts';
import { actorOf, readerOf } from '../reader.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url }) => {
	const reader = readerOf(locals, url);
	const { library } = locals.muster;
	const scripts = await expected(library.scripts(reader));
	const wanted = url.searchParams.get('script') ?? '';
	const chosen = wanted || (scripts[0] ? `${scripts[0].exercise.id}/${scripts[0].cell}` : '');
	const [exercise = '', cell = ''] = chosen.split('/');
	return {
		me: { name: reader.name },
		scripts,
		script: chosen,
		choices: chosen ? await expected(library.choices(reader, exercise, cell)) : null
	};
};

export const actions: Actions = {
	default: async ({ locals, request }) => {
		const form = await request.formData();
		const [exercise = '', cell = ''] = textOf(form, 'script').split('/');
		let href: string;
		try {
			const made = await locals.muster.library.save(actorOf(locals), exercise, cell, {
				kind: textOf(form, 'kind'),
				title: textOf(form, 'title'),
				summary: textOf(form, 'summary'),
				tags: textOf(form, 'tags')
					.split(',')
					.map((tag) => tag.trim())
					.filter(Boolean),
				tlp: textOf(form, 'tlp'),
				injects: form.getAll('inject')
			});
			href = made.length === 1 ? `/library/${made[0]}` : '/library';
		} catch (problem) {
			return refused(problem);
		}
		redirect(303, href);
	}
};
