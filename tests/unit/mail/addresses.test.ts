import { describe, expect, test } from 'vitest';
import { isMailAddress, readMailAddresses } from '#lib/mail-address.ts';

describe('addresses that people type or paste', () => {
	const lists: [string, string, string[]][] = [
		['one a line', 'a@port.example\r\nb@port.example\n', ['a@port.example', 'b@port.example']],
		['commas, semicolons, blanks', 'a@x.example, b@x.example;c@x.example d@x.example', ['a', 'b', 'c', 'd']],
		['as a mail program copies them', 'Port desk <a@x.example>, Crisis desk <b@x.example>', ['a', 'b']],
		['a comma in the name', '"Desk, port" <a@x.example>; Desk, rail <b@x.example>', ['a', 'b']],
		['both on one line', 'Port desk <a@x.example>, b@x.example', ['a', 'b']],
		['links and a full stop', 'mailto:a@x.example.', ['a']],
		['the same twice, in other letters', 'a@x.example, A@X.example', ['a']],
		['nothing', ' \n;, ', []]
	];
	test.each(lists)('%s', (_, text, expected) => {
		const addresses = expected.map((one) => (one.includes('@') ? one : `${one}@x.example`));
		expect(readMailAddresses(text)).toEqual({
			addresses: expect.arrayContaining(addresses) as string[],
			wrong: []
		});
		expect(readMailAddresses(text).addresses).toHaveLength(addresses.length);
	});

	test('what is no address is named, and takes nothing else with it', () => {
		expect(readMailAddresses('a@x.example, port desk, b@, <c@x.example')).toEqual({
			addresses: ['a@x.example'],
			wrong: ['port', 'desk', 'b@', '<c@x.example']
		});
		expect(readMailAddresses('Desk <nobody>').wrong).toEqual(['nobody']);
	});

	test('[R18] nothing that a mail server could read as a header or a second mailbox', () => {
		for (const hostile of ['a@x.example\0', 'a@x.example\u2028b', '"a"@x.example', 'a@x@y', 'a\t@x', 'a,b@x'])
			expect(isMailAddress(hostile), hostile).toBe(false);
		expect(readMailAddresses('<a@x.example\nBcc: b@x.example>').addresses).not.toContain('a@x.example');
	});

	test('a megabyte of brackets is read at once', () => {
		const begun = performance.now();
		readMailAddresses('<'.repeat(500_000) + '>'.repeat(500_000));
		expect(performance.now() - begun).toBeLessThan(1000);
	});
});
