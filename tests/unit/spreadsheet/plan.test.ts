import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import * as Y from 'yjs';
import {
	addInject,
	injectCategories,
	injectChannels,
	injectLevels,
	newInject,
	orderOf,
	readScript,
	scriptInjects,
	type Inject
} from '#lib/exercise/inject/schema.ts';
import { tlpIds } from '#lib/standards/tlp.ts';
import { countryCodes } from '#lib/standards/countries.ts';
import { teamLevels } from '#lib/exercise/exercise/schema.ts';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import { applyPlan } from '#lib/exercise/inject/spreadsheet/apply.ts';
import { exportRows } from '#lib/exercise/inject/spreadsheet/export.ts';
import { planFingerprint } from '#lib/exercise/inject/spreadsheet/plan.ts';
import {
	columnLetters,
	neutralise,
	unneutralise,
	type Cell
} from '#lib/exercise/inject/spreadsheet/table.ts';
import { generateNKeysBetween } from 'fractional-indexing';
import { contextOf, importSheet, minting, sheetOf, teams } from './exercise.ts';

const inject = (id: string, values: Partial<Inject> = {}) => newInject(`inject-${id}` as InjectId, values);
const headings = ['ID', 'Time', 'Title', 'To', 'Message'];

function docOf(injects: readonly Inject[]): Y.Doc {
	const doc = new Y.Doc();
	const keys = generateNKeysBetween(null, null, injects.length);
	doc.transact(() => injects.forEach((one, index) => addInject(doc, one, keys[index]!)));
	return doc;
}

describe('comparing with the script', () => {
	it('adds, changes field by field, leaves the rest alone, and never removes', () => {
		const script = [
			inject('1', { reference: 'CE-1', title: 'Same', channel: 'phone' }),
			inject('2', { reference: 'CE-2', title: 'Old title' }),
			inject('3', { reference: 'CE-3', title: 'Elsewhere' })
		];
		const { plan } = importSheet(
			sheetOf(
				['ID', 'Title', 'From'],
				['ce-1', 'Same', ''],
				['CE-2', 'New title', 'Port'],
				['CE-9', 'More', '']
			),
			contextOf(script)
		);
		expect(plan.unchanged.map(({ inject: { id } }) => id)).toEqual(['inject-1']);
		expect(plan.changed).toMatchObject([
			{
				row: 2,
				inject: { id: 'inject-2' },
				values: { title: 'New title', from: 'Port' },
				fields: [
					{ field: 'title', before: 'Old title', after: 'New title' },
					{ field: 'from', before: '', after: 'Port' }
				]
			}
		]);
		expect(plan.added.map(({ values }) => values.reference)).toEqual(['CE-9']);
		expect(plan.notInFile.map(({ id }) => id)).toEqual(['inject-3']);
	});

	it('says nothing of fields that the file has no column for', () => {
		const script = [inject('1', { reference: 'CE-1', title: 'A', controllerNotes: 'keep', tlp: 'red' })];
		expect(importSheet(sheetOf(['ID', 'Title'], ['CE-1', 'A']), contextOf(script)).plan.changed).toEqual([]);
	});

	it('an emptied cell empties its field', () => {
		const script = [inject('1', { reference: 'CE-1', title: 'A', from: 'Port' })];
		expect(
			importSheet(sheetOf(['ID', 'Title', 'From'], ['CE-1', 'A', null]), contextOf(script)).plan.changed
		).toMatchObject([{ values: { from: '' } }]);
	});

	it('the id that export wrote finds an inject whose reference was changed', () => {
		const script = [inject('1', { reference: 'CE-1', title: 'A' })];
		const { plan } = importSheet(
			sheetOf(['id', 'title', 'muster_id'], ['CE-100', 'A', 'inject-1']),
			contextOf(script)
		);
		expect(plan.changed).toMatchObject([
			{ fields: [{ field: 'reference', before: 'CE-1', after: 'CE-100' }] }
		]);
	});

	it('a row copied in the spreadsheet is a new inject', () => {
		const script = [inject('1', { reference: 'CE-1', title: 'A' })];
		const { plan } = importSheet(
			sheetOf(['id', 'title', 'muster_id'], ['CE-1', 'A', 'inject-1'], ['CE-2', 'A', 'inject-1']),
			contextOf(script)
		);
		expect([plan.unchanged.length, plan.added.length]).toEqual([1, 1]);
	});

	it('the fingerprint tells whether the difference is still the one that was shown', () => {
		const sheet = sheetOf(['ID', 'Title'], ['CE-1', 'New']);
		const plan = (title: string) =>
			importSheet(sheet, contextOf([inject('1', { reference: 'CE-1', title })])).plan;
		expect(planFingerprint(plan('Old'))).toBe(planFingerprint(plan('Old')));
		expect(planFingerprint(plan('Older'))).not.toBe(planFingerprint(plan('Old')));
	});
});

