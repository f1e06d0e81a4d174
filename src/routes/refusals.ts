import { error, fail } from '@sveltejs/kit';
import { AppError, type Refusal } from '#lib/errors.ts';
import type { ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import { inWordsOf } from '#lib/exercise/real/words.ts';
import { storableText } from '#lib/storable.ts';

let wordsNow: () => ExerciseKind = () => 'exercise';

/** In whose words refusals are told: said once, at the start, by `hooks.server.ts`, which knows what is asked for. */
export function tellInWordsOf(words: () => ExerciseKind): void {
	wordsNow = words;
}

/** Between the services' errors and SvelteKit's; in the words of the exercise or real room whose page it is. */
export function refusalOf(problem: unknown): (Refusal & { status: number }) | null {
	if (!(problem instanceof AppError)) return null;
	return { ...inWordsOf(wordsNow(), problem.toRefusal()), status: problem.status };
}

/** For `load`: what is refused becomes the page for its status. */
export async function expected<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (problem) {
		const refusal = refusalOf(problem);
		if (refusal) error(refusal.status, { message: refusal.message, code: refusal.code });
		throw problem;
	}
}

/** For form actions: what is refused goes back beside the form, sentence by field; anything else is a fault of ours. */
export function refused<V extends Record<string, unknown>>(problem: unknown, values: V = {} as V) {
	const refusal = refusalOf(problem);
	if (!refusal) throw problem;
	const fields = (refusal.details?.['fields'] ?? {}) as Record<string, string>;
	return fail(refusal.status, { ...values, message: refusal.message, fields });
}

/** The form of a request to an endpoint; of something else it is a refusal, and no fault of ours. */
export async function formOf(request: Request): Promise<FormData> {
	try {
		return await request.formData();
	} catch (cause) {
		throw new AppError('invalid', 'This request is not understood.', { cause });
	}
}

/** A text field of a form; a file or nothing is an empty text. */
export function textOf(form: FormData, name: string): string {
	const value = form.get(name);
	return typeof value === 'string' ? storableText(value) : '';
}
