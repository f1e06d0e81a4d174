import { describe, expect, test } from 'vitest';
import { cleanFileName, servedType } from '#server/files/kinds.ts';
import { disposition, takesFile } from '#server/files/routes.ts';

describe('names of files', () => {
	const names: [string, string][] = [
		['report.pdf', 'report.pdf'],
		['../../etc/passwd', 'passwd'],
		['C:\\Users\\x\\plan.docx', 'plan.docx'],
		['/etc/', 'file'],
		['..', 'file'],
		['', 'file'],
		['.htaccess', 'htaccess'],
		['a\r\nSet-Cookie: x.txt', 'aSet-Cookie_ x.txt'],
		['a\u0000b.txt', 'ab.txt'],
		// the mark that turns the direction would show `exe.pdf`
		['invoice\u202Efdp.exe', 'invoicefdp.exe'],
		['<b>"x"|?*.csv', '_b__x____.csv'],
		['Απάντηση.pdf', 'Απάντηση.pdf'],
		['  spaces   between .txt. ', 'spaces between .txt']
	];
	test.each(names)('%j becomes %j', (given, clean) => {
		expect(cleanFileName(given)).toBe(clean);
		expect(cleanFileName(clean)).toBe(clean);
	});

	test('are at most 200 long, with their ending, and never end in half a letter', () => {
		const long = cleanFileName(`${'ä'.repeat(400)}.docx`);
		expect(long).toHaveLength(200);
		expect(long.endsWith('ä.docx')).toBe(true);
		expect(cleanFileName(`${'𝒳'.repeat(150)}.txt`)).toMatch(/^[^\uD800]*\.txt$/u);
		expect(cleanFileName('𝒳'.repeat(150)).isWellFormed()).toBe(true);
	});

	test('in a header: one line, an old name and the real one', () => {
		expect(disposition('Lage "rot" é.pdf')).toBe(
			`attachment; filename="Lage _rot_ _.pdf"; filename*=UTF-8''Lage%20_rot_%20%C3%A9.pdf`
		);
		expect(disposition("it's (1)*\r\nX: y.txt")).toBe(
			`attachment; filename="it's (1)_X_ y.txt"; filename*=UTF-8''it%27s%20%281%29_X_%20y.txt`
		);
	});
});

test('what a browser could take for a page of ours leaves without a kind', () => {
	for (const type of ['text/html', 'image/svg+xml', 'application/xml'])
		expect(servedType(type)).toBe('application/octet-stream');
	expect(servedType('application/pdf')).toBe('application/pdf');
});

test('20 MB are allowed at the address for files alone', () => {
	expect(takesFile('/api/scripts/abc/central/files')).toBe(true);
	for (const path of [
		'/api/scripts/abc/central/files/x',
		'/api/scripts/abc/files',
		'/exercises',
		'/api/scripts/a/b/c/files'
	])
		expect(takesFile(path)).toBe(false);
});
