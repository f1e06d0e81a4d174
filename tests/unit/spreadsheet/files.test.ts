import { deflateRawSync, crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { AppError } from '#lib/errors.ts';
import { newInject } from '#lib/exercise/inject/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { exportFileName, exportRows, exportTitle } from '#lib/exercise/inject/spreadsheet/export.ts';
import { spreadsheetLimits } from '#server/exchange/spreadsheet/limits.ts';
import { readSpreadsheet } from '#server/exchange/spreadsheet/read.ts';
import { checkSheetBounds } from '#server/exchange/spreadsheet/sheet-bounds.ts';
import { storeZip } from '#server/exchange/spreadsheet/store-zip.ts';
import { writeCsv, writeXlsx } from '#server/exchange/spreadsheet/write.ts';
import { contextOf, importSheet } from './exercise.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A workbook of one sheet with this XML; `prefix` as in `x:worksheet`. */
function workbook(
	sheetData: string,
	more: Record<string, Uint8Array> = {},
	prefix = ''
): Map<string, Uint8Array> {
	const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
	const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
	const p = prefix === '' ? '' : `${prefix}:`;
	const ns = prefix === '' ? `xmlns="${main}"` : `xmlns:${prefix}="${main}"`;
	return new Map(
		Object.entries({
			'[Content_Types].xml': bytes(
				'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
			),
			'xl/workbook.xml': bytes(
				`<${p}workbook ${ns} xmlns:r="${relations}"><${p}sheets><${p}sheet name="MSEL" sheetId="1" r:id="rId1"/></${p}sheets></${p}workbook>`
			),
			'xl/_rels/workbook.xml.rels': bytes(
				`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`
			),
			'xl/worksheets/sheet1.xml': bytes(
				`<${p}worksheet ${ns}><${p}sheetData>${sheetData}</${p}sheetData></${p}worksheet>`
			),
			...more
		})
	);
}

interface Entry {
	name: string;
	data: Uint8Array;
	/** what the archive says is the unpacked size; the truth by default */
	says?: number;
	encrypted?: boolean;
}

/** A deflated archive with whatever lies a test wants to tell. */
function zip(entries: readonly Entry[]): Uint8Array {
	const locals: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const { name, data, says = data.length, encrypted = false } of entries) {
		const packed = deflateRawSync(data);
		const header = Buffer.alloc(30);
		header.writeUInt32LE(0x04034b50, 0);
		header.writeUInt16LE(20, 4);
		header.writeUInt16LE(encrypted ? 1 : 0, 6);
		header.writeUInt16LE(8, 8);
		header.writeUInt32LE(crc32(data), 14);
		header.writeUInt32LE(packed.length, 18);
		header.writeUInt32LE(says, 22);
		header.writeUInt16LE(name.length, 26);
		const entry = Buffer.alloc(46);
		entry.writeUInt32LE(0x02014b50, 0);
		header.copy(entry, 6, 4, 30);
		entry.writeUInt32LE(offset, 42);
		locals.push(header, Buffer.from(name), packed);
		directory.push(entry, Buffer.from(name));
		offset += header.length + name.length + packed.length;
	}
	const central = Buffer.concat(directory);
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(entries.length, 8);
	end.writeUInt16LE(entries.length, 10);
	end.writeUInt32LE(central.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...locals, central, end]);
}
const zipOf = (parts: ReadonlyMap<string, Uint8Array>, more: readonly Entry[] = []) =>
	zip([...[...parts].map(([name, data]) => ({ name, data })), ...more]);

const cell = (at: string, text: string) => `<c r="${at}" t="str"><v>${text}</v></c>`;
const oneRow = `<row r="1">${cell('A1', 'ID')}${cell('B1', 'Title')}</row>`;

