import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { clientAddress } from '#server/client-address.ts';

const request = (forwarded?: string | string[]) =>
	({
		socket: { remoteAddress: '10.0.0.9' },
		headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
	}) as unknown as IncomingMessage;

test('without a proxy nobody may claim an address', () => {
	expect(clientAddress(request('1.2.3.4'), 0)).toBe('10.0.0.9');
});

test('with proxies it is what the outermost of them saw', () => {
	expect(clientAddress(request('1.2.3.4'), 1)).toBe('1.2.3.4');
	expect(clientAddress(request('6.6.6.6, 1.2.3.4'), 1)).toBe('1.2.3.4');
	expect(clientAddress(request('6.6.6.6, 1.2.3.4, 10.0.0.1'), 2)).toBe('1.2.3.4');
	expect(clientAddress(request(['6.6.6.6', '1.2.3.4']), 1)).toBe('1.2.3.4');
});

test('a request that came past the proxies is counted by its own address', () => {
	expect(clientAddress(request(), 1)).toBe('10.0.0.9');
	expect(clientAddress(request(''), 2)).toBe('10.0.0.9');
});
