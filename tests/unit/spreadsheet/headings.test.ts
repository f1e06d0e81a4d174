import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { bestSheet, proposeForHeaderRow, proposeMapping } from '#lib/exercise/inject/spreadsheet/headings.ts';
import { musterColumns } from '#lib/exercise/inject/spreadsheet/columns.ts';
import type { Cell } from '#lib/exercise/inject/spreadsheet/table.ts';
import { sheetOf } from './exercise.ts';

const hseep = [
	'Event Number',
	'Designated Scenario Time',
	'Event Type',
	'Inject Mode',
	'From',
	'To',
	'Message',
	'Expected Participant Response',
	'Exercise Objective',
	'Notes'
];
const blueprint = [
	'Control Number',
	'Move',
	'Group',
	'Delivery Time',
	'Simulated Time',
	'Assigned To',
	'Status',
	'Title',
	'Description',
	'From Org',
	'To Org',
	'Details',
	'Expected Actions'
];
const muster = musterColumns.map(({ heading }) => heading as string);

describe('templates', () => {
	it('recognises the own columns, all of them, in any order', () => {
		const proposal = proposeMapping(sheetOf(muster));
		expect(proposal.template).toBe('muster');
		expect(proposal.columns).toEqual(musterColumns.map(({ target }) => target));
		expect(proposal.confidence.every((sure) => sure === 1)).toBe(true);
		const reversed = proposeMapping(sheetOf([...muster].reverse()));
		expect(reversed.template).toBe('muster');
		expect(reversed.columns).toEqual(musterColumns.map(({ target }) => target).reverse());
	});

	it('recognises the 27 columns without what was appended later', () => {
		expect(proposeMapping(sheetOf(muster.slice(0, 27)))).toMatchObject({ template: 'muster' });
	});

	it('recognises HSEEP', () => {
		const { template, columns } = proposeMapping(
			sheetOf(hseep, [1, '10:00', 'Inject', 'Email', 'a', 'b', 'c', 'd', 'e', 'f'])
		);
		expect(template).toBe('hseep');
		expect(columns).toEqual([
			'reference',
			'time',
			'category',
			'channel',
			'from',
			'to',
			'body',
			'expectedActions',
			'objectives',
			'controllerNotes'
		]);
	});

	it('recognises Blueprint', () => {
		const { template, columns } = proposeMapping(sheetOf(blueprint));
		expect(template).toBe('blueprint');
		expect(columns).toEqual([
			'reference',
			'storyline',
			'ignore',
			'time',
			'ignore',
			'controller',
			'ignore',
			'title',
			'body',
			'from',
			'to',
			'body',
			'expectedActions'
		]);
	});

	it('recognises a chronogram without headings', () => {
		const row = (...cells: Cell[]) => [null, ...cells];
		const { template, headerRow, columns } = proposeMapping(
			sheetOf(
				row(
					'Send a mail',
					'J-1',
					'team2',
					'subject',
					'the message',
					null,
					'what is expected',
					'how it is seen',
					100
				),
				row(
					'Send an SMS',
					'J',
					'team1',
					'other',
					'message',
					'description',
					'what is expected',
					'how it is seen',
					100
				),
				row('Send a mail', 'J+1 H+2 M-5', 'team2', 'third', 'message', 'description', 'expected', 'seen', 100)
			)
		);
		expect({ template, headerRow }).toEqual({ template: 'openaev-like', headerRow: null });
		expect(columns.slice(0, 8)).toEqual([
			'ignore',
			'channel',
			'time',
			'to',
			'title',
			'body',
			'body',
			'expectedActions'
		]);
	});
});

