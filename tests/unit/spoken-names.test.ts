import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../src/', import.meta.url).pathname;

/*
 * Text out of sight stands apart as a block of its own: what is read aloud gets a space before it. A name such as
 * "Acknowledge: Gates stay shut" therefore belongs whole into `aria-label`.
 */
it('no hidden text begins with a mark that belongs to the word before it', () => {
	const broken = globSync('**/*.svelte', { cwd: root }).filter((file) =>
		/class="sr-only"\s*>\s*[:;,.)]/.test(readFileSync(root + file, 'utf8'))
	);
	expect(broken).toEqual([]);
});
