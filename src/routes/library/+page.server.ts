import { libraryKinds, type LibraryKind } from '#lib/exercise/library/content.ts';
import { expected } from '../refusals.ts';
import { readerOf } from './reader.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, url }) => {
	const reader = readerOf(locals, url);
	const kind = url.searchParams.get('kind') ?? '';
	const search = {
		text: (url.searchParams.get('q') ?? '').slice(0, 300),
		kind: ((libraryKinds as readonly string[]).includes(kind) ? kind : '') as LibraryKind | '',
		tag: (url.searchParams.get('tag') ?? '').slice(0, 40)
	};
	return {
		me: { name: reader.name },
		search,
		...(await expected(locals.muster.library.search(reader, search)))
	};
};
