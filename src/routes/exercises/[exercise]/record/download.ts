import { error, type RequestEvent } from '@sveltejs/kit';
import { AppError } from '#lib/errors.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { ExportFile } from '#server/exchange/record/file.ts';

type Event = Pick<RequestEvent<Record<string, string>>, 'locals' | 'params'>;

/** Sends a file made for this reader with the rights of this moment. No cache keeps it, no browser shows it as a page. */
export async function download(
	{ locals, params }: Event,
	make: (exercise: Exercise, actor: Actor) => Promise<ExportFile>
): Promise<Response> {
	const { muster, session } = locals;
	if (!session) error(401, 'Sign in first.');
	try {
		const { exercise, actor } = await muster.exercises.open(params['exercise'] ?? '', session.account);
		const file = await make(exercise, actor);
		return new Response(file.body, {
			headers: {
				'content-type': file.type,
				// the name is made of letters, digits and hyphens alone
				'content-disposition': `attachment; filename="${file.name}"`,
				'cache-control': 'private, no-store',
				'x-content-type-options': 'nosniff'
			}
		});
	} catch (problem) {
		if (problem instanceof AppError) error(problem.status, problem.message);
		throw problem;
	}
}
