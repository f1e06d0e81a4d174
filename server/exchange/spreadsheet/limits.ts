/**
 * What a spreadsheet may cost us before anybody has looked at it (PROMISES, limits). Each limit is counted on what was
 * really read, never on what the file says of itself.
 */
export const spreadsheetLimits = {
	/** as any upload; read by the HTTP side before the bytes come here */
	fileBytes: 20 * 1024 * 1024,
	/** a script of 3,000 injects is under 20 MB unpacked; beyond this it is a bomb or a database */
	unpackedBytes: 200 * 1024 * 1024,
	/** a workbook with a sheet for each country and every logo has some hundreds */
	entries: 2000,
	/** text packs 10 to 30 times; a bomb thousands of times */
	ratio: 100,
	/** below this, a high ratio harms nobody: an almost empty formatted sheet packs very well */
	ratioFreeBytes: 1024 * 1024,
	/** rows with something in them, in one sheet */
	rows: 50_000,
	/** cells of all sheets, empty ones between filled ones included: what memory is taken for */
	cells: 4_000_000,
	/** the last row and column that a spreadsheet program knows */
	lastRow: 1_048_576,
	lastColumn: 16_384,
	/** all texts together, as they go back to the main thread; shared strings can stand in a million cells */
	characters: 60_000_000,
	/** of all documents in another tool's export, as they are kept until the import */
	documentBytes: 64 * 1024 * 1024,
	/** sheets of one workbook */
	sheets: 100,
	/** from the first byte to the last cell */
	milliseconds: 10_000,
	/** heap of the thread that reads, MB */
	heap: 768,
	/** files read at once in one process, and how many may wait for their turn */
	atOnce: 2,
	waiting: 20
} as const;

export const tooManyRows = `This sheet has more than ${spreadsheetLimits.rows.toLocaleString('en')} rows; that is the most Muster reads.`;
export const tooLarge = 'Unpacked, this file is far larger than a script can be. Muster does not open it.';