describe('files without references', () => {
	const data: Cell[][] = [
		['', '09:30', 'A', 'ALL', 'text a'],
		['', '09:40', 'SITREP due', 'ALL', 'text'],
		['', '10:40', 'SITREP due', 'ALL', 'text'],
		['', '11:00', '', 'GR CSIRT', 'A text alone. More.']
	];
	const first = () => {
		const doc = new Y.Doc();
		applyPlan(doc, importSheet(sheetOf(headings, ...data)).plan, minting());
		return doc;
	};

	it('get stable references, and the same file again makes no difference', () => {
		const doc = first();
		const script = readScript(doc);
		expect(script.map(({ reference }) => reference)).toEqual(['IMP-001', 'IMP-002', 'IMP-003', 'IMP-004']);
		expect(script[3]!.title).toBe('A text alone');
		const { plan } = importSheet(sheetOf(headings, ...data), contextOf(script));
		expect([plan.added.length, plan.changed.length, plan.unchanged.length]).toEqual([0, 0, 4]);
	});

	it('an edited and a new row are seen as such, whatever their places', () => {
		const script = readScript(first());
		const edited: Cell[][] = [
			['', '08:00', 'Before all', 'ALL', 'x'],
			data[3]!,
			['', '09:35', 'A', 'ALL', 'text a'],
			data[1]!,
			data[2]!
		];
		const { plan } = importSheet(sheetOf(headings, ...edited), contextOf(script));
		expect(plan.added.map(({ values }) => [values.reference, values.title])).toEqual([
			['IMP-005', 'Before all']
		]);
		expect(
			plan.changed.map(({ inject: { reference }, fields }) => [reference, fields.map(({ field }) => field)])
		).toEqual([['IMP-001', ['schedule']]]);
	});

	it('another file does not overwrite the first one', () => {
		const script = readScript(first());
		const { plan } = importSheet(
			sheetOf(headings, ['', '09:30', 'Other', 'ALL', 'other text']),
			contextOf(script)
		);
		expect(plan.changed).toEqual([]);
		expect(plan.added.map(({ values }) => values.reference)).toEqual(['IMP-005']);
	});
});

