import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types.js';
import { expected } from '../../../refusals.ts';
import { readStatisticsQuery } from './query.ts';

export const load: PageServerLoad = async ({ params, locals, url, depends, parent }) => {
	depends('exercise:statistics');
	const { muster, session } = locals;
	// the layout sends whoever is not signed in to do so
	if (!session) error(401, 'Sign in first.');
	// Kit sends 200 with a refusal of the layout when something of the page is still on its way
	await parent();
	const { exercise, actor } = await expected(muster.exercises.open(params.exercise, session.account));
	const opened = await expected(muster.views.statistics.open(muster.database, exercise, actor));
	const query = readStatisticsQuery(url.searchParams);
	// a large exercise takes seconds to count: the page comes first, and says so if it goes wrong
	const figures = muster.views.statistics.figures(opened, query);
	figures.catch(() => undefined);
	return { query, who: opened.page, figures };
};
