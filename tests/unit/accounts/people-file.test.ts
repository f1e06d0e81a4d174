import { expect, test } from 'vitest';
import { decodeFile, peopleFileLimits, readPeopleFile } from '#server/accounts/people-file.ts';

const problemsOf = (text: string) =>
	readPeopleFile(text).problems.map(({ row, column, message }) => `${row} ${column}: ${message}`);

test('columns in any order, with comma, semicolon or tab, with a byte order mark', () => {
	const rows = [
		['Email', 'Team', 'NAME', 'country', 'Organisation kind', 'organisation', 'lead', 'level', 'language'],
		['anna@csirt.example', 'GR CSIRT', 'Anna', 'EL', 'CSIRT', 'National CSIRT', 'yes', 'Technical', 'Greek']
	];
	for (const sign of [',', ';', '\t']) {
		const text = `\uFEFF${rows.map((row) => row.join(sign)).join('\r\n')}\r\n`;
		const { rows: read, problems } = readPeopleFile(text);
		expect(problems).toEqual([]);
		expect(read).toEqual([
			{
				row: 2,
				name: 'Anna',
				email: 'anna@csirt.example',
				organisation: { name: 'National CSIRT', country: null, kind: 'csirt' },
				team: 'GR CSIRT',
				country: 'GR',
				level: 'technical',
				language: 'el',
				role: 'player',
				lead: true,
				cell: null
			}
		]);
	}
});

test('every problem by row and column, all in one go; rows are counted as a spreadsheet does', () => {
	expect(
		problemsOf(
			[
				'name,email,role,country,level,lead,cell,organisation_kind,organisation',
				',anna@x.example,player,,,,,,',
				'"Berta',
				'Two Lines",not an address,player,,,,,,',
				'',
				',,,,,,,,',
				'Cem,cem@x.example,king,Atlantis,high,perhaps,nowhere,band,',
				'Dana,dana@x.example,player,GR,,,,csirt,'
			].join('\n')
		)
	).toEqual([
		'2 name: The name is missing.',
		'3 email: “not an address” is not an e-mail address.',
		'6 role: “king” is none of: director, controller, moderator, simcell, planner, facilitator, evaluator, player, media_player, observer.',
		'6 lead: “perhaps” is none of: yes, no.',
		'6 organisation_kind: “band” is none of: competent_authority, csirt, crisis_management_authority, operator, union_body, network, other.',
		'6 country: “Atlantis” is no country of the EU or EFTA.',
		'6 level: “high” is none of: technical, operational, political, entity.',
		'6 cell: “nowhere” is no planning cell: write central, or a country.',
		'7 organisation: The name of the organisation is missing.'
	]);
});

test('what is no list of people says so', () => {
	expect(problemsOf('')).toEqual(['1 null: The file is empty.']);
	expect(problemsOf('name,team\nA,B')).toEqual(['1 email: There is no column “email”.']);
	expect(problemsOf('name,email,Email\nA,a@b,c@d')).toEqual(['1 email: This column is there twice.']);
	expect(problemsOf('name,email\n')).toEqual(['1 null: There is nobody in the file.']);
	expect(problemsOf('name,email\n"Anna,a@b\n')[0]).toMatch(/quotation mark/);
	expect(problemsOf(`name,email\n${'A,a@b\n'.repeat(10_001)}`)[0]).toMatch(/more than 10000 rows/);
	expect(problemsOf('x'.repeat(5_000_001))[0]).toMatch(/larger than 5 MB/);
	expect(problemsOf(`name,email\n${'n'.repeat(201)},a@b`)).toEqual([
		'2 name: There are more than 200 characters here.'
	]);
});

test('words from the prototype of objects are no roles and no columns', () => {
	expect(problemsOf('name,email,role,lead\nA,a@b,constructor,__proto__')).toHaveLength(2);
	expect(readPeopleFile('name,email,constructor,__proto__\nA,a@b,x,y').ignored).toEqual([
		'constructor',
		'__proto__'
	]);
});

test('a team lead by role, and roles as other lists call them', () => {
	const { rows } = readPeopleFile(
		'name;email;role\nA;a@b;Team lead\nB;b@b;Exercise director\nC;c@b;EXCON\nD;d@b;\n'
	);
	expect(rows.map(({ role, lead }) => [role, lead])).toEqual([
		['player', true],
		['director', null],
		['controller', null],
		['player', null]
	]);
});

test('UTF-8, or what Excel on Windows writes', () => {
	expect(decodeFile(new TextEncoder().encode('Müller'))).toBe('Müller');
	expect(decodeFile(new Uint8Array([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]))).toBe('Müller');
});

test('[L25] a list of 10,000 people is read; one more is refused with a sentence', () => {
	const list = (rows: number) =>
		['name,email', ...Array.from({ length: rows }, (_, i) => `Person ${i},p${i}@csirt.example`)].join('\n');
	expect(readPeopleFile(list(peopleFileLimits.rows)).rows).toHaveLength(peopleFileLimits.rows);
	expect(problemsOf(list(peopleFileLimits.rows + 1)).join()).toContain('more than 10000 rows');
});
