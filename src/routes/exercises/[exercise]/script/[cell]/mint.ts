import type { InjectId } from '#lib/exercise/ids.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/**
 * An unguessable id for a new inject, 126 bits. Minted in the browser, so that a planner can write without waiting:
 * players never see it, release mints another one for each delivery.
 */
export function mintInjectId(): InjectId {
	const bytes = crypto.getRandomValues(new Uint8Array(21));
	return Array.from(bytes, (byte) => alphabet[byte & 63]).join('') as InjectId;
}
