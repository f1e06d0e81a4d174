import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals }) => {
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		const { script } = muster.views;
		const { cell, right } = script.scriptRight(exercise, actor, params.cell);
		return {
			cell,
			mayWrite: right === 'write',
			/** a national cell writes variants of what stands there */
			opensCentral: cell !== 'central' && script.opensScript(exercise, actor, 'central'),
			opensScenario: script.scenarioRight(exercise, actor) !== 'none',
			first: await script.scriptStatuses(muster.database, exercise, actor, cell, null)
		};
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
