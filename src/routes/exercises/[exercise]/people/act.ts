import { deserialize } from '$app/forms';
import { invalidate } from '$app/navigation';
import { AppError } from '#lib/errors.ts';
import { t } from '#lib/text/index.ts';

/**
 * One act on the people of the exercise: sends the form's values, then reads the page anew. Throws `AppError`, with a sentence
 * for each field that is wrong.
 */
export async function act(
	name: string,
	values: FormData | Record<string, string | Blob>
): Promise<Record<string, unknown>> {
	let body: FormData;
	if (values instanceof FormData) body = values;
	else {
		body = new FormData();
		for (const [key, value] of Object.entries(values)) body.set(key, value);
	}
	const response = await fetch(`?/${name}`, {
		method: 'POST',
		body,
		headers: { 'x-sveltekit-action': 'true' }
	}).catch(() => {
		throw new AppError('unavailable', t('common.error.failed'));
	});
	const result = deserialize(await response.text());
	if (result.type === 'success') {
		if (name !== 'preview') await invalidate('exercise:people');
		return result.data ?? {};
	}
	if (result.type === 'failure') {
		const { message, fields } = (result.data ?? {}) as { message?: string; fields?: Record<string, string> };
		throw new AppError('invalid', message || t('common.error.failed'), { details: { fields } });
	}
	throw new AppError(
		'internal',
		result.type === 'error' && typeof result.error?.message === 'string'
			? result.error.message
			: t('common.error.failed')
	);
}
