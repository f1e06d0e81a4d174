import * as Y from 'yjs';
import { describe, expect, it } from 'vitest';
import { exerciseStates, type Actor, type Exercise } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import {
	approveReport,
	openReport,
	reportFingerprint,
	setReportRhythm,
	type ReportCommandState
} from '#lib/exercise/report/commands.ts';
import { comparedSections } from '#lib/exercise/report/content.ts';
import { defaultRhythm, dueStanding, nextReportDue, rhythmOf } from '#lib/exercise/report/due.ts';
import {
	addRow,
	pageText,
	readReport,
	removeRow,
	reportRows,
	sectionText,
	setCells,
	setHead,
	writeReportPage,
	type ReportPage
} from '#lib/exercise/report/page.ts';
import { summaryLength } from '#lib/exercise/report/problems.ts';
import { reportLimits, type ImpactRow } from '#lib/exercise/report/schema.ts';
import { takeOver, type KeptIncident } from '#lib/exercise/report/take-over.ts';
import { incidentContentSchema, incidentRecord, type Incident } from '#lib/exercise/incident/schema.ts';
import { richTextFromText, textOfRichText, writeFragment } from '#lib/exercise/rich-text.ts';
import {
	answerOf,
	controller,
	director,
	exercise,
	factOf,
	frenchLead,
	greek,
	greekEvaluator,
	greekFacilitator,
	greekLead,
	greekModerator,
	greekPlayer,
	idOf,
	minute,
	moment,
	observer,
	sentenceOf,
	startex,
	stranger
} from '../domain/factories.ts';

const running = exercise('running');
const outsiders = {
	controller,
	greekModerator,
	greekEvaluator,
	greekFacilitator,
	frenchLead,
	observer,
	stranger
};
const draft = { page: 'report-1', number: 1, approved: null };
const signed = { page: 'report-1', number: 1, approved: { at: startex, supersedes: null } };

const impact: Partial<ImpactRow> = { country: 'GR', sector: 'transport', severity: 'red' };

/** A page as people leave it: a summary, a situation, and what the test adds. */
function written(more: (doc: Y.Doc) => void = () => undefined): ReportPage {
	const doc = new Y.Doc();
	writeReportPage(doc);
	setHead(doc, 'title', ' Noon ');
	setHead(doc, 'tlp', 'green');
	writeFragment(sectionText(doc, 'summary'), richTextFromText('Two terminals stand still.'));
	writeFragment(sectionText(doc, 'situation'), richTextFromText('The gates are closed.'));
	more(doc);
	return readReport(doc);
}

const page = written();
const state = (values: Partial<ReportCommandState> = {}, of: Exercise = running): ReportCommandState => ({
	exercise: of,
	team: greek,
	reports: [draft],
	page,
	authors: ['GR CSIRT analyst', 'GR CSIRT lead'],
	incidents: [],
	...values
});
const open = (of: ReportCommandState, actor: Actor) =>
	openReport.decide(of, { team: greek.id }, actor, moment(of.exercise));
const approve = (
	of: ReportCommandState,
	actor: Actor = greekLead,
	fingerprint = of.page ? reportFingerprint(of.page) : 'a'.repeat(64),
	wanted = 'report-1',
	minutes = 10
) =>
	approveReport.decide(
		of,
		{ team: greek.id, page: wanted, fingerprint },
		actor,
		moment(of.exercise, minutes)
	);
/** Why a page is not approved; empty: it is. */
const refusal = (of: ReportPage, values: Partial<ReportCommandState> = {}) =>
	sentenceOf(approve(state({ page: of, ...values })));

