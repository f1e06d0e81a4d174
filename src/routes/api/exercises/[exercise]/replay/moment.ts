import { AppError } from '#lib/errors.ts';

/** The moment that a question names: `at`, wall time, ms. */
export function momentIn(query: URLSearchParams): number {
	const text = query.get('at') ?? '';
	const at = Number(text);
	// what PostgreSQL and JavaScript both call a date
	if (!/^\d{1,15}$/.test(text) || at > 8.64e15 - 1)
		throw new AppError(
			'invalid',
			'Say with “at” at which moment: milliseconds of the wall clock since 1970.'
		);
	return Math.min(at, 253_402_300_799_000);
}
