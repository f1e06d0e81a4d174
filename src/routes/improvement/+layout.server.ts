import { AppError } from '#lib/errors.ts';
import { readerOf } from '../library/reader.ts';
import type { LayoutServerLoad } from './$types.js';

/** Who reads, and what opens; null: nothing, unless the person comes with a finding or to an action of the own. */
export const load: LayoutServerLoad = async ({ locals, url }) => {
	const reader = readerOf(locals, url);
	const door = await locals.muster.improvement.door(reader).catch((problem: unknown) => {
		if (problem instanceof AppError) return null;
		throw problem;
	});
	const library = await locals.muster.library.opensTo(reader);
	return { me: { name: reader.name }, door, library };
};