describe('heading rows', () => {
	it.each([
		[
			'French',
			[
				'N°',
				'Jour',
				'Heure',
				'Émetteur',
				'Destinataires',
				'Moyen',
				'Objet',
				'Contenu',
				'Réactions attendues',
				'Commentaires'
			]
		],
		[
			'German',
			[
				'Lfd. Nr.',
				'Tag',
				'Uhrzeit',
				'Absender',
				'Empfänger',
				'Übermittlung',
				'Betreff',
				'Inhalt',
				'Erwartete Reaktion',
				'Bemerkungen'
			]
		],
		[
			'Spanish',
			[
				'Número',
				'Fecha',
				'Hora',
				'De',
				'Para',
				'Canal',
				'Asunto',
				'Mensaje',
				'Acción esperada',
				'Observaciones'
			]
		],
		[
			'Italian',
			['Numero', 'Data', 'Ora', 'Da', 'A', 'Canale', 'Oggetto', 'Messaggio', 'Azione attesa', 'Osservazioni']
		]
	])('in %s', (_, headings) => {
		expect(proposeMapping(sheetOf(headings)).columns).toEqual([
			'reference',
			'day',
			'time',
			'from',
			'to',
			'channel',
			'title',
			'body',
			'expectedActions',
			'controllerNotes'
		]);
	});

	it('below title rows, a merged title and an empty row', () => {
		const proposal = proposeMapping(
			sheetOf(
				['Exercise Blue Horizon: Master Scenario Events List', null, null, null],
				['Version', 3, null, null],
				[],
				['ID', 'Time', 'Subject', 'Message'],
				[1, '09:30', 'a', 'b']
			)
		);
		expect(proposal.headerRow).toBe(3);
		expect(proposal.columns).toEqual(['reference', 'time', 'title', 'body']);
	});

	it('headings with additions are recognised with less confidence', () => {
		const proposal = proposeMapping(
			sheetOf([
				'Inject #',
				'Time (local)',
				'Player(s) affected',
				'Inject text',
				'Expected player action(s)',
				'Something of ours'
			])
		);
		expect(proposal.columns).toEqual(['reference', 'time', 'to', 'body', 'expectedActions', 'ignore']);
		expect(proposal.confidence[2]).toBeLessThan(1);
		expect(proposal.confidence[5]).toBe(0);
	});

	it('what has no place is kept under its name, unless its heading is known to be for nobody, or nothing is in it', () => {
		const { columns, confidence } = proposeMapping(
			sheetOf(
				['ID', 'Title', 'Message', 'Weather at sea', 'Subject', 'Status', 'Moon'],
				[1, 'a', 'b', 'Storm', 'second', 'done', null]
			)
		);
		expect(columns).toEqual(['reference', 'title', 'body', 'otherFields', 'otherFields', 'ignore', 'ignore']);
		expect(confidence[3]).toBe(0);
	});

	it('a date column without times is read as moments, beside a time column as days', () => {
		expect(proposeMapping(sheetOf(['Date', 'Message', 'To'])).columns).toEqual(['time', 'body', 'to']);
		expect(proposeMapping(sheetOf(['Date', 'Time', 'Message', 'To'])).columns).toEqual([
			'day',
			'time',
			'body',
			'to'
		]);
	});

	it('each target is given once, long texts may have several columns', () => {
		const proposal = proposeMapping(
			sheetOf(['Title', 'Subject', 'Description', 'Details', 'Notes', 'Comments'])
		);
		expect(proposal.columns).toEqual([
			'title',
			'ignore',
			'body',
			'body',
			'controllerNotes',
			'controllerNotes'
		]);
	});

	it('the planner may choose another row, or none', () => {
		const sheet = sheetOf(['ID', 'Title'], ['Nr', 'Betreff'], [1, 'x']);
		expect(proposeForHeaderRow(sheet, 1)).toMatchObject({ headerRow: 1, columns: ['reference', 'title'] });
		expect(proposeForHeaderRow(sheet, null)).toMatchObject({ headerRow: null });
	});

	it('tells times of day from elapsed times by the whole column', () => {
		const times = (...cells: Cell[]) =>
			proposeMapping(sheetOf(['Time', 'Title'], ...cells.map((cell) => [cell, 'x']))).bareTimes;
		expect(times('00:00', '00:45', '10:30')).toBe('elapsed');
		expect(times('09:00', '09:45', '16:30')).toBe('clock');
		expect(times('+1h', '2026-06-10 10:00')).toBeUndefined();
	});

	it('finds the sheet with the script among the others', () => {
		const cover = { name: 'Cover', rows: [['Exercise Blue Horizon']] };
		const contacts = {
			name: 'Contacts',
			rows: [
				['Name', 'E-mail'],
				['A', 'a@b.c']
			]
		};
		expect(bestSheet([cover, contacts, sheetOf(hseep, [1, '10:00'])])).toBe(2);
	});

	it('proposes something for any sheet and never throws', () => {
		const cell = fc.oneof(
			fc.string(),
			fc.integer(),
			fc.constant(null),
			fc.date({ noInvalidDate: false }),
			fc.constantFrom(...hseep, ...muster)
		);
		fc.assert(
			fc.property(fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 8 }), (rows) => {
				const { columns, confidence, headings } = proposeMapping(sheetOf(...rows));
				expect(columns.length).toBe(confidence.length);
				expect(columns.length).toBe(headings.length);
			})
		);
	});
});
