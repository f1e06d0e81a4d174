import { z } from 'zod';

type Inner<Type> = Type extends z.ZodDefault<infer T> ? T : Type;

/**
 * Some fields of a record's content, to change these and no others: what is left out stays as it is, also where a new
 * record would get a default.
 */
export function changesOf<Shape extends z.ZodRawShape>(content: z.ZodObject<Shape>) {
	const fields = Object.fromEntries(
		Object.entries(content.shape).map(([key, type]) => [
			key,
			type instanceof z.ZodDefault ? type.unwrap() : type
		])
	) as { [K in keyof Shape]: Inner<Shape[K]> };
	return z.object(fields).partial();
}
