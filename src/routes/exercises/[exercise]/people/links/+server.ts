import { error } from '@sveltejs/kit';
import { expected } from '../../../../refusals.ts';
import type { RequestHandler } from './$types.js';

/** The list of personal links, as a file. Making it replaces the links of an earlier list, so it is a POST. */
export const POST: RequestHandler = async ({ locals, params }) => {
	if (!locals.session) error(401, 'Sign in first.');
	const people = await expected(locals.muster.accounts.people.open(params.exercise, locals.session.account));
	return new Response(await people.personalLinks(), {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': 'attachment; filename="personal-links.csv"',
			'cache-control': 'no-store'
		}
	});
};
