import { expect, test } from 'vitest';
import { cookieFor, readCookie } from '#server/accounts/sessions.ts';

test('[R19] the cookie is bound to the host wherever browsers allow it', () => {
	for (const origin of ['https://muster.example.eu', 'http://localhost:3000', 'http://127.0.0.1:3000'])
		expect(cookieFor(origin)).toEqual({ name: '__Host-muster', secure: true });
	// plain http on a network: browsers refuse `Secure` there
	expect(cookieFor('http://192.168.1.5:3000')).toEqual({ name: 'muster', secure: false });
});

test('a cookie header that is not one is nobody’s', () => {
	expect(readCookie('a=1; __Host-muster=abc; b=2', '__Host-muster')).toBe('abc');
	expect(readCookie('x__Host-muster=abc', '__Host-muster')).toBeNull();
	for (const header of [undefined, '', ';;;', '%%%=%E0%A4%A', '='.repeat(100_000)])
		expect(readCookie(header, '__Host-muster')).toBeNull();
});