describe('situation reports', () => {
	it('are opened one after the other, between STARTEX and ENDEX', () => {
		expect(factOf(open(state({ reports: [] }), greekPlayer), 'report-opened')).toMatchObject({
			page: 'report-1',
			number: 1
		});
		expect(answerOf(open(state(), greekPlayer))).toBe('not-now');
		expect(factOf(open(state({ reports: [signed] }), greekPlayer), 'report-opened').page).toBe('report-2');
		for (const one of exerciseStates)
			expect([one, answerOf(open(state({ reports: [] }, exercise(one)), greekLead))]).toEqual([
				one,
				['running', 'paused'].includes(one) ? 'facts' : 'not-now'
			]);
	});

	it('[P7] are frozen as exactly what the lead saw: text, rows and label', () => {
		const full = written((doc) => {
			addRow(doc, 'impacts', 'row-1', {
				...impact,
				usersAffected: 400,
				source: 'Port authority',
				asOf: startex
			});
			addRow(doc, 'needs', 'row-2', { type: 'expertise', what: 'An analyst for the night', to: 'ENISA' });
			addRow(doc, 'decisions', 'row-3', { question: 'Close the second gate?', by: startex + 60 * minute });
		});
		const fact = factOf(approve(state({ page: full })), 'report-approved');
		expect(fact).toMatchObject({
			team: greek.id,
			page: 'report-1',
			number: 1,
			title: 'Noon',
			tlp: 'green',
			fingerprint: reportFingerprint(full),
			asOf: startex + 10 * minute,
			authors: ['GR CSIRT analyst', 'GR CSIRT lead'],
			nextDue: startex + 10 * minute + 120 * minute
		});
		expect(fact.content).toMatchObject({
			sections: {
				summary: richTextFromText('Two terminals stand still.'),
				situation: richTextFromText('The gates are closed.')
			},
			impacts: [{ country: 'GR', sector: 'transport', severity: 'red', usersAffected: 400, incident: null }],
			needs: [{ what: 'An analyst for the night' }],
			decisions: [{ question: 'Close the second gate?' }]
		});
		const words = textOfRichText(fact.text);
		for (const part of ['Summary', 'Two terminals stand still.', '400 users affected', 'Port authority'])
			expect(words).toContain(part);
		expect(words).toContain('as of D1 09:00');
	});

	it('[P7] are not approved when anything on the page changed meanwhile', () => {
		const changes: ((doc: Y.Doc) => void)[] = [
			(doc) => writeFragment(sectionText(doc, 'annexes'), richTextFromText('One more line.')),
			(doc) => setHead(doc, 'title', 'Evening'),
			(doc) => setHead(doc, 'tlp', 'clear'),
			(doc) => setHead(doc, 'to', 'Ministry'),
			(doc) => addRow(doc, 'impacts', 'row-1', impact),
			(doc) => addRow(doc, 'needs', 'row-1', { what: 'Paper' })
		];
		for (const change of changes)
			expect(answerOf(approve(state({ page: written(change) }), greekLead, reportFingerprint(page)))).toBe(
				'stale'
			);
	});

	it('have a title and a time also when nobody wrote them', () => {
		const bare = written((doc) => {
			setHead(doc, 'title', '  ');
			setHead(doc, 'asOf', startex + minute);
		});
		expect(factOf(approve(state({ page: bare })), 'report-approved')).toMatchObject({
			title: 'Situation report 1',
			asOf: startex + minute
		});
	});

	it('are refused empty, twice, unknown', () => {
		const doc = new Y.Doc();
		writeReportPage(doc);
		expect(answerOf(approve(state({ page: readReport(doc) })))).toBe('invalid');
		expect(answerOf(approve(state({ reports: [signed] })))).toBe('stale');
		expect(answerOf(approve(state(), greekLead, undefined, 'report-2'))).toBe('not-found');
		expect(answerOf(approve(state({ page: null })))).toBe('not-found');
		expect(
			approveReport.input.safeParse({ team: greek.id, page: 'notes', fingerprint: 'a'.repeat(64) }).success
		).toBe(false);
	});

	it('[P7] need the lead; to outsiders they do not exist', () => {
		expect(answerOf(approve(state(), greekPlayer))).toBe('forbidden');
		for (const [name, actor] of Object.entries(outsiders)) {
			expect([name, answerOf(approve(state(), actor))]).toEqual([name, 'not-found']);
			expect([name, answerOf(open(state(), actor))]).toEqual([name, 'not-found']);
		}
	});

	it('[P7] can be approved within the hour after ENDEX', () => {
		const ended = state({}, exercise('ended'));
		expect(answerOf(approve(ended, greekLead, undefined, 'report-1', 69))).toBe('facts');
		expect(answerOf(approve(ended, greekLead, undefined, 'report-1', 71))).toBe('not-now');
	});
});

