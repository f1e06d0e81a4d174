import { describe, expect, it } from 'vitest';
import { newInject, type Inject } from '#lib/exercise/inject/schema.ts';
import type { InjectId } from '#lib/exercise/ids.ts';
import { textOfRichText } from '#lib/exercise/rich-text.ts';
import type { Cell } from '#lib/exercise/inject/spreadsheet/table.ts';
import { contextOf, importSheet, sheetOf, startsAt, teams } from './exercise.ts';

const headings = ['ID', 'Time', 'Title', 'To', 'Message', 'Channel'];
const rows = (...cells: Cell[][]) => importSheet(sheetOf(headings, ...cells));
const only = (...cells: Cell[]) => rows(cells).candidates[0]!;
const inject = (id: string, values: Partial<Inject> = {}) => newInject(id as InjectId, values);

describe('recipients', () => {
	const to = (cell: string) => {
		const { candidates, unknownNames } = rows(['1', '09:30', 'Title', cell, 'Text', 'email']);
		return { ...candidates[0]!.values.to!, unknown: unknownNames.map(({ name }) => name) };
	};

	it.each([
		'GR CSIRT, FR CSIRT',
		'GR CSIRT; FR CSIRT',
		'GR CSIRT\nFR CSIRT',
		'gr csirt / fr-csirt',
		'GR CSIRT and FR CSIRT',
		'• GR CSIRT\n• FR CSIRT'
	])('several teams in one cell: %j', (cell) =>
		expect(to(cell)).toMatchObject({ teams: ['team-gr-csirt', 'team-fr-csirt'], unknown: [] })
	);

	it('a team with a comma or a semicolon in its name', () => {
		expect(to('GR CSIRT, Port, Authority')).toMatchObject({
			teams: ['team-gr-csirt', 'team-port-auth'],
			unknown: []
		});
		expect(to('Odd\\; name; GR CSIRT')).toMatchObject({
			teams: ['team-semicolon', 'team-gr-csirt'],
			unknown: []
		});
	});

	it('countries by code and by name in five languages, levels, everyone', () => {
		expect(to('EL; Deutschland; Italie; Países Bajos; BE')).toMatchObject({
			countries: ['GR', 'DE', 'IT', 'NL', 'BE'],
			unknown: []
		});
		expect(to('technical; strategic')).toMatchObject({ levels: ['technical', 'political'] });
		for (const all of ['ALL', 'All players', 'tous', 'Alle', 'todos', 'tutti'])
			expect(to(all).all).toBe(true);
		expect(to('ministere francais')).toMatchObject({ teams: ['team-minister'] });
	});

	it('lists unknown names with teams that look alike, as errors on their cells', () => {
		const { unknownNames, problems } = rows(
			['1', '09:30', 'A', 'GR-CERT', 'x', ''],
			['2', '09:30', 'B', 'Nowhere, gr cert', 'x', '']
		);
		expect(unknownNames).toMatchObject([
			{ name: 'GR-CERT', rows: [1, 2], similar: [{ name: 'GR CSIRT' }] },
			{ name: 'Nowhere', rows: [2] }
		]);
		expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
			{ row: 1, column: 3 },
			{ row: 2, column: 3 }
		]);
	});

	it('keeps what the planner decided on a name', () => {
		const context = contextOf([], {
			matches: {
				'gr cert': { to: 'team', team: teams[0]!.id },
				nowhere: { to: 'nobody' },
				'the press': { to: 'all' }
			}
		});
		const { candidates, unknownNames } = importSheet(
			sheetOf(headings, ['1', '09:30', 'A', 'GR-CERT; Nowhere; The Press', 'x', '']),
			context
		);
		expect(unknownNames).toEqual([]);
		expect(candidates[0]!.values.to).toMatchObject({ all: true, teams: ['team-gr-csirt'] });
	});

	it('a decision called like a part of every object is none', () => {
		expect(to('constructor; __proto__').unknown).toEqual(['constructor', '__proto__']);
	});
});