async function refusal(file: Uint8Array, name = 'script.xlsx'): Promise<AppError> {
	const error = await readSpreadsheet(file, name).then(
		() => null,
		(cause: unknown) => cause
	);
	expect(error).toBeInstanceOf(AppError);
	// one sentence, or two, for a person
	expect((error as AppError).message).toMatch(/^[A-Z“].{10,160}\.$/);
	return error as AppError;
}

describe('workbooks', () => {
	it('reads texts, numbers, booleans, dates and times', async () => {
		const file = await writeExcelFile([
			[{ value: 'Text' }, { value: 'Date' }],
			[{ value: 12.5 }, { value: true }],
			[
				{ value: new Date(Date.UTC(2026, 5, 10, 9, 30)), type: Date, format: 'yyyy-mm-dd hh:mm' },
				{ value: '00:45' }
			]
		]).toBuffer();
		const [sheet] = await readSpreadsheet(file, 'a.xlsx');
		expect(sheet!.rows).toEqual([
			['Text', 'Date'],
			[12.5, true],
			[new Date(Date.UTC(2026, 5, 10, 9, 30)), '00:45']
		]);
	});

	it('reads XML with a namespace prefix', async () => {
		const data = '<x:row r="1"><x:c r="A1" t="str"><x:v>Group</x:v></x:c><x:c r="C1" s="0" /></x:row>';
		const [sheet] = await readSpreadsheet(zipOf(workbook(data, {}, 'x')), 'a.xlsx');
		expect(sheet).toMatchObject({ name: 'MSEL', rows: [['Group']] });
	});

	it('empty rows far below cost nothing', async () => {
		const [sheet] = await readSpreadsheet(zipOf(workbook(`${oneRow}<row r="900000"/>`)), 'a.xlsx');
		expect(sheet!.rows.length).toBe(1);
	});

	it('an archive stored without compression is the parts', async () => {
		const [sheet] = await readSpreadsheet(storeZip(workbook(oneRow)), 'a.xlsx');
		expect(sheet!.rows).toEqual([['ID', 'Title']]);
	});
});

describe('text', () => {
	const rows = async (data: Uint8Array, name = 'a.csv') => (await readSpreadsheet(data, name))[0]!.rows;

	it('commas, semicolons, tabs, bars, and the hint of Excel', async () => {
		const expected = [
			['ID', 'Titel'],
			['1', 'Hafen, Kran; Ost']
		];
		expect(await rows(bytes('ID,Titel\n1,"Hafen, Kran; Ost"'))).toEqual(expected);
		expect(await rows(bytes('ID;Titel\r\n1;"Hafen, Kran; Ost"\r\n'))).toEqual(expected);
		expect(await rows(bytes('ID\tTitel\n1\tHafen, Kran; Ost'), 'a.tsv')).toEqual(expected);
		expect(await rows(bytes('ID|Titel\n1|Hafen, Kran; Ost'))).toEqual(expected);
		expect(await rows(bytes('sep=;\r\nID;Titel\r\n1;"Hafen, Kran; Ost"'))).toEqual(expected);
	});

	it('UTF-8 with and without mark, UTF-16, Windows-1252', async () => {
		const expected = [['ID', 'Zürich – Café']];
		expect(await rows(bytes('\ufeffID;Zürich – Café'))).toEqual(expected);
		expect(await rows(Buffer.from('\ufeffID;Zürich – Café', 'utf16le'))).toEqual(expected);
		expect(
			await rows(
				Buffer.from([...Buffer.from('ID;Z\xfcrich ', 'latin1'), 0x96, ...Buffer.from(' Caf\xe9', 'latin1')])
			)
		).toEqual(expected);
	});

	it('rows of different lengths and quotes in the middle', async () => {
		expect(await rows(bytes('A,B,C\n1\n2,say "hi",x,y'))).toEqual([
			['A', 'B', 'C'],
			['1'],
			['2', 'say "hi"', 'x', 'y']
		]);
	});

	it('has no columns, or a quotation mark without end', async () => {
		expect((await refusal(bytes('just some words\nand more'), 'a.csv')).message).toMatch(/no columns/);
		expect((await refusal(bytes(`A,B\n1,"${'x'.repeat(5_000_000)}`), 'a.csv')).code).toBe('invalid');
	});
});

