import { CsvError, parse } from 'csv-parse/sync';
import { parseCountry, type CountryCode } from '#lib/standards/countries.ts';
import { parseLanguage } from '#lib/standards/languages.ts';
import {
	organisationKinds,
	roles,
	teamLevels,
	type CellId,
	type OrganisationKind,
	type Role,
	type TeamLevel
} from '#lib/exercise/exercise/schema.ts';
import { cleanName, emailAddress } from './names.ts';

/** What can be wrong in a file, where: rows as a spreadsheet counts them, the heading being row 1. */
export interface Problem {
	row: number;
	/** null: the row as a whole */
	column: Column | null;
	message: string;
}

export const columns = [
	'name',
	'email',
	'organisation',
	'organisation_kind',
	'organisation_country',
	'team',
	'country',
	'level',
	'language',
	'role',
	'lead',
	'cell'
] as const;
export type Column = (typeof columns)[number];

export const peopleFileLimits = {
	/** DOMAIN 10: 5,000 people, some with a second role */
	rows: 10_000,
	/** ten thousand full rows */
	bytes: 5_000_000,
	/** one cell */
	text: 200
} as const;

/** One row, read: what stands there and no more. Null is an empty cell. */
export interface PersonRow {
	row: number;
	name: string;
	email: string;
	organisation: { name: string; country: CountryCode | null; kind: OrganisationKind | null } | null;
	team: string | null;
	country: CountryCode | null;
	level: TeamLevel | null;
	/** of the team */
	language: string | null;
	role: Role;
	lead: boolean | null;
	cell: CellId | null;
}

export interface PeopleFile {
	rows: PersonRow[];
	problems: Problem[];
	/** headings that mean nothing here */
	ignored: string[];
}

/** Excel on Windows writes its own code page unless told otherwise; a file that is not UTF-8 is taken for that. */
export function decodeFile(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder('windows-1252').decode(bytes);
	}
}

/** Reads a list of people. Every problem is found in one go, so that it is put right in one go. */
export function readPeopleFile(text: string): PeopleFile {
	const problems: Problem[] = [];
	const nothing = (row: number, message: string) => ({
		rows: [],
		problems: [{ row, column: null, message }],
		ignored: []
	});
	if (text.length > peopleFileLimits.bytes) return nothing(1, 'The file is larger than 5 MB.');
	let records: string[][];
	try {
		records = parse(text, { bom: true, delimiter: delimiterOf(text), relax_column_count: true, trim: true });
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		return nothing(
			Number(error['lines'] ?? 1),
			'A quotation mark is opened and not closed, or stands in the middle of a cell.'
		);
	}
	const [head, ...body] = records;
	if (!head) return nothing(1, 'The file is empty.');
	if (body.length > peopleFileLimits.rows)
		return nothing(1, `The file has more than ${peopleFileLimits.rows} rows. Import it in parts.`);

	const places = new Map<Column, number>();
	const ignored: string[] = [];
	for (const [i, heading] of head.entries()) {
		const name = word(heading);
		if (name === '') continue;
		if (!isColumn(name)) ignored.push(heading.slice(0, 60));
		else if (places.has(name))
			problems.push({ row: 1, column: name, message: 'This column is there twice.' });
		else places.set(name, i);
	}
	for (const needed of ['name', 'email'] as const)
		if (!places.has(needed))
			problems.push({ row: 1, column: needed, message: `There is no column “${needed}”.` });
	if (problems.length > 0) return { rows: [], problems, ignored };

	const rows: PersonRow[] = [];
	for (const [i, record] of body.entries()) {
		if (record.every((cell) => cell === '')) continue;
		const read = readRow(i + 2, (column) => record[places.get(column) ?? -1] ?? '', problems);
		if (read) rows.push(read);
	}
	if (rows.length === 0 && problems.length === 0) return nothing(1, 'There is nobody in the file.');
	return { rows, problems, ignored };
}

