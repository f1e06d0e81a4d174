import type { Recipients } from '#lib/exercise/inject/schema.ts';

export const nobody = (): Recipients => ({ all: false, countries: [], levels: [], teams: [] });

/** The list with the value in it, or without it. */
export function toggled<T>(list: readonly T[], value: T): T[] {
	return list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
}
