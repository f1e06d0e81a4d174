import type { LayoutServerLoad } from './$types.js';

/** Who reads: for the bar of the pages outside an exercise, and to keep the session of somebody who is working. */
export const load: LayoutServerLoad = ({ locals }) => {
	const account = locals.session?.account;
	return {
		viewer: account
			? { name: account.name, isAdministrator: account.isAdministrator, timeZone: account.timeZone }
			: null
	};
};
