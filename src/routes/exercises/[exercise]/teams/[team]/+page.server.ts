import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import { roomKey } from '#lib/exercise/looked/rooms.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ params, locals, depends }) => {
	// whoever joins the team is somebody to whom tasks are given
	depends('exercise:room', 'exercise:people');
	const { muster, session } = locals;
	// the layout has sent strangers to sign in; both run at once
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		const room = await muster.views.teamRoom.teamRoom(muster.database, exercise, actor, params.team);
		const lookedAt = await muster.looked.at(exercise, actor, roomKey({ to: 'team', team: room.team.id }));
		return { room, lookedAt };
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
