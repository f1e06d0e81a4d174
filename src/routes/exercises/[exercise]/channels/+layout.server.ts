import { error } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = async ({ params, locals, depends }) => {
	depends('exercise:channels');
	const { muster, session } = locals;
	// the layout above has sent strangers to sign in; both run at once
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params.exercise, session.account);
		// what is new is counted once the browser has said since when
		const list = await muster.views.channels.list(muster.database, exercise, actor, new Map());
		const channels = list.channels.map((one) => ({ ...one, unread: 0, mentions: 0 }));
		return { list: { ...list, channels } };
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
};
