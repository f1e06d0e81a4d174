import { expect, test } from 'vitest';
import { safeNext } from '../../../src/routes/sign-in/next.ts';

test.each(['/exercises/abcdefgh/control', '/join/abc?x=1#y', '/'])('goes to %s, which is here', (next) => {
	expect(safeNext(next)).toBe(next);
});

test.each([
	null,
	'',
	'https://evil.example/',
	'//evil.example/path',
	'/\\evil.example',
	'\\\\evil.example',
	'/\t/evil.example',
	'/\n//evil.example',
	'javascript:alert(1)',
	'/..//evil.example',
	'/./\\evil.example',
	`/${'a'.repeat(3000)}`
])('never leads elsewhere: %j', (next) => {
	const to = safeNext(next);
	expect(new URL(to, 'https://muster.example').origin).toBe('https://muster.example');
	expect(to.startsWith('//')).toBe(false);
});
