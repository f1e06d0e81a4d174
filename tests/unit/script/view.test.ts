import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import {
	approvalProblem,
	changedFields,
	maySubmit,
	planState,
	type InjectStatus
} from '#lib/exercise/inject/approval.ts';
import { insertInject, ScriptPage } from '#lib/exercise/inject/page.ts';
import { newInject, type Inject } from '#lib/exercise/inject/schema.ts';
import { richTextFromText } from '#lib/exercise/rich-text.ts';
import { cellText, parseCell, type CellContext, type EditableColumn } from '#lib/exercise/inject/cells.ts';
import { copyCells, pasteCells } from '#lib/exercise/inject/paste.ts';
import {
	countRows,
	filterFromQuery,
	filterRows,
	isFiltered,
	noFilter,
	objectivesOf,
	sortRows,
	storylinesOf,
	writeFilter,
	type ScriptFilter,
	type ScriptRow
} from '#lib/exercise/inject/view.ts';

const injectId = (name: string | number) => `inject_${name}`.padEnd(12, '_') as InjectId;
const teamId = (name: string) => `team_${name}`.padEnd(12, '_') as TeamId;
const teams: Team[] = [
	{ id: teamId('gr'), name: 'GR CSIRT', country: 'GR', level: 'technical' },
	{ id: teamId('it'), name: 'IT CA', country: 'IT', level: 'operational' },
	{ id: teamId('nl'), name: 'NL Port', country: 'NL', level: 'entity' }
];
const nobody = { all: false, countries: [], levels: [], teams: [] };

function rowsOf(injects: Partial<Inject>[], more: Partial<ScriptRow>[] = []): ScriptRow[] {
	const doc = new Y.Doc();
	const page = new ScriptPage(doc);
	for (const [i, values] of injects.entries())
		insertInject(doc, page.rows(), injectId(i), { after: i === 0 ? null : injectId(i - 1) }, values);
	return page.rows().map((row, i) => ({
		row,
		number: i + 1,
		state: 'draft',
		warnings: [],
		plannedAt: null,
		...more[i]
	}));
}
const numbers = (rows: readonly ScriptRow[]) => rows.map((row) => row.number);

describe('the filter', () => {
	const rows = rowsOf(
		[
			{ reference: 'CM-1', title: 'Ransom note', storyline: 'Port', to: { ...nobody, countries: ['GR'] } },
			{
				reference: 'CM-2',
				title: 'Press call',
				storyline: 'Media',
				objectives: ['OBJ-2'],
				to: { ...nobody, all: true }
			},
			{
				reference: 'CM-10',
				title: 'Crane',
				body: richTextFromText('The second terminal'),
				to: { ...nobody, levels: ['entity'] }
			}
		],
		[{ state: 'approved' }, { warnings: ['unapproved'] }, { state: 'submitted' }]
	);
	const found = (filter: Partial<ScriptFilter>) =>
		numbers(filterRows(rows, { ...noFilter, ...filter }, teams));

	it('finds words in every text of an inject, in any order', () => {
		expect(found({ text: 'note ransom' })).toEqual([1]);
		expect(found({ text: 'TERMINAL' })).toEqual([3]);
		expect(found({ text: 'ransom terminal' })).toEqual([]);
	});

	it('takes a team by whatever way it is reached', () => {
		expect(found({ team: teamId('gr') })).toEqual([1, 2]);
		expect(found({ team: teamId('nl') })).toEqual([2, 3]);
		expect(found({ team: 'country:IT' })).toEqual([2]);
		expect(found({ team: 'country:FR' })).toEqual([]);
	});

	it('takes storyline, objective, state and warnings, together', () => {
		expect(found({ storyline: 'port' })).toEqual([1]);
		expect(found({ objective: 'obj-2' })).toEqual([2]);
		expect(found({ state: 'submitted' })).toEqual([3]);
		expect(found({ warnings: true })).toEqual([2]);
		expect(found({ warnings: true, state: 'submitted' })).toEqual([]);
		expect(found({})).toEqual([1, 2, 3]);
	});

	it('goes into the address and comes back', () => {
		const filter: ScriptFilter = {
			text: 'a & b',
			storyline: 'Port',
			team: 'country:GR',
			objective: 'OBJ-1',
			state: 'changed',
			warnings: true,
			central: true
		};
		const query = new URLSearchParams('inject=kept');
		writeFilter(filter, query);
		expect(filterFromQuery(new URLSearchParams(query.toString()))).toEqual(filter);
		writeFilter(noFilter, query);
		expect(query.toString()).toBe('inject=kept');
		expect(isFiltered(filterFromQuery(query))).toBe(false);
		expect(filterFromQuery(new URLSearchParams('state=constructor')).state).toBe('');
	});

	it('counts states and warnings', () => {
		expect(countRows(rows)).toMatchObject({ draft: 1, approved: 1, submitted: 1, warnings: 1, released: 0 });
	});
});

