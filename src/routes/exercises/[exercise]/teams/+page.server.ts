import { error, redirect } from '@sveltejs/kit';
import { readsTeam } from '#lib/exercise/exercise/access.ts';
import type { PageServerLoad } from './$types.js';

/** The rooms that a person may enter; who has one only is taken there. */
export const load: PageServerLoad = async ({ parent }) => {
	const { exercise, me, teams } = await parent();
	const rooms = teams.filter((team) => readsTeam(me, team));
	const [only] = rooms;
	if (!only) error(404, 'There is nothing here, or it is not open to you.');
	if (rooms.length === 1) redirect(303, `/exercises/${exercise.id}/teams/${only.id}`);
	return { rooms };
};
