import type * as Y from 'yjs';
import type { Tlp } from '#lib/standards/tlp.ts';
import { notificationForms } from '#lib/standards/notification-forms.ts';
import type { DocumentRef } from '#lib/exercise/documents.ts';
import { readGuides } from '#lib/exercise/evaluation/guide.ts';
import { readScript, type Inject } from '#lib/exercise/inject/schema.ts';
import { formChoices, isEmptyValue, readForm } from '#lib/exercise/notification/form.ts';
import { reportName, stepOf } from '#lib/exercise/notification/schema.ts';
import { pageText, readReport, reportRows } from '#lib/exercise/report/page.ts';
import { freezeReport, sectionRows } from '#lib/exercise/report/content.ts';
import {
	reportSections,
	sectionNames,
	type ReportSection,
	type ReportTable
} from '#lib/exercise/report/schema.ts';
import {
	findingSections,
	findingText,
	readFindings,
	reviewFindings,
	reviewText
} from '#lib/exercise/review/schema.ts';
import { isEmptyRichText, readFragment, type RichText } from '#lib/exercise/rich-text.ts';
import { readScenario } from '#lib/exercise/scenario/schema.ts';
import { formatDuration, t } from '#lib/text/index.ts';
import { valueWords } from '../teams/[team]/notifications/value-words.ts';

/** A part of a page as it stood: what stands under one heading, and which places of the page it is. */
export interface ShownSection {
	key: string;
	title: string;
	tlp: Tlp | null;
	/** label and words, each a line */
	lines: { label: string; text: string }[];
	texts: { label: string; text: RichText }[];
	/** rows of a list */
	items: string[];
	/** places whose last change is this section's (exercise/replay/rebuild.ts) */
	places: string[];
}

type PageRef = Exclude<DocumentRef, { kind: 'timeline' }>;

/** Reads a page with the readers of its kind. What is empty is left out, so that an unwritten page has no sections. */
export function shownSections(ref: PageRef, doc: Y.Doc, time: (exercise: number) => string): ShownSection[] {
	switch (ref.kind) {
		case 'worksheet':
			if (ref.page === 'notes')
				return [textSection('text', t('team.notes.title'), readFragment(pageText(doc)))];
			return ref.page.startsWith('report-') ? reportSectionsOf(doc, time) : formSections(doc, time);
		case 'script':
			return readScript(doc).map((inject) => injectSection(inject, time));
		case 'scenario':
			return scenarioSections(doc);
		case 'evaluation':
			return guideSections(doc);
		case 'review':
			return reviewSections(doc);
	}
}

/** A section that says nothing is not shown. */
export const saysSomething = ({ lines, texts, items, tlp, title, key }: ShownSection): boolean =>
	items.length > 0 ||
	lines.some(({ text }) => text.trim() !== '') ||
	texts.some(({ text }) => !isEmptyRichText(text)) ||
	// a record without texts is there all the same
	(key.includes('/') && (title !== '' || tlp !== null));

const section = (
	key: string,
	title: string,
	parts: Partial<Omit<ShownSection, 'key' | 'title'>> = {}
): ShownSection => ({ tlp: null, lines: [], texts: [], items: [], places: [key], ...parts, key, title });

const textSection = (key: string, title: string, text: RichText): ShownSection =>
	section(key, title, { texts: [{ label: '', text }] });

const line = (label: string, text: string) => ({ label, text });

// --- a team's reports ---------------------------------------------------------------------------------------------------

const tablesOf: Partial<Record<ReportSection, ReportTable>> = {
	situation: 'incidents',
	impact: 'impacts',
	needs: 'needs',
	decisions: 'decisions'
};

function reportSectionsOf(doc: Y.Doc, time: (exercise: number) => string): ShownSection[] {
	const page = readReport(doc);
	const content = freezeReport(page);
	const shown = reportSections.map((key) => {
		const table = tablesOf[key];
		return section(key, sectionNames[key], {
			texts: [{ label: '', text: page.sections[key] }],
			items: sectionRows(content, key, time),
			places: [
				`section/${key}`,
				...(table
					? [`rows/${table}`, ...[...reportRows(doc, table).keys()].map((id) => `rows/${table}/${id}`)]
					: []),
				...(key === 'summary' ? ['head/to', 'head/pap'] : []),
				...(key === 'assessment' ? ['head/confidence', 'head/spread'] : [])
			]
		});
	});
	return page.text === null ? shown : [...shown, textSection('text', t('replay.page.text'), page.text)];
}

