import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import { isDirector } from '#lib/exercise/exercise/access.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		const cells = await muster.scriptExchange.cells(exercise, actor);
		if (cells.length === 0)
			throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
		const wanted = cells.find(({ cell }) => cell === url.searchParams.get('cell'));
		const chosen = wanted ?? cells.find(({ right }) => right === 'write') ?? cells[0]!;
		const kept = await muster.transfer.mappings.list(actor.accountId);
		return {
			scripts: cells,
			chosen: chosen.cell,
			mayArchive: isDirector(actor),
			keptMappings: kept.map(({ name }) => name)
		};
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
