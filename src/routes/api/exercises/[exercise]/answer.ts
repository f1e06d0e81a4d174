import type { RequestEvent } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import { refusalOf } from '../../../refusals.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';

type Event = RequestEvent<Record<string, string>>;

/**
 * Answers a read of an exercise as JSON. The reader is who the session says, with the rights of this moment; what is
 * missing and what is not open to the reader look the same (PROMISES R5). Nothing here may be kept by a cache.
 */
export async function answer(
	{ locals, params }: Pick<Event, 'locals' | 'params'>,
	read: (exercise: Exercise, actor: Actor) => Promise<unknown>
): Promise<Response> {
	try {
		if (!locals.session) throw new AppError('unauthenticated', 'Sign in first.');
		const { exercise, actor } = await locals.muster.exercises.open(
			params['exercise'] ?? '',
			locals.session.account
		);
		const value = await read(exercise, actor);
		return value instanceof Response
			? value
			: Response.json(value, { headers: { 'cache-control': 'no-store' } });
	} catch (problem) {
		const found = refusalOf(problem);
		if (!found) throw problem;
		const { status, ...refusal } = found;
		return Response.json(refusal, { status });
	}
}