function formSections(doc: Y.Doc, time: (exercise: number) => string): ShownSection[] {
	// a case's page holds its reports side by side; which there are is seen from what is written
	const reports = [
		...new Set(
			[...doc.share.keys()].flatMap((name) => /^(?:values|text)\/([a-z_]+(?:-\d+)?)/.exec(name)?.[1] ?? [])
		)
	];
	return reports.flatMap((report) => {
		const form = notificationForms.findLast(({ step }) => step === stepOf(report));
		if (!form) return [];
		const values = readForm(doc, report, form);
		const told = form.fields.filter(({ id }) => !isEmptyValue(values[id]));
		return [
			section(report, reportName(report), {
				lines: told
					.filter(({ type }) => type !== 'text')
					.map((field) => line(field.label, valueWords(field, values[field.id], time))),
				texts: told
					.filter(({ type }) => type === 'text')
					.map((field) => ({ label: field.label, text: values[field.id] as RichText })),
				places: [
					`values/${report}`,
					...[...formChoices(doc, report).keys()].map((id) => `values/${report}/${id}`),
					...form.fields.map(({ id }) => `text/${report}/${id}`)
				]
			})
		];
	});
}

// --- planning -------------------------------------------------------------------------------------------------------------

function injectSection(inject: Inject, time: (exercise: number) => string): ShownSection {
	const { id, reference, title, tlp, storyline, from, schedule, expectedActions } = inject;
	return section(
		`injects/${id}`,
		[reference, title].filter(Boolean).join(' · ') || t('replay.page.unnamed'),
		{
			tlp,
			lines: [
				line(
					t('replay.page.when'),
					schedule.mode === 'at'
						? time(schedule.at)
						: t(`replay.page.schedule.${schedule.mode}`, {
								time: 'seconds' in schedule ? formatDuration(schedule.seconds * 1000) : ''
							})
				),
				line(t('replay.page.storyline'), storyline),
				line(t('replay.page.from'), from)
			].filter(({ text }) => text !== ''),
			texts: [{ label: '', text: inject.body }],
			items: expectedActions.map(({ text }) => text)
		}
	);
}

function scenarioSections(doc: Y.Doc): ShownSection[] {
	const scenario = readScenario(doc);
	return [
		section('head', t('replay.page.scenario'), {
			lines: scenario.title ? [line('', scenario.title)] : [],
			places: ['head', 'head/title']
		}),
		textSection('narrative', t('replay.page.narrative'), scenario.narrative),
		textSection('groundTruth', t('replay.page.groundTruth'), scenario.groundTruth),
		section('storylines', t('replay.page.storylines'), {
			items: scenario.storylines.map(({ name, description }) =>
				[name, description].filter(Boolean).join(': ')
			)
		}),
		section('objectives', t('replay.page.objectives'), {
			items: scenario.objectives.map(({ code, text }) => [code, text].filter(Boolean).join(': '))
		})
	].map((one) =>
		one.key === 'storylines' || one.key === 'objectives'
			? {
					...one,
					places: [one.key, ...scenario[one.key].map(({ id }) => `${one.key}/${id}`)]
				}
			: one
	);
}

// --- after play -----------------------------------------------------------------------------------------------------------

function guideSections(doc: Y.Doc): ShownSection[] {
	return readGuides(doc).map((guide) =>
		section(`guides/${guide.id}`, guide.objective || t('replay.page.unnamed'), {
			lines: [
				line(t('replay.page.target'), guide.target),
				line(t('replay.page.standard'), guide.standard)
			].filter(({ text }) => text !== ''),
			items: guide.tasks.map(({ text }) => text),
			places: [`guides/${guide.id}`, ...guide.tasks.map(({ id }) => `tasks/${id}`)]
		})
	);
}

function reviewSections(doc: Y.Doc): ShownSection[] {
	return [
		textSection('summary', t('replay.page.summary'), readFragment(reviewText(doc, 'summary'))),
		textSection('analysis', t('replay.page.analysis'), readFragment(reviewText(doc, 'analysis'))),
		...readFindings(doc).map(({ id, title, tlp }) => {
			const record = reviewFindings(doc).get(id)!;
			return section(`findings/${id}`, title || t('replay.page.unnamed'), {
				tlp,
				texts: findingSections.flatMap((part) => {
					const text = findingText(record, part);
					return text ? [{ label: t(`replay.page.finding.${part}`), text: readFragment(text) }] : [];
				})
			});
		})
	];
}
