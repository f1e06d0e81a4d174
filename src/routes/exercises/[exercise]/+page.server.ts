import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types.js';
import { homeOf } from './shell/navigation.ts';

export const load: PageServerLoad = async ({ parent }) => {
	const { exercise, me, cells } = await parent();
	redirect(303, homeOf({ exercise, me, cells }));
};
