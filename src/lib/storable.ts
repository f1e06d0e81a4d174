/**
 * What people type and programs send, without what PostgreSQL cannot hold: the NUL character, in text and in JSON, and
 * halves of surrogate pairs, in JSON. Other values stay the same object, so nothing is copied without need.
 */
export function storable<T>(value: T, depth = 0): T {
	if (typeof value === 'string') return storableText(value) as T;
	if (value === null || typeof value !== 'object' || depth > deepest) return value;
	if (Array.isArray(value)) {
		const clean = value.map((one: unknown) => storable(one, depth + 1));
		return clean.some((one, i) => one !== value[i]) ? (clean as T) : value;
	}
	const kind: unknown = Object.getPrototypeOf(value);
	// a date, a file, a shared type: not ours to rebuild
	if (kind !== Object.prototype && kind !== null) return value;
	const entries = Object.entries(value);
	const clean = entries.map(([key, one]) => [storableText(key), storable(one, depth + 1)] as const);
	return clean.some(([key, one], i) => key !== entries[i]![0] || one !== entries[i]![1])
		? (Object.fromEntries(clean) as T)
		: value;
}

/** Deeper than any input; what is nested deeper is refused by its schema. */
const deepest = 60;

export function storableText(text: string): string {
	return text.includes('\0') || !text.isWellFormed() ? text.replaceAll('\0', '').toWellFormed() : text;
}