describe('sorting', () => {
	const rows = rowsOf(
		[
			{ reference: 'CM-10', title: 'b' },
			{ reference: 'CM-9', title: 'a' },
			{ reference: 'CM-11', title: 'b' }
		],
		[{ plannedAt: null }, { plannedAt: 200 }, { plannedAt: 100 }]
	);
	const sorted = (column: Parameters<typeof sortRows>[1]['column'], descending = false) =>
		numbers(sortRows(rows, { column, descending }, teams));

	it('sorts numbers in references as numbers, and back', () => {
		expect(sorted('reference')).toEqual([2, 1, 3]);
		expect(sorted('reference', true)).toEqual([3, 1, 2]);
	});
	it('keeps script order among equals, and by default', () => {
		expect(sorted('title')).toEqual([2, 1, 3]);
		expect(sorted('title', true)).toEqual([1, 3, 2]);
		expect(sorted('order')).toEqual([1, 2, 3]);
		expect(sorted('order', true)).toEqual([3, 2, 1]);
	});
	it('puts what has no time last, both ways', () => {
		expect(sorted('time')).toEqual([3, 2, 1]);
		expect(sorted('time', true)).toEqual([2, 3, 1]);
	});
});

describe('cells as text', () => {
	const context: CellContext = {
		startsAt: Date.parse('2026-05-12T07:00:00Z'),
		timeZone: 'Europe/Brussels',
		referenceOf: () => 'CM-1',
		injectOf: () => injectId(1),
		teams
	};

	it('what is copied from a cell can be pasted into another', () => {
		const inject = newInject(injectId(0), {
			reference: 'CM-5',
			title: 'Title',
			storyline: 'Port',
			schedule: { mode: 'after', inject: injectId(1), seconds: 300 },
			to: { all: false, countries: ['GR'], levels: ['technical'], teams: [teamId('nl')] },
			channel: 'siem_alert',
			tlp: 'amber_strict',
			objectives: ['OBJ-1', 'OBJ-2']
		});
		const columns: EditableColumn[] = [
			'reference',
			'title',
			'storyline',
			'time',
			'recipients',
			'channel',
			'tlp',
			'objectives'
		];
		const copy = newInject(injectId(9));
		for (const column of columns) {
			const parsed = parseCell(column, cellText(inject, column, context), context);
			expect(parsed).toHaveProperty('value');
			if ('value' in parsed) Object.assign(copy, parsed.value);
		}
		expect({ ...copy, id: inject.id }).toEqual(inject);
	});

	it('says which word it does not know', () => {
		expect(parseCell('recipients', 'GR; Atlantis', context)).toEqual({
			problem: 'unknown-recipient',
			word: 'Atlantis'
		});
		expect(parseCell('channel', 'pigeon', context)).toEqual({ problem: 'unknown-channel', word: 'pigeon' });
		expect(parseCell('tlp', 'mauve', context)).toEqual({ problem: 'unknown-tlp', word: 'mauve' });
		expect(parseCell('time', 'soon', context)).toEqual({ problem: 'not-a-schedule', word: 'soon' });
	});

	it('pastes one value into what is chosen, or a column downwards, all or nothing', () => {
		const targets = { chosen: ['a', 'b'], below: ['x', 'y', 'z'] };
		const pasted = (text: string, column: EditableColumn) => {
			const result = pasteCells(text, [column], targets, context);
			return 'edits' in result ? Object.fromEntries(result.edits) : result;
		};
		expect(pasted('Port\n', 'storyline')).toEqual({ a: { storyline: 'Port' }, b: { storyline: 'Port' } });
		expect(pasted('One\tmore\r\nTwo', 'title')).toEqual({ x: { title: 'One' }, y: { title: 'Two' } });
		expect(pasteCells('1\n2\n3\n4\n5', ['title'], targets, context)).toEqual({
			edits: new Map([
				['x', { title: '1' }],
				['y', { title: '2' }],
				['z', { title: '3' }]
			]),
			extra: [{ title: '4' }, { title: '5' }]
		});
		expect(pasted('GR\nAtlantis', 'recipients')).toEqual({
			problem: 'unknown-recipient',
			word: 'Atlantis',
			row: 2
		});
	});

	it('pastes a block as spreadsheets copy it; what cannot be written is passed over', () => {
		const targets = { chosen: ['a'], below: ['x', 'y'] };
		const block = 'CE-7\tready\t"Gate, ""A"""\nCE-8\t\t"two\nlines"\tbeyond';
		expect(pasteCells(block, ['reference', null, 'title'], targets, context)).toEqual({
			edits: new Map([
				['x', { reference: 'CE-7', title: 'Gate, "A"' }],
				['y', { reference: 'CE-8', title: 'two lines' }]
			]),
			extra: []
		});
		expect(pasteCells('5" pipe\tx', ['title', 'storyline'], targets, context)).toMatchObject({
			edits: new Map([['a', { title: '5" pipe', storyline: 'x' }]])
		});
	});

	it('what is copied as a block is pasted as the same', () => {
		const columns = ['reference', 'title', 'storyline', 'time', 'tlp'] as const;
		const injects = [
			newInject(injectId(1), {
				reference: 'A',
				title: 'say "no"',
				schedule: { mode: 'offset', seconds: 60 }
			}),
			newInject(injectId(2), { reference: 'B', title: 'tab here', storyline: 'Port', tlp: 'red' })
		];
		const pasted = pasteCells(
			copyCells(injects, columns, context),
			columns,
			{ chosen: ['x'], below: ['x', 'y'] },
			context
		);
		expect('edits' in pasted && [...pasted.edits.values()]).toEqual(
			injects.map(({ reference, title, storyline, schedule, tlp }) => ({
				reference,
				title,
				storyline,
				schedule,
				tlp
			}))
		);
	});

	it('makes one line of a pasted text, no longer than the field takes', () => {
		const parsed = parseCell('title', `a\n\tb ${'x'.repeat(400)}`, context);
		expect('value' in parsed && parsed.value.title).toMatch(/^a b x+$/);
		expect('value' in parsed && parsed.value.title!.length).toBe(200);
	});
});