describe('what is no spreadsheet gets one clear sentence', () => {
	it.each([
		['an empty file', new Uint8Array(), /empty/],
		['.xls', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1), /old Excel/],
		[
			'a protected workbook',
			Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.from('EncryptedPackage', 'utf16le')]),
			/password/
		],
		['a PDF', bytes('%PDF-1.7\n…'), /PDF/],
		['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a), /picture/],
		['JSON', bytes('{"a": [1, 2]}'), /JSON/],
		['a web page called .xls', bytes('<html><table><tr><td>1</td></tr></table></html>'), /web page/],
		['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1]), /not a spreadsheet/],
		[
			'.ods',
			zip([
				{ name: 'mimetype', data: bytes('application/vnd.oasis.opendocument.spreadsheet') },
				{ name: 'content.xml', data: bytes('<x/>') }
			]),
			/OpenDocument/
		],
		['.docx', zip([{ name: 'word/document.xml', data: bytes('<x/>') }]), /Word/],
		['.pptx', zip([{ name: 'ppt/presentation.xml', data: bytes('<x/>') }]), /presentation/],
		['.xlsb', zip([{ name: 'xl/workbook.bin', data: bytes('x') }]), /binary Excel/],
		['any archive', zip([{ name: 'holiday.jpg', data: bytes('x') }]), /without a workbook/],
		['macros', zipOf(workbook(oneRow), [{ name: 'xl/vbaProject.bin', data: bytes('x') }]), /macros/],
		[
			'an encrypted entry',
			zip([{ name: 'xl/workbook.xml', data: bytes('<x/>'), encrypted: true }]),
			/password/
		],
		['an empty workbook', zipOf(workbook('')), /empty/]
	])('%s', async (_, file, words) => {
		const error = await refusal(file);
		expect(error.code).toBe('invalid');
		expect(error.message).toMatch(words);
	});

	it('cut off in the middle, at any place', async () => {
		const whole = zipOf(workbook(oneRow));
		for (const share of [0.02, 0.3, 0.6, 0.9, 0.99]) {
			expect((await refusal(whole.subarray(0, Math.ceil(whole.length * share)))).code).toBe('invalid');
		}
	});

	it('with broken XML', async () => {
		expect((await refusal(zipOf(workbook('<row r="1"><c r="A1" t="s"><v>7</v></row>')))).code).toBe(
			'invalid'
		);
	});

	it('with one name twice', async () => {
		expect(
			(await refusal(zipOf(workbook(oneRow), [{ name: 'xl/workbook.xml', data: bytes('<x/>') }]))).code
		).toBe('invalid');
	});
});

