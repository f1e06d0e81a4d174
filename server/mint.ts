import { randomBytes } from 'node:crypto';

/**
 * An unguessable id: 128 random bits, base64url, 22 characters. Never with a "-" first: an operator types it after an
 * option (`muster exercise erase <id>`), where it would be taken for one, and a spreadsheet would take it for a formula.
 */
export function mintId<T extends string>(): T {
	for (;;) {
		const id = randomBytes(16).toString('base64url');
		if (!id.startsWith('-')) return id as T;
	}
}
