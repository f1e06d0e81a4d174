import { randomBytes } from 'node:crypto';

/** An unguessable id: 128 random bits, base64url, 22 characters. */
export function mintId<T extends string>(): T {
	return randomBytes(16).toString('base64url') as T;
}