describe('writing', () => {
	it('writes everything in one transaction', () => {
		const doc = docOf([inject('1', { reference: 'CE-1', title: 'Old' })]);
		const { plan } = importSheet(
			sheetOf(['ID', 'Title', 'Message'], ['CE-1', 'New', 'text'], ['CE-2', 'B', 'x'], ['CE-3', 'C', 'y']),
			contextOf(readScript(doc))
		);
		let updates = 0;
		doc.on('update', () => (updates += 1));
		const ids = applyPlan(doc, plan, minting());
		expect(updates).toBe(1);
		expect([...ids]).toEqual([
			[2, 'new-000001'],
			[3, 'new-000002']
		]);
		expect(readScript(doc).map(({ id, title }) => [id, title])).toEqual([
			['inject-1', 'New'],
			['new-000001', 'B'],
			['new-000002', 'C']
		]);
	});

	it('nothing is written when the plan is of another document', () => {
		const { plan } = importSheet(
			sheetOf(['ID', 'Title'], ['CE-1', 'New'], ['CE-2', 'B']),
			contextOf([inject('1', { reference: 'CE-1', title: 'Old' })])
		);
		const doc = new Y.Doc();
		expect(() => applyPlan(doc, plan, minting())).toThrow();
		expect(readScript(doc)).toEqual([]);
	});

	it('new injects stand where the file has them', () => {
		const doc = docOf(['1', '2', '3'].map((n) => inject(n, { reference: `CE-${n}`, title: n })));
		const { plan } = importSheet(
			sheetOf(
				['ID', 'Title'],
				['CE-0', '0'],
				['CE-1', '1'],
				['CE-1a', '1a'],
				['CE-1b', '1b'],
				['CE-3', '3'],
				['CE-4', '4']
			),
			contextOf(readScript(doc))
		);
		applyPlan(doc, plan, minting());
		expect(readScript(doc).map(({ title }) => title)).toEqual(['0', '1', '1a', '1b', '2', '3', '4']);
	});

	it('a page with broken order keys still takes an import', () => {
		const doc = docOf([
			inject('1', { reference: 'CE-1', title: '1' }),
			inject('2', { reference: 'CE-2', title: '2' })
		]);
		doc.transact(() => scriptInjects(doc).forEach((record) => record.set('order', 'not a key!')));
		const { plan } = importSheet(
			sheetOf(['ID', 'Title'], ['CE-1', '1'], ['CE-9', '9']),
			contextOf(readScript(doc))
		);
		applyPlan(doc, plan, minting());
		expect(readScript(doc).length).toBe(3);
		expect([...scriptInjects(doc).values()].every((record) => orderOf(record) !== '')).toBe(true);
	});

	it('injects of one file follow each other by their new ids', () => {
		const doc = new Y.Doc();
		const { plan } = importSheet(
			sheetOf(['ID', 'Title', 'After', 'Offset'], ['B', 'Second', 'A', 10], ['A', 'First', '', 0])
		);
		applyPlan(doc, plan, minting());
		expect(readScript(doc)[0]!.schedule).toEqual({
			mode: 'after',
			inject: readScript(doc)[1]!.id,
			seconds: 600
		});
	});

	it('an expected action that stays the same keeps its id', () => {
		const doc = docOf([
			inject('1', {
				reference: 'CE-1',
				title: 'A',
				expectedActions: [{ id: 'action-1', text: 'Call', withinSeconds: null, critical: false }]
			})
		]);
		const { plan } = importSheet(
			sheetOf(['ID', 'Title', 'Expected actions'], ['CE-1', 'A', 'Write; Call']),
			contextOf(readScript(doc))
		);
		applyPlan(doc, plan, minting());
		expect(readScript(doc)[0]!.expectedActions.map(({ id, text }) => [id, text])).toEqual([
			['new-000001', 'Write'],
			['action-1', 'Call']
		]);
	});
});

