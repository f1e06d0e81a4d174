import { error } from '@sveltejs/kit';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { Survey } from '#server/survey/survey.ts';
import { expected, refused, textOf } from '../../../refusals.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends, url }) => {
	depends('exercise:survey');
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	return { survey: await expected(muster.survey.view(exercise, actor)), origin: url.host };
};

/** Every act asks for the right anew; a refusal goes back beside the form. */
function act(work: (survey: Survey, exercise: Exercise, actor: Actor, form: FormData) => Promise<unknown>) {
	return async ({ locals, params, request }: RequestEvent) => {
		const { muster, session } = locals;
		if (!session) error(401, 'Sign in first.');
		const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
		try {
			return { done: await work(muster.survey, exercise, actor, await request.formData()) };
		} catch (problem) {
			return refused(problem);
		}
	};
}

/** What a page sends as one field, because it is a list of questions or answers; null: it is no JSON. */
function jsonOf(form: FormData, name: string): unknown {
	try {
		return JSON.parse(textOf(form, name)) as unknown;
	} catch {
		return null;
	}
}

export const actions: Actions = {
	make: act((survey, exercise, actor) => survey.make(exercise, actor)),
	save: act((survey, exercise, actor, form) =>
		survey.save(exercise, actor, Number(textOf(form, 'version')), jsonOf(form, 'form'))
	),
	open: act((survey, exercise, actor) => survey.open(exercise, actor)),
	close: act((survey, exercise, actor) => survey.close(exercise, actor)),
	answer: act((survey, exercise, actor, form) =>
		survey.answer(exercise, actor, {
			answers: jsonOf(form, 'answers'),
			anonymous: textOf(form, 'anonymous') !== 'no',
			receipt: textOf(form, 'receipt')
		})
	),
	mine: act((survey, exercise, actor, form) => survey.mine(exercise, actor, textOf(form, 'receipt')))
};