describe('what is too much is refused, whatever the file says of itself', () => {
	const zeros = (megabytes: number) => new Uint8Array(megabytes * 1024 * 1024);
	const quick = async (file: Uint8Array) => {
		const from = performance.now();
		const error = await refusal(file);
		expect(performance.now() - from).toBeLessThan(spreadsheetLimits.milliseconds);
		return error;
	};

	it('[L18] a bomb', async () => {
		expect(
			(await quick(zipOf(workbook(oneRow), [{ name: 'xl/media/bomb.bin', data: zeros(64) }]))).code
		).toBe('too-large');
	});

	it('[L18] a bomb that says it is small', async () => {
		const error = await quick(
			zipOf(workbook(oneRow), [{ name: 'xl/worksheets/sheet2.xml', data: zeros(64), says: 1000 }])
		);
		expect(['too-large', 'invalid']).toContain(error.code);
	});

	it('a bomb in many parts', async () => {
		const part = zeros(1);
		const parts = Array.from({ length: 300 }, (_, n) => ({
			name: `xl/worksheets/sheet${n + 2}.xml`,
			data: part
		}));
		expect((await quick(zipOf(workbook(oneRow), parts))).code).toBe('too-large');
	});

	it('[L17] too many parts', async () => {
		const parts = Array.from({ length: spreadsheetLimits.entries + 1 }, (_, n) => ({
			name: `xl/media/${n}`,
			data: bytes('x')
		}));
		expect((await quick(zipOf(workbook(oneRow), parts))).code).toBe('too-large');
	});

	it('[L16] more than 200 MB unpacked, although well within the ratio', async () => {
		// text that packs about 20 times: pseudo-random digits, repeated a little
		let seed = 1;
		const noise = Array.from({ length: 50_000 }, () =>
			(seed = (seed * 48_271) % 2_147_483_647).toString(36)
		).join('');
		const data = bytes(noise.repeat(Math.ceil((18 * 1024 * 1024) / noise.length)));
		const parts = Array.from({ length: 12 }, (_, n) => ({ name: `xl/media/${n}.bin`, data }));
		const filler = {
			name: 'xl/media/filler.bin',
			data: Buffer.from(
				Array.from({ length: 3 * 1024 * 1024 }, () => (seed = (seed * 48_271) % 2_147_483_647) & 255)
			)
		};
		expect((await quick(zipOf(workbook(oneRow), [filler, ...parts]))).code).toBe('too-large');
	}, 30_000);

	it('one cell at the end of the sheet', async () => {
		expect(
			(await quick(zipOf(workbook(`${oneRow}<row r="1048576">${cell('XFD1048576', 'x')}</row>`)))).code
		).toBe('too-large');
	});

	it('rows beyond the last one', async () => {
		expect(
			(await quick(zipOf(workbook('<row r="4000000000"><c r="A4000000000" t="str"><v>x</v></c></row>')))).code
		).toBe('too-large');
		expect(
			(await quick(zipOf(workbook(`<row r="1"><c a=">" r='XFDD1' t="str"><v>x</v></c></row>`)))).code
		).toBe('too-large');
	});

	it('[L19] 50,001 rows', async () => {
		const data = Array.from(
			{ length: spreadsheetLimits.rows + 1 },
			(_, n) => `<row r="${n + 1}">${cell(`A${n + 1}`, `row ${n * 7919}`)}</row>`
		).join('');
		expect((await quick(zipOf(workbook(data)))).message).toMatch(/50,000 rows/);
		expect((await refusal(bytes('a,b\n'.repeat(spreadsheetLimits.rows + 1)), 'a.csv')).message).toMatch(
			/50,000 rows/
		);
	}, 30_000);

	it('a long text shared by very many cells', async () => {
		const shared = bytes(
			`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>${'long '.repeat(6000)}</t></si></sst>`
		);
		const data = Array.from(
			{ length: 3000 },
			(_, n) => `<row r="${n + 1}"><c r="A${n + 1}" t="s"><v>0</v></c></row>`
		).join('');
		expect((await quick(zipOf(workbook(data, { 'xl/sharedStrings.xml': shared })))).code).toBe('too-large');
	});

	it('[L14] a file over 20 MB', async () => {
		expect((await refusal(new Uint8Array(spreadsheetLimits.fileBytes + 1))).code).toBe('too-large');
	});

	it('the bounds of a sheet are seen through prefixes, quotes and missing addresses', () => {
		expect(() => checkSheetBounds('<x:row r="1"><x:c r="XFE1"><x:v>1</x:v></x:c></x:row>')).toThrow();
		expect(() => checkSheetBounds(`<row r="2000000"/>`)).toThrow();
		expect(checkSheetBounds('<row><c><v>1</v></c><c><v>1</v></c></row>')).toBe(4);
	});

	it('[L20] the main thread goes on while a file is read', async () => {
		const data = Array.from(
			{ length: 20_000 },
			(_, n) => `<row r="${n + 1}">${cell(`A${n + 1}`, `${n}`)}${cell(`B${n + 1}`, `text ${n}`)}</row>`
		).join('');
		const file = zipOf(workbook(data));
		let longest = 0;
		let last = performance.now();
		const timer = setInterval(() => {
			longest = Math.max(longest, performance.now() - last);
			last = performance.now();
		}, 5);
		await readSpreadsheet(file, 'a.xlsx');
		clearInterval(timer);
		expect(longest).toBeLessThan(500);
	});
});