describe('export', () => {
	it('neutralises and un-neutralises any text exactly', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^'{0,3}[=+\-@\t\r a'＝]{0,3}.*$/), (text) => {
				expect(neutralise(text)).not.toMatch(/^\s*[=+\-@]/);
				expect(unneutralise(neutralise(text))).toBe(text);
			})
		);
	});

	it('counts columns as spreadsheet programs do', () => {
		expect([0, 25, 26, 701, 702].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']);
	});

	const text = fc.oneof(
		fc.string({ unit: 'binary', maxLength: 40 }),
		fc.string({ maxLength: 40 }),
		fc.stringMatching(/^[=+\-@'•;\\ \n*_[\]()>#`a]{0,12}$/),
		fc.constantFrom(
			'',
			'=1+1',
			"'=x",
			'[critical]',
			'a [within 2h]',
			'a [critical] [within 60 min]',
			'x\\',
			'_x0041_',
			'- a',
			'<b>x</b>',
			'&amp;',
			'ALL',
			'GR CSIRT',
			'2026-06-10',
			'EXERCISE EXERCISE EXERCISE'
		)
	);
	const short = (max: number) => text.map((words) => words.trim().slice(0, max));
	const length = fc.option(fc.oneof(fc.integer({ min: 1, max: 366 * 86_400 }), fc.constantFrom(60, 3600)), {
		nil: null
	});
	const schedule = (ids: readonly string[]): fc.Arbitrary<Inject['schedule']> =>
		fc.oneof(
			fc.integer({ min: 0, max: 7_258_118_400_000 }).map((at) => ({ mode: 'at' as const, at })),
			fc
				.integer({ min: -366 * 86_400, max: 366 * 86_400 })
				.map((seconds) => ({ mode: 'offset' as const, seconds })),
			fc.record({
				mode: fc.constant('after' as const),
				inject: fc.constantFrom(...ids, 'inject-gone') as fc.Arbitrary<InjectId>,
				seconds: fc.integer({ min: -90_000, max: 90_000 })
			}),
			fc.record({
				mode: fc.constant('condition' as const),
				when: fc.record({
					match: fc.constant('all' as const),
					clauses: fc.array(
						fc.record({
							inject: fc.constantFrom(...ids, 'inject-gone') as fc.Arbitrary<InjectId>,
							act: fc.constantFrom('acknowledged' as const, 'responded' as const),
							action: fc.constant(null),
							not: fc.boolean(),
							withinSeconds: fc.integer({ min: 1, max: 90_000 })
						}),
						{ minLength: 1, maxLength: 3 }
					)
				}),
				seconds: fc.integer({ min: 0, max: 90_000 })
			}),
			fc.constant({ mode: 'manual' as const }),
			text.map((condition) => ({ mode: 'contingency' as const, condition }))
		);
	const inlineNode = fc.record({
		type: fc.constant('text' as const),
		text: text.filter((words) => words !== ''),
		marks: fc.subarray([
			{ type: 'bold' as const },
			{ type: 'italic' as const },
			{ type: 'link' as const, attrs: { href: 'https://a.eu/x' } }
		])
	});
	const paragraph = fc
		.array(inlineNode, { maxLength: 3 })
		.map((content) => ({ type: 'paragraph' as const, content }));
	const block = fc.oneof(
		paragraph,
		fc
			.array(inlineNode, { maxLength: 2 })
			.map((content) => ({ type: 'heading' as const, attrs: { level: 2 }, content })),
		fc.array(paragraph, { minLength: 1, maxLength: 3 }).map((items) => ({
			type: 'bulletList' as const,
			content: items.map((item) => ({ type: 'listItem' as const, content: [item] }))
		})),
		fc.array(paragraph, { maxLength: 2 }).map((content) => ({ type: 'blockquote' as const, content })),
		fc.constant({ type: 'horizontalRule' as const })
	);
	const arbitraryScript = fc.integer({ min: 1, max: 5 }).chain((count) => {
		// ids are base64url: one in 64 begins like a formula
		const ids = Array.from({ length: count }, (_, n) => (n % 2 ? `-inject_${n}` : `inject-${n}`));
		return fc.tuple(
			...ids.map((id) =>
				fc.record({
					id: fc.constant(id as InjectId),
					reference: fc.oneof(short(40), fc.constantFrom('', 'CE-1', 'ce-1', 'CE-2')),
					storyline: short(120),
					title: short(200),
					category: fc.constantFrom(...injectCategories),
					level: fc.constantFrom(...injectLevels),
					schedule: schedule(ids),
					from: short(200),
					to: fc.record({
						all: fc.boolean(),
						countries: fc.subarray(countryCodes.slice(0, 4)),
						levels: fc.subarray([...teamLevels]),
						teams: fc.subarray([...teams.map((team) => team.id), 'team-that-is-gone' as TeamId])
					}),
					channel: fc.constantFrom(...injectChannels),
					tlp: fc.constantFrom(...tlpIds),
					body: fc.array(block, { maxLength: 4 }).map((content) => ({ type: 'doc' as const, content })),
					expectedActions: fc.array(
						fc.record({
							id: fc.constantFrom('a', 'b'),
							text: short(1000),
							withinSeconds: length,
							critical: fc.boolean()
						}),
						{ maxLength: 4 }
					),
					windowSeconds: length,
					objectives: fc.array(short(120), { maxLength: 3 }),
					capabilities: fc.array(short(120), { maxLength: 3 }),
					controller: short(200),
					evaluatorNotes: text,
					controllerNotes: text,
					acknowledgementRequired: fc.boolean(),
					acknowledgeWithin: length,
					responseRequired: fc.boolean(),
					respondWithin: length,
					// a spreadsheet has no columns for these
					language: fc.constant(''),
					translations: fc.constant({}),
					attachments: fc.constant<Inject['attachments']>([]),
					origin: fc.constant(null),
					otherFields: fc.constant<Inject['otherFields']>([])
				})
			)
		);
	});

	it('of any script, read again, makes no difference', () => {
		fc.assert(
			fc.property(
				arbitraryScript,
				fc.constantFrom('Europe/Brussels', 'Europe/Athens', 'Atlantic/Azores'),
				(script, timeZone) => {
					const context = contextOf(script, { timeZone });
					const rows = exportRows(script, context);
					const { proposal, problems, skipped, plan } = importSheet(
						sheetOf(['EXERCISE EXERCISE EXERCISE · TLP:AMBER'], ...rows),
						context
					);
					expect(proposal.template).toBe('muster');
					expect(skipped).toEqual([]);
					expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
					expect(plan.changed.map(({ fields }) => fields)).toEqual([]);
					expect([plan.added.length, plan.notInFile.length]).toEqual([0, 0]);
				}
			),
			{ numRuns: 600 }
		);
	}, 60_000);

	it('imported into an empty script gives the same injects', () => {
		const script = [
			inject('1', {
				reference: 'CE-1',
				storyline: 'ports',
				title: 'First',
				schedule: { mode: 'at', at: Date.UTC(2026, 5, 10, 8) },
				to: { all: false, countries: ['GR'], levels: ['technical'], teams: [teams[2]!.id, teams[4]!.id] },
				windowSeconds: 3600
			}),
			inject('2', {
				reference: 'CE-2',
				title: '=Second',
				schedule: { mode: 'after', inject: 'inject-1' as InjectId, seconds: 90 },
				objectives: ['a; b', 'c'],
				respondWithin: 61,
				responseRequired: true,
				tlp: 'red'
			}),
			inject('3', {
				reference: 'CE-3',
				title: 'Third',
				expectedActions: [
					{ id: 'ours', text: 'Calls the port', withinSeconds: null, critical: false },
					{ id: 'yours', text: 'Calls the ministry', withinSeconds: null, critical: false }
				]
			}),
			inject('4', {
				reference: 'CE-4',
				title: 'Fourth',
				schedule: {
					mode: 'condition',
					when: {
						match: 'any',
						clauses: [
							{ inject: 'inject-3' as InjectId, act: 'did', action: 'yours', not: true, withinSeconds: 90 },
							{
								inject: 'inject-1' as InjectId,
								act: 'responded',
								action: null,
								not: false,
								withinSeconds: null
							}
						]
					},
					seconds: 3600
				}
			})
		];
		const doc = new Y.Doc();
		const rows = exportRows(script, contextOf(script));
		applyPlan(doc, importSheet(sheetOf(...rows)).plan, minting());
		const copies = readScript(doc);
		const actions = copies[2]!.expectedActions;
		expect(copies[3]!.schedule).toEqual({
			...script[3]!.schedule,
			when: {
				match: 'any',
				clauses: [
					{
						inject: copies[2]!.id,
						act: 'did',
						// the second of the new list
						action: actions[1]!.id,
						not: true,
						withinSeconds: 90
					},
					{ inject: copies[0]!.id, act: 'responded', action: null, not: false, withinSeconds: null }
				]
			}
		});
		expect(copies.map((copy) => ({ ...copy, id: '' }))).toEqual(
			script.map((original, i) => ({
				...original,
				id: '',
				expectedActions: original.expectedActions.map((action, n) => ({
					...action,
					id: copies[i]!.expectedActions[n]!.id
				})),
				...(original.schedule.mode === 'condition' && { schedule: copies[i]!.schedule }),
				...(original.schedule.mode === 'after' && {
					schedule: { ...original.schedule, inject: copies[0]!.id }
				})
			}))
		);
	});
});