describe('texts', () => {
	const body = (cell: string) => only('1', '09:30', 'Title', 'ALL', cell, '').values.body!;

	it('reads HTML without what could run', () => {
		const rich = body(
			'<p>Hello <b>all</b>,</p><script>alert(1)</script><ul><li>one</li><li>two &amp; three</li></ul><a href="javascript:x">bad</a> <a href="https://a.eu">good</a>'
		);
		expect(textOfRichText(rich)).toBe('Hello all,\none\ntwo & three\nbad good');
		expect(JSON.stringify(rich)).not.toMatch(/alert|javascript/);
		expect(JSON.stringify(rich)).toContain('"href":"https://a.eu"');
	});

	it('what only looks like HTML stays text', () => {
		expect(textOfRichText(body('if a < b and <name of bank> then'))).toBe('if a < b and <name of bank> then');
	});

	it('reads lists, headings and marks of Markdown, and nothing into plain signs', () => {
		expect(body('# Alert\n- one\n- **two**\n\n2 * 3 * 4').content.map(({ type }) => type)).toEqual([
			'heading',
			'bulletList',
			'paragraph'
		]);
		expect(textOfRichText(body('2 * 3 * 4 ** x [y] (z)'))).toBe('2 * 3 * 4 ** x [y] (z)');
	});

	it('takes the apostrophe off that keeps formulas from running', () => {
		expect(only('1', '09:30', "'=1+1", 'ALL', "'-x", '').values).toMatchObject({ title: '=1+1' });
		expect(only('1', '09:30', "'tis", 'ALL', 'x', '').values.title).toBe("'tis");
	});

	it('calls an inject by how its text begins where there is no title', () => {
		const { candidates } = importSheet(
			sheetOf(
				['Event Number', 'From', 'To', 'Message'],
				[1, 'a', 'ALL', 'The port authority reports an outage. All cranes stand still.']
			)
		);
		expect(candidates[0]!.whenNew.title).toBe('The port authority reports an outage');
		expect(candidates[0]!.values.title).toBeUndefined();
	});

	it('joins several columns of notes and says where they come from', () => {
		const { candidates } = importSheet(sheetOf(['Title', 'Notes', 'Assumptions'], ['A', 'first', 'second']));
		expect(candidates[0]!.values.controllerNotes).toBe('first\nAssumptions: second');
	});

	it('expected actions carry limits and weight', () => {
		const { candidates } = importSheet(
			sheetOf(
				['Title', 'Expected actions'],
				['A', 'Inform CSIRT [within 60 min] [critical]; Open a ticket\n• Call']
			)
		);
		expect(candidates[0]!.values.expectedActions).toMatchObject([
			{ text: 'Inform CSIRT', withinSeconds: 3600, critical: true },
			{ text: 'Open a ticket', withinSeconds: null, critical: false },
			{ text: 'Call' }
		]);
	});
});

describe('words of the closed lists', () => {
	it.each([
		['E-mail', 'email'],
		['Send a mail', 'email'],
		['Téléphone', 'phone'],
		['Soziale Medien', 'social_post'],
		['SIEM alert', 'siem_alert'],
		['portal_ticket', 'portal_ticket'],
		['In person (role player)', 'in_person']
	])('channel %s', (text, expected) =>
		expect(only('1', '09:30', 'A', 'ALL', 'x', text).values.channel).toBe(expected)
	);

	it('an unknown channel is a warning, an unknown TLP label an error', () => {
		expect(rows(['1', '09:30', 'A', 'ALL', 'x', 'pigeon']).problems).toMatchObject([
			{ row: 1, column: 5, cellText: 'pigeon', severity: 'warning' }
		]);
		expect(importSheet(sheetOf(['Title', 'TLP', 'Message'], ['A', 'secret', 'x'])).problems).toMatchObject([
			{ column: 1, severity: 'error' }
		]);
		expect(
			importSheet(sheetOf(['Title', 'TLP', 'Message'], ['A', 'TLP:AMBER+STRICT', 'x'])).candidates[0]!.values
				.tlp
		).toBe('amber_strict');
	});
});

