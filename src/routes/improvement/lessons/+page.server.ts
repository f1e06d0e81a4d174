import { error } from '@sveltejs/kit';
import { readerOf } from '../../library/reader.ts';
import { expected } from '../../refusals.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const reader = readerOf(locals, url);
	const { door } = await parent();
	if (door === null) error(404, 'There is nothing here, or it is not open to you.');
	const { searchParams } = url;
	const word = (name: string) => (searchParams.get(name) ?? '').slice(0, 60);
	const filter = {
		text: (searchParams.get('q') ?? '').slice(0, 300),
		country: word('country'),
		state: word('state'),
		capability: word('capability'),
		recurring: word('recurring') === 'yes'
	};
	return { filter, ...(await expected(locals.muster.improvement.lessons.list(reader, filter))) };
};
