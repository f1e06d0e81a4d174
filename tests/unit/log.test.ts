import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog, withoutSecrets } from '#server/log.ts';

function logged(format: 'json' | 'text', write: (log: ReturnType<typeof createLog>) => void): string {
	let text = '';
	const stream = new Writable({
		write(chunk: Buffer, _encoding, done) {
			text += chunk.toString();
			done();
		}
	});
	write(createLog({ logLevel: 'info', logFormat: format }, stream));
	return text;
}

test('links that open something are not kept', () => {
	expect(withoutSecrets('/join/abcDEF123')).toBe('/join/(hidden)');
	expect(withoutSecrets('/setup/abcDEF123/__data.json?x=1')).toBe('/setup/(hidden)/__data.json?x=1');
	expect(withoutSecrets('/improvement/calendar/abcDEF123')).toBe('/improvement/calendar/(hidden)');
	expect(withoutSecrets('/improvement/calendar')).toBe('/improvement/calendar');
	expect(withoutSecrets('/x?a=1&token=abc&b=2')).toBe('/x?a=1&token=(hidden)&b=2');
	expect(withoutSecrets('/exercises/joined')).toBe('/exercises/joined');
});

test.each(['json', 'text'] as const)('secrets are hidden by name: %s', (format) => {
	const text = logged(format, (log) =>
		log.info(
			{ cookie: 'abc', headers: { cookie: 'def', authorization: 'ghi' }, token: 'jkl', id: 'kept' },
			'said'
		)
	);
	expect(text).not.toMatch(/abc|def|ghi|jkl/);
	expect(text).toContain('kept');
	expect(text).toContain('said');
});

test('an error is told with its cause', () => {
	const error = new Error('outer', { cause: new Error('inner') });
	for (const format of ['json', 'text'] as const) {
		const text = logged(format, (log) => log.error({ err: error }, 'failed'));
		expect(text).toContain('outer');
		expect(text).toContain('inner');
	}
});

test('below the level nothing is said', () => {
	expect(logged('json', (log) => log.debug('quiet'))).toBe('');
});