describe('what a report must have', () => {
	it('a summary of at most 600 characters, counted as people see them', () => {
		const of = (text: string) =>
			written((doc) => writeFragment(sectionText(doc, 'summary'), richTextFromText(text)));
		expect(refusal(of('é'.repeat(reportLimits.summary)))).toBe('');
		expect(refusal(of('𝒜'.repeat(reportLimits.summary)))).toBe('');
		expect(refusal(of('x'.repeat(reportLimits.summary + 1)))).toMatch(/601 characters: at most 600/);
		expect(summaryLength(richTextFromText('one\ntwo'))).toBe(7);
	});

	it('a source and a time for every number', () => {
		const row = (values: Partial<ImpactRow>) =>
			written((doc) => addRow(doc, 'impacts', 'row-1', { ...impact, ...values }));
		expect(refusal(row({}))).toBe('');
		expect(refusal(row({ usersAffected: 12 }))).toMatch(/row 1.*where it comes from and for which time/);
		expect(refusal(row({ usersAffected: 12, source: 'Port' }))).toMatch(/needs for which time it holds/);
		expect(refusal(row({ usersAffected: 0, asOf: startex }))).toMatch(/where it comes from/);
		expect(refusal(row({ usersAffected: 12, source: 'Port', asOf: startex }))).toBe('');
	});

	it('a colour that somebody chose: unknown is never white', () => {
		const row = (values: Partial<ImpactRow>) =>
			written((doc) => addRow(doc, 'impacts', 'row-1', { ...impact, ...values }));
		expect(refusal(row({ severity: null }))).toMatch(/unknown/);
		expect(refusal(row({ country: null }))).toMatch(/country and a sector/);
		expect(refusal(row({ severity: 'white' }))).toBe('');
	});

	it('words in every need and every decision', () => {
		expect(refusal(written((doc) => addRow(doc, 'needs', 'row-1')))).toMatch(/Needs and requests, row 1/);
		expect(refusal(written((doc) => addRow(doc, 'decisions', 'row-1')))).toMatch(/Decisions needed, row 1/);
	});

	it('[P8] a label not lower than that of what it quotes, whatever the page says of it', () => {
		const record = idOf<RecordId>('incident');
		const quoting = (label: 'green' | 'amber', own: 'green' | 'amber_strict') =>
			written((doc) => {
				setHead(doc, 'tlp', own);
				addRow(doc, 'impacts', 'row-1', {
					...impact,
					quoted: { record, number: 7, title: 'Port down', tlp: label }
				});
			});
		const incidents = [{ record: record as string, number: 7, tlp: 'amber' as const }];
		expect(refusal(quoting('amber', 'green'))).toMatch(/incident 7, marked TLP:AMBER/);
		// somebody wrote a lower label into the page: the incident's own counts
		expect(refusal(quoting('green', 'green'), { incidents })).toMatch(/incident 7, marked TLP:AMBER/);
		expect(refusal(quoting('amber', 'amber_strict'), { incidents })).toBe('');
		expect(refusal(quoting('green', 'green'))).toBe('');
	});

	it('a report that is there, approved and not replaced yet, when it replaces one', () => {
		const replacing = written((doc) => setHead(doc, 'supersedes', 1));
		const second = { page: 'report-2', number: 2, approved: null };
		const on = (reports: ReportCommandState['reports']) =>
			approve(state({ page: replacing, reports }), greekLead, undefined, reports.at(-1)!.page);
		expect(factOf(on([signed, second]), 'report-approved').supersedes).toBe(1);
		expect(sentenceOf(on([draft]))).toMatch(/no approved report 1/);
		const replaced = { page: 'report-2', number: 2, approved: { at: startex, supersedes: 1 } };
		const third = { page: 'report-3', number: 3, approved: null };
		expect(sentenceOf(on([signed, replaced, third]))).toMatch(/replaced already/);
	});
});

