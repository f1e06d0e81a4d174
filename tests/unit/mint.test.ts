import { expect, test } from 'vitest';
import { mintId } from '#server/mint.ts';

test('an id is 22 characters of base64url, never the same one, and never looks like an option or a formula', () => {
	const ids = Array.from({ length: 5000 }, () => mintId<string>());
	expect(new Set(ids).size).toBe(ids.length);
	for (const id of ids) expect(id).toMatch(/^[\w][\w-]{21}$/);
});