describe('storylines and objectives that a script names', () => {
	it('lists those of the scenario first, then those that only the script knows', () => {
		const rows = rowsOf([
			{ storyline: 'zeta' },
			{ storyline: 'PORT' },
			{ storyline: 'alpha', objectives: ['O-1', 'O-1b'] }
		]);
		expect(storylinesOf(rows, ['Port', 'Media'])).toEqual([
			{ name: 'Port', count: 1 },
			{ name: 'Media', count: 0 },
			{ name: 'alpha', count: 1 },
			{ name: 'zeta', count: 1 }
		]);
		expect(objectivesOf(rows)).toHaveLength(2);
	});
});

describe('approval as the page shows it', () => {
	const inject = newInject(injectId(1), { title: 'One', to: { ...nobody, all: true } });
	const status = (values: Partial<InjectStatus>): InjectStatus => ({
		inject: inject.id,
		state: 'submitted',
		version: 0,
		approvedFingerprint: null,
		approvedName: null,
		approvedBy: null,
		approvedAt: null,
		submittedFingerprint: null,
		submittedBy: null,
		submittedByYou: false,
		submittedAt: null,
		returnReason: null,
		reason: null,
		dueAt: null,
		releasedAt: null,
		...values
	});
	const state = (values: Partial<InjectStatus> | null, now = 'now') =>
		planState(values ? status(values) : undefined, () => now);

	it('tells draft, submitted, approved and changed apart', () => {
		expect(state(null)).toBe('draft');
		expect(state({ submittedFingerprint: 'now' })).toBe('submitted');
		expect(state({ submittedFingerprint: 'older' })).toBe('draft');
		expect(state({ returnReason: 'Too long' })).toBe('returned');
		expect(state({ state: 'ready', version: 1, approvedFingerprint: 'now' })).toBe('approved');
		expect(state({ state: 'ready', version: 1, approvedFingerprint: 'older' })).toBe('changed');
		expect(state({ version: 1, approvedFingerprint: 'older', submittedFingerprint: 'now' })).toBe(
			'submitted'
		);
		expect(state({ state: 'released', version: 1, approvedFingerprint: 'older' })).toBe('released');
		expect(state({ state: 'held', version: 1, approvedFingerprint: 'now' })).toBe('held');
	});

	it('names the reason for which somebody may not approve', () => {
		const context = { authorMayApprove: false, teams };
		const problem = (values: Partial<InjectStatus> | null, what = inject, other = context) =>
			approvalProblem(what, values ? status(values) : undefined, 'now', other);
		expect(problem(null)).toBe('not-submitted');
		expect(problem({ submittedFingerprint: 'older' })).toBe('not-submitted');
		expect(problem({ submittedFingerprint: 'now', submittedByYou: true })).toBe('own');
		expect(problem({ submittedFingerprint: 'now' })).toBeNull();
		expect(problem({ submittedFingerprint: 'now' }, { ...inject, to: nobody })).toBe('no-recipients');
		expect(problem({ submittedFingerprint: 'now' }, { ...inject, title: '' })).toBe('incomplete');
		expect(problem({ state: 'released', version: 1 })).toBe('released');
		expect(problem({ state: 'ready', version: 1, approvedFingerprint: 'now' })).toBe('approved');
		expect(problem(null, inject, { authorMayApprove: true, teams })).toBeNull();
	});

	it('offers to submit what is new, and nothing twice', () => {
		expect(maySubmit(undefined, 'now')).toBe(true);
		expect(maySubmit(status({ submittedFingerprint: 'now' }), 'now')).toBe(false);
		expect(maySubmit(status({ submittedFingerprint: 'older' }), 'now')).toBe(true);
		expect(maySubmit(status({ state: 'ready', version: 1, approvedFingerprint: 'now' }), 'now')).toBe(false);
		expect(maySubmit(status({ state: 'released', version: 1 }), 'now')).toBe(false);
	});

	it('compares two versions field by field', () => {
		expect(changedFields(inject, { ...inject, title: 'Two', tlp: 'red' })).toEqual(['title', 'tlp']);
		expect(changedFields(inject, structuredClone(inject))).toEqual([]);
		// the database keeps the keys of an object in another order
		expect(
			changedFields(inject, { ...inject, to: { teams: [], levels: [], countries: [], all: true } })
		).toEqual([]);
	});
});