describe('the page of a report', () => {
	it('[R2] three people in three sections and two in one row lose nothing', () => {
		const first = new Y.Doc();
		writeReportPage(first);
		addRow(first, 'impacts', 'row-1', impact);
		const start = Y.encodeStateAsUpdate(first);
		const people = ['summary', 'situation', 'assessment'].map(() => {
			const doc = new Y.Doc();
			Y.applyUpdate(doc, start);
			return doc;
		});
		const words = ['Port closed.', 'Gates shut since nine.', 'Confidence is low.'];
		for (const [i, section] of (['summary', 'situation', 'assessment'] as const).entries())
			writeFragment(sectionText(people[i]!, section), richTextFromText(words[i]!));
		setCells(people[0]!, 'impacts', 'row-1', { usersAffected: 12 });
		setCells(people[1]!, 'impacts', 'row-1', { source: 'Port authority' });
		for (const doc of people) Y.applyUpdate(first, Y.encodeStateAsUpdate(doc));
		const read = readReport(first);
		expect(textOfRichText(read.sections.summary)).toBe('Port closed.');
		expect(textOfRichText(read.sections.situation)).toBe('Gates shut since nine.');
		expect(textOfRichText(read.sections.assessment)).toBe('Confidence is low.');
		expect(read.rows.impacts).toMatchObject([{ usersAffected: 12, source: 'Port authority' }]);
	});

	it('an older page with one text is read, approved and frozen with its text', () => {
		const doc = new Y.Doc();
		setHead(doc, 'title', 'Before');
		writeFragment(pageText(doc), richTextFromText('Written on an older version.'));
		const older = readReport(doc);
		const fact = factOf(approve(state({ page: older })), 'report-approved');
		expect(fact.text).toEqual(richTextFromText('Written on an older version.'));
	});

	it('[R18] values that cannot be are read as missing, and rows keep their order', () => {
		const doc = new Y.Doc();
		addRow(doc, 'impacts', 'row-b', impact);
		addRow(doc, 'impacts', 'row-a', { ...impact, severity: 'green' });
		const row = reportRows(doc, 'impacts').get('row-a')!;
		row.set('severity', 'orange');
		row.set('usersAffected', -5);
		row.set('quoted', { record: '<script>', number: 'x' });
		reportRows(doc, 'impacts').set('row-c', 'no row' as never);
		const read = readReport(doc);
		expect(read.rows.impacts.map(({ id }) => id)).toEqual(['row-b', 'row-a']);
		expect(read.rows.impacts[1]).toMatchObject({ severity: null, usersAffected: null, quoted: null });
		removeRow(doc, 'impacts', 'row-b');
		expect(readReport(doc).rows.impacts).toHaveLength(1);
	});

	it('versions are compared section by section, with their rows', () => {
		const before = factOf(approve(state()), 'report-approved');
		const after = factOf(
			approve(state({ page: written((doc) => addRow(doc, 'impacts', 'row-1', impact)) })),
			'report-approved'
		);
		const of = (fact: typeof before) =>
			comparedSections({ title: fact.title, text: fact.text, content: fact.content! }, () => 'D1 09:00');
		expect(of(before).find(({ section }) => section === 'impact')!.text).toBe('');
		expect(of(after).find(({ section }) => section === 'impact')!.text).toMatch(/^Greece, Transport: red/);
	});
});

