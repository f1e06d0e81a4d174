import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import { refused, textOf } from '../../../refusals.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

export const load: PageServerLoad = async ({ params, locals }) => {
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		const { plan, script } = muster.views;
		return {
			opensScenario: script.scenarioRight(exercise, actor) !== 'none',
			first: await plan.plan(muster.database, exercise, actor, null),
			lessons: await muster.improvement.retests.open(exercise, actor)
		};
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};

type Retests = App.Locals['muster']['improvement']['retests'];
type Opened = Awaited<ReturnType<App.Locals['muster']['exercises']['open']>>;

/** What planners do with open lessons; the services ask who may. */
const withLessons =
	(run: (retests: Retests, at: Opened, form: FormData) => Promise<void>) =>
	async ({ params, locals, request }: RequestEvent) => {
		const { muster, session } = locals;
		if (!session) error(401, 'Sign in first.');
		const form = await request.formData();
		try {
			const at = await muster.exercises.open(params.exercise, session.account);
			await run(muster.improvement.retests, at, form);
			return { message: '' };
		} catch (problem) {
			return refused(problem);
		}
	};

export const actions: Actions = {
	retest: withLessons((retests, { exercise, actor }, form) => {
		const [cell = '', inject = ''] = textOf(form, 'target').split('/');
		return retests.link(exercise, actor, { lesson: textOf(form, 'lesson'), cell, inject });
	}),
	untest: withLessons((retests, { exercise, actor }, form) =>
		retests.unlink(exercise, actor, textOf(form, 'retest'))
	),
	rate: withLessons((retests, { exercise, actor }, form) =>
		retests.rate(exercise, actor, textOf(form, 'retest'), textOf(form, 'rating'))
	)
};
