import type { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { storable } from '#lib/storable.ts';

/** The checked value, or `invalid` with the first sentence to show and all of them by field (`startsAt`, `teams.3.name`). */
export function check<T>(schema: z.ZodType<T>, input: unknown): T {
	const result = schema.safeParse(storable(input));
	if (result.success) return result.data;
	const fields: Record<string, string> = {};
	for (const issue of result.error.issues) fields[issue.path.join('.')] ??= issue.message;
	throw new AppError('invalid', result.error.issues[0]?.message ?? 'This is not valid.', {
		details: { fields }
	});
}