describe('taking over from incidents', () => {
	const content = incidentContentSchema.parse({
		title: 'Port system down',
		tlp: 'amber',
		cause: 'malicious-actions',
		impacts: [{ country: 'GR', sector: 'transport', severity: 'yellow', source: 'Port', asOf: startex }]
	});
	const incident = (values: Partial<Incident['content']> = {}): KeptIncident => ({
		id: idOf<RecordId>('incident'),
		standing: incidentRecord.evolve(null, {
			fact: { kind: 'incident-opened', number: 3, tlp: 'amber', content: { ...content, ...values } },
			side: 'own',
			by: null,
			at: startex,
			wallAt: 0
		})
	});

	it('adds rows with the incident they come from, changes those taken before, leaves the team’s own', () => {
		const doc = new Y.Doc();
		addRow(doc, 'impacts', 'own', { ...impact, severity: 'green' });
		const first = takeOver([incident()], readReport(doc).rows);
		expect(first.impacts.add).toMatchObject([
			{ country: 'GR', severity: 'yellow', quoted: { number: 3, tlp: 'amber' } }
		]);
		expect(first.incidents.add).toMatchObject([{ number: 3, cause: 'malicious-actions', state: 'new' }]);
		addRow(doc, 'impacts', 'taken', first.impacts.add[0]!);
		addRow(doc, 'incidents', 'about', first.incidents.add[0]!);

		const again = takeOver([incident()], readReport(doc).rows);
		expect(again).toMatchObject({
			same: 2,
			impacts: { add: [], change: [] },
			incidents: { add: [], change: [] }
		});
		const worse = takeOver(
			[incident({ impacts: [{ ...content.impacts[0]!, severity: 'red' }] })],
			readReport(doc).rows
		);
		expect(worse.impacts.change).toMatchObject([{ id: 'taken', severity: 'red' }]);
	});
});

describe('when the next report is due', () => {
	const hour = 60 * minute;
	const base = { rhythm: defaultRhythm, startsAt: startex, lastAt: null };

	it('counts from STARTEX, then from the last approved report, by level', () => {
		expect(nextReportDue({ ...base, level: 'technical' })).toBe(startex + 2 * hour);
		expect(nextReportDue({ ...base, level: 'operational' })).toBe(startex + 4 * hour);
		expect(nextReportDue({ ...base, level: 'entity', lastAt: startex + hour })).toBe(startex + 3 * hour);
		expect(
			nextReportDue({ ...base, level: 'entity', rhythm: { ...defaultRhythm, entity: null } })
		).toBeNull();
	});

	it('is sooner when something asks for more, and nobody is late at the moment of asking', () => {
		const asked = [{ minutes: 30, from: startex + 100 * minute }];
		expect(nextReportDue({ ...base, level: 'technical', asked })).toBe(startex + 120 * minute);
		expect(nextReportDue({ ...base, level: 'operational', asked })).toBe(startex + 130 * minute);
		expect(nextReportDue({ ...base, level: 'operational', lastAt: startex + 110 * minute, asked })).toBe(
			startex + 140 * minute
		);
	});

	it('is kept at exactly its time, and never late before STARTEX', () => {
		expect(dueStanding(100, 100)).toEqual({ late: false, ms: 0 });
		expect(dueStanding(100, 130)).toEqual({ late: true, ms: 30 });
		expect(dueStanding(100, null)).toEqual({ late: false, ms: null });
	});

	it('[P7] is set by exercise control, for everybody to read', () => {
		const rhythm = { ...defaultRhythm, entity: 60 };
		const set = (actor: Actor) =>
			setReportRhythm.decide(state({ team: null }), { rhythm }, actor, moment(running));
		expect(factOf(set(director), 'report-rhythm-set').rhythm.entity).toBe(60);
		for (const actor of [greekLead, greekModerator, observer]) expect(answerOf(set(actor))).toBe('forbidden');
		expect(rhythmOf({ reportRhythm: { entity: 30 } })).toEqual({ ...defaultRhythm, entity: 30 });
		expect(setReportRhythm.input.safeParse({ rhythm: { ...rhythm, entity: 1 } }).success).toBe(false);
	});
});
