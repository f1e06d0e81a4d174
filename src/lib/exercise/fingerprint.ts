import { digest } from 'lib0/hash/sha256';

/**
 * SHA-256 over plain JSON with sorted keys, as hex. Browser and server compute the same: whoever approves says which
 * text was on the screen, and the server refuses if the text has changed since.
 */
export function fingerprint(value: unknown): string {
	const bytes = digest(new TextEncoder().encode(canonical(value)));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** JSON with sorted keys and without undefined values. */
export function canonical(value: unknown): string {
	if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	const entries = Object.entries(value as Record<string, unknown>)
		.filter(([, v]) => v !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([key, v]) => `${JSON.stringify(key)}:${canonical(v)}`);
	return `{${entries.join(',')}}`;
}