describe('written files', () => {
	const script = [
		newInject('inject-1' as InjectId, {
			reference: 'CE-1',
			title: '=HYPERLINK("https://a.eu")',
			body: {
				type: 'doc',
				content: [
					{ type: 'paragraph', content: [{ type: 'text', text: 'ä _x0041_ <b> & \t tab' }] },
					{ type: 'paragraph', content: [{ type: 'text', text: '+ second line' }] }
				]
			},
			schedule: { mode: 'offset', seconds: -1830 },
			tlp: 'red'
		}),
		newInject('inject-2' as InjectId, {
			reference: '',
			title: '-1',
			schedule: { mode: 'at', at: Date.UTC(2026, 9, 25, 1, 30) },
			evaluatorNotes: '@here\n=1',
			acknowledgeWithin: 90
		})
	];
	const content = {
		title: exportTitle('Blue; Horizon', 'central', 'red'),
		sheetName: 'Script',
		rows: exportRows(script, contextOf(script))
	};

	it.each([
		['XLSX', writeXlsx, 'a.xlsx'],
		['CSV', (c: typeof content) => Promise.resolve(writeCsv(c)), 'a.csv']
	] as const)(
		'%s carries marking and label and is read again without a difference',
		async (_, write, name) => {
			const [sheet] = await readSpreadsheet(await write(content), name);
			expect(sheet!.rows[0]![0]).toBe(
				'EXERCISE EXERCISE EXERCISE · TLP:RED · Blue; Horizon · script central'
			);
			const { proposal, problems, plan } = importSheet(sheet!, contextOf(script));
			expect(proposal).toMatchObject({ template: 'muster', headerRow: 1 });
			expect(problems).toEqual([]);
			expect([plan.added, plan.changed, plan.unchanged.length, plan.notInFile]).toEqual([[], [], 2, []]);
		}
	);

	it('no cell can run as a formula', async () => {
		const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(writeCsv(content));
		expect(text.startsWith('\ufeffEXERCISE EXERCISE EXERCISE')).toBe(true);
		for (const [file, name] of [
			[writeCsv(content), 'a.csv'],
			[await writeXlsx(content), 'a.xlsx']
		] as const) {
			const [sheet] = await readSpreadsheet(file, name);
			for (const one of sheet!.rows.flat())
				if (typeof one === 'string') expect(one).not.toMatch(/^\s*[=+\-@]/);
		}
	});

	it('a text that no Excel cell can hold is said, and CSV carries it', async () => {
		const long = newInject('inject-3' as InjectId, {
			title: 'x',
			body: {
				type: 'doc',
				content: [{ type: 'paragraph', content: [{ type: 'text', text: 'x'.repeat(40_000) }] }]
			}
		});
		const rows = exportRows([long], contextOf([long]));
		await expect(writeXlsx({ ...content, rows })).rejects.toMatchObject({ code: 'too-large' });
		expect(writeCsv({ ...content, rows }).length).toBeGreaterThan(40_000);
	});

	it('file names say that it is an exercise', () => {
		expect(exportFileName('Cyber Europe 2026: Häfen', 'central', 'amber_strict', 'xlsx')).toBe(
			'EX_Cyber-Europe-2026-Hafen_script_central_TLP-AMBER-STRICT.xlsx'
		);
		expect(exportFileName('../..', 'GR', 'clear', 'csv')).toBe('EX_exercise_script_GR_TLP-CLEAR.csv');
	});
});