function readRow(row: number, cell: (column: Column) => string, problems: Problem[]): PersonRow | null {
	const before = problems.length;
	const wrong = (column: Column, message: string) => void problems.push({ row, column, message });
	for (const column of columns)
		if (cell(column).length > peopleFileLimits.text)
			wrong(column, `There are more than ${peopleFileLimits.text} characters here.`);
	if (problems.length > before) return null;

	/** One of a closed list, or empty. */
	const choice = <T extends string>(
		column: Column,
		allowed: readonly T[],
		others: Record<string, T> = {}
	): T | null => {
		const text = word(cell(column));
		if (text === '') return null;
		const found =
			allowed.find((one) => one === text) ?? (Object.hasOwn(others, text) ? others[text] : undefined);
		if (!found) wrong(column, `“${cell(column)}” is none of: ${allowed.join(', ')}.`);
		return found ?? null;
	};
	const country = (column: Column): CountryCode | null => {
		if (cell(column) === '') return null;
		const found = parseCountry(cell(column));
		if (!found) wrong(column, `“${cell(column)}” is no country of the EU or EFTA.`);
		return found;
	};

	const name = cleanName(cell('name'));
	if (name === '') wrong('name', 'The name is missing.');
	else if (name.length > 120) wrong('name', 'A name has at most 120 characters.');
	const email = emailAddress.safeParse(cell('email'));
	if (cell('email') === '') wrong('email', 'The e-mail address is missing.');
	else if (!email.success) wrong('email', `“${cell('email')}” is not an e-mail address.`);

	const roleWord = word(cell('role'));
	const leads = roleWord === 'lead' || roleWord === 'team_lead';
	const role = leads ? 'player' : (choice('role', roles, otherRoles) ?? 'player');
	const lead = choice('lead', ['yes', 'no'], yesOrNo);
	const organisation = cleanName(cell('organisation'));
	const organisationCountry = country('organisation_country');
	const organisationKind = choice('organisation_kind', organisationKinds);
	if (organisation === '' && (organisationCountry || organisationKind))
		wrong('organisation', 'The name of the organisation is missing.');
	const language = cell('language') === '' ? null : parseLanguage(cell('language'));
	if (cell('language') !== '' && !language)
		wrong('language', `“${cell('language')}” is no language: write a tag such as el, or its English name.`);
	const read: PersonRow = {
		row,
		name,
		email: email.data ?? '',
		organisation:
			organisation === ''
				? null
				: { name: organisation, country: organisationCountry, kind: organisationKind },
		team: cleanName(cell('team')) || null,
		country: country('country'),
		level: choice('level', teamLevels),
		language,
		role,
		lead: leads ? true : lead === null ? null : lead === 'yes',
		cell: cellOf(cell('cell'), (message) => wrong('cell', message))
	};
	return problems.length > before ? null : read;
}

function cellOf(text: string, wrong: (message: string) => void): CellId | null {
	if (text === '') return null;
	if (word(text) === 'central') return 'central';
	const found = parseCountry(text);
	if (!found) wrong(`“${text}” is no planning cell: write central, or a country.`);
	return found;
}

/** `Organisation kind`, `organisation-kind` and `organisation_kind` are the same word. */
const word = (text: string) =>
	text
		.trim()
		.toLowerCase()
		.replace(/[\s_-]+/g, '_');
const isColumn = (name: string): name is Column => (columns as readonly string[]).includes(name);

/** Words that other exercises' lists use (DOMAIN 4.2). */
const otherRoles: Record<string, Role> = {
	exercise_director: 'director',
	excon: 'controller',
	central_excon: 'controller'
};
const yesOrNo: Record<string, 'yes' | 'no'> = {
	y: 'yes',
	true: 'yes',
	'1': 'yes',
	x: 'yes',
	n: 'no',
	false: 'no',
	'0': 'no'
};

/** Spreadsheets write `;` where `,` is the decimal sign. The heading decides, because no heading of ours has either. */
function delimiterOf(text: string): string {
	const head = text.slice(0, 5000).split(/\r?\n|\r/, 1)[0] ?? '';
	const count = (sign: string) => head.split(sign).length;
	return [';', '\t', ','].reduce((best, sign) => (count(sign) > count(best) ? sign : best), ',');
}