describe('rows', () => {
	it('section rows name the storyline of what follows, unless there is a column for it', () => {
		const data: Cell[][] = [
			['Phase 1: outage', null, null, null],
			['1', '09:30', 'A', 'x'],
			['2', '09:40', 'B', 'x'],
			['Phase 2', null, null, null],
			['3', '10:30', 'C', 'x']
		];
		const { candidates, skipped } = importSheet(sheetOf(['ID', 'Time', 'Title', 'Message'], ...data));
		expect(candidates.map(({ values }) => values.storyline)).toEqual([
			'Phase 1: outage',
			'Phase 1: outage',
			'Phase 2'
		]);
		expect(skipped).toMatchObject([
			{ row: 1, reason: 'section' },
			{ row: 4, reason: 'section' }
		]);
		const own = importSheet(
			sheetOf(
				['ID', 'Time', 'Storyline', 'Message'],
				['Phase 1', null, null, null],
				['1', '09:30', 'ports', 'x'],
				['2', '09:30', 'rail', 'x']
			)
		);
		expect(own.candidates.map(({ values }) => values.storyline)).toEqual(['ports', 'rail']);
	});

	it('passes over repeated headings, markings and empty rows', () => {
		const { candidates, skipped } = rows(
			['1', '09:30', 'A', 'ALL', 'x', ''],
			[],
			headings,
			['2', '09:30', 'B', 'ALL', 'x', ''],
			['EXERCISE EXERCISE EXERCISE']
		);
		expect(candidates.length).toBe(2);
		expect(skipped.map(({ reason }) => reason)).toEqual(['repeated-heading', 'marking']);
	});

	it('errors name row, column and what stands there', () => {
		const { problems } = rows(
			['1', 'soon', 'A', 'ALL', 'x', ''],
			['2', '09:30', 'x'.repeat(201), 'ALL', 'x', ''],
			['', '09:30', '', 'ALL', '', ''],
			['1', '09:30', 'twice', 'ALL', 'x', '']
		);
		const errors = problems.filter(({ severity }) => severity === 'error');
		expect(errors).toMatchObject([
			{ row: 1, column: 1, cellText: 'soon' },
			{ row: 2, column: 2 },
			{ row: 4, column: 0, cellText: '1' },
			{ row: 3, column: 2 }
		]);
		expect(errors.every(({ message }) => message.endsWith('.'))).toBe(true);
	});

	it('a time cell beside a day in words', () => {
		const time = new Date(Date.UTC(1899, 11, 30, 14, 5));
		const { candidates } = importSheet(
			sheetOf(['Date', 'Time', 'Title', 'Message'], ['Thursday 11 June', time, 'A', 'x'])
		);
		expect(candidates[0]!.values.schedule).toEqual({
			mode: 'at',
			at: startsAt + (24 + 5) * 3_600_000 + 5 * 60_000
		});
	});

	it('without a time an inject waits for a person, and says so', () => {
		const { candidates, problems } = rows(['1', '', 'A', 'ALL', 'x', '']);
		expect(candidates[0]!.values.schedule).toEqual({ mode: 'manual' });
		expect(problems).toMatchObject([{ row: 1, column: 1, severity: 'warning' }]);
	});

	it('follows another inject by its reference, in the file or in the script', () => {
		const script = [inject('inject-00000001', { reference: 'CE-1', title: 'First' })];
		const { candidates, problems } = importSheet(
			sheetOf(
				['ID', 'Title', 'After', 'Offset'],
				['CE-2', 'B', 'ce-1', 15],
				['CE-3', 'C', 'CE-2', '1h'],
				['CE-4', 'D', 'CE-9', 5],
				['CE-5', 'E', 'CE-5', 5]
			),
			contextOf(script)
		);
		expect(candidates.map(({ values }) => values.schedule)).toEqual([
			{ mode: 'after', inject: 'inject-00000001', seconds: 900 },
			{ mode: 'after', inject: 'row:1', seconds: 3600 },
			undefined,
			undefined
		]);
		expect(problems.map(({ row, message }) => [row, message])).toEqual([
			[3, 'No inject “CE-9” in this file or in the script.'],
			[4, 'An inject cannot follow itself.']
		]);
	});

	it('leaves out what the planner leaves out', () => {
		const { candidates } = importSheet(
			sheetOf(headings, ['1', 'soon', 'A', 'ALL', 'x', ''], ['2', '09:30', 'B', 'ALL', 'x', '']),
			contextOf([], { leaveOut: new Set([1]) })
		);
		expect(candidates.map(({ reference }) => reference)).toEqual(['2']);
	});

	it('says once that a sheet has more rows than a script can hold', () => {
		const many = Array.from({ length: 3002 }, (_, n): Cell[] => [
			`R-${n}`,
			'09:30',
			'A',
			'ALL',
			'x',
			'email'
		]);
		const { candidates, problems } = rows(...many);
		expect(candidates.length).toBe(3000);
		expect(problems).toMatchObject([{ row: null, severity: 'error' }]);
	});
});
