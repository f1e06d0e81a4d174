import { countryName } from '#lib/standards/countries.ts';
import { papLabel } from '#lib/standards/judgement.ts';
import { formOf, type FormField } from '#lib/standards/notification-forms.ts';
import { providerName } from '#lib/standards/significance.ts';
import { sectorName, type Sector } from '#lib/standards/sectors.ts';
import { formatDateTime, translator } from '#lib/text/index.ts';
import { tellTime } from '#lib/exercise/exercise/clock.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import {
	valueAsText,
	reportName,
	type Notification,
	type SubmittedReport
} from '#lib/exercise/notification/schema.ts';
import { metCriteria } from '#lib/exercise/notification/standing.ts';
import { sectionRows } from '#lib/exercise/report/content.ts';
import { reportSections, type FrozenReport, type ReportContent } from '#lib/exercise/report/schema.ts';
import type { RichText } from '#lib/exercise/rich-text.ts';
import type { Paper, PaperPart } from './paper.ts';

const say = translator('en');

/** What the head of a report on paper says besides what is in it. */
export interface PaperHead {
	exercise: Exercise;
	/** the team that wrote it */
	team: string;
	country: Parameters<typeof countryName>[0];
	approvedBy: string | null;
	/** both clocks, ms */
	approvedAt: number | null;
	approvedWall: number | null;
	authors?: readonly string[];
	supersedes?: number | null;
	/** the reader who takes it out, and when */
	takenBy: string;
	takenAt: number;
}

const timeOf = (exercise: Exercise) => (at: number) => tellTime(at, exercise);

const note = ({ exercise, takenBy, takenAt }: PaperHead) =>
	say('reports.paper.note', { name: takenBy, time: formatDateTime(takenAt, exercise.timeZone) });

/** `D1 10:42 · 12 May 2026, 10:42 CEST`; a real room has one clock, and so one time. */
function bothClocks(exercise: Exercise, at: number | null, wall: number | null): string {
	return [
		...(at === null || (isReal(exercise) && wall !== null) ? [] : [timeOf(exercise)(at)]),
		...(wall === null ? [] : [formatDateTime(wall, exercise.timeZone)])
	].join(' · ');
}

function approved({ exercise, approvedBy, approvedAt, approvedWall }: PaperHead): string {
	return [approvedBy ?? '', bothClocks(exercise, approvedAt, approvedWall)].filter(Boolean).join(', ');
}

/** An approved situation report. */
export function situationPaper(head: PaperHead, report: FrozenReport): Paper {
	const { exercise, team, country, authors = [], supersedes = null } = head;
	const time = timeOf(exercise);
	const { content } = report;
	const about = [
		{ label: say('reports.paper.from'), text: `${team}, ${countryName(country)}` },
		...(content?.to ? [{ label: say('reports.paper.to'), text: content.to }] : []),
		{
			label: say('reports.paper.asOf'),
			text: bothClocks(exercise, report.asOf, report.asOf)
		},
		{ label: say('reports.paper.approved'), text: approved(head) },
		...(authors.length > 0 ? [{ label: say('reports.paper.authors'), text: authors.join(', ') }] : []),
		...(content?.pap ? [{ label: say('reports.paper.pap'), text: papLabel(content.pap) }] : []),
		...(supersedes === null ? [] : [{ label: say('reports.paper.replaces'), text: String(supersedes) }])
	];
	return {
		space: exercise.kind,
		exercise: exercise.name,
		tlp: report.tlp,
		kind: say('team.report.heading', { number: report.number }),
		title: report.title,
		about,
		parts: content ? contentParts(content, time) : [{ is: 'text', text: report.text }],
		note: note(head)
	};
}

function contentParts(content: ReportContent, time: (at: number) => string): PaperPart[] {
	return reportSections.flatMap((section): PaperPart[] => {
		const text = content.sections[section];
		const rows = section === 'summary' ? [] : sectionRows(content, section, time);
		if (!text && rows.length === 0) return [];
		return [
			{ is: 'heading', text: say(`reports.section.${section}`) },
			...(section === 'impact' && rows.length > 0
				? [impactTable(content, time)]
				: rows.length > 0
					? [{ is: 'lines' as const, lines: rows }]
					: []),
			...(text ? [{ is: 'text' as const, text }] : [])
		];
	});
}

/** Every number with its source and the time for which it holds (DOMAIN 5.1). */
function impactTable({ impacts }: ReportContent, time: (at: number) => string): PaperPart {
	return {
		is: 'table',
		columns: [
			{ title: say('reports.impact.country'), share: 1.6 },
			{ title: say('reports.impact.sector'), share: 2 },
			{ title: say('reports.impact.severity'), share: 1.6 },
			{ title: say('reports.impact.outlook'), share: 1.5 },
			{ title: say('reports.impact.users'), share: 1.2 },
			{ title: say('reports.impact.source'), share: 2.6 }
		],
		rows: impacts.map((row) => [
			countryName(row.country),
			[sectorName(row.sector), ...(row.subsector ? [sectorName(row.subsector)] : [])].join(', '),
			say(`impact.colour.${row.severity}`),
			[
				say(`impact.outlook.${row.outlook}`),
				...(row.crossBorder ? [say('reports.impact.crossBorder')] : [])
			].join(', '),
			row.usersAffected === null ? '–' : String(row.usersAffected),
			[
				row.source,
				...(row.asOf === null ? [] : [say('team.report.asOfTime', { time: time(row.asOf) })]),
				...(row.incident ? [say('reports.takenFrom', { number: row.incident.number })] : [])
			]
				.filter(Boolean)
				.join(', ')
		])
	};
}

/** One version of a submitted report of a case, on the form on which it was written. */
export function notificationPaper(
	head: PaperHead,
	standing: Notification,
	key: string,
	submitted: SubmittedReport
): Paper {
	const { exercise, team, country } = head;
	const time = timeOf(exercise);
	const form = formOf(submitted.form);
	const { content } = standing;
	const met = metCriteria(standing);
	const late =
		submitted.due !== null &&
		submitted.at !== null &&
		submitted.at > submitted.due &&
		submitted.version === 1;
	return {
		space: exercise.kind,
		exercise: exercise.name,
		tlp: content.tlp,
		kind: say('reports.paper.version', { report: reportName(key), version: submitted.version }),
		title: content.title,
		about: [
			{ label: say('reports.paper.from'), text: `${team}, ${countryName(country)}` },
			{ label: say('reports.paper.entity'), text: content.entity },
			...(content.provider
				? [{ label: say('reports.paper.provider'), text: providerName(content.provider) }]
				: []),
			{ label: say('reports.paper.aware'), text: time(content.awareAt) },
			...(submitted.due === null
				? []
				: [
						{
							label: say('reports.paper.due'),
							text: late ? say('reports.paper.dueLate', { time: time(submitted.due) }) : time(submitted.due)
						}
					]),
			{ label: say('reports.paper.approved'), text: approved(head) },
			...(met.length > 0
				? [
						{
							label: say('reports.paper.significant'),
							text: met.map(({ article, says }) => `${article}: ${says}`).join('\n')
						}
					]
				: []),
			...(form
				? [
						{
							label: say('reports.paper.form'),
							text: say('reports.paper.formName', { law: form.law, version: form.version })
						}
					]
				: [])
		],
		parts: (form?.fields ?? []).flatMap((field): PaperPart[] => {
			const value = submitted.values[field.id];
			if (value === undefined || value === null) return [];
			return [{ is: 'field', label: field.label, text: answerOf(field, value, time) }];
		}),
		note: note(head)
	};
}

function answerOf(
	field: FormField,
	value: Exclude<SubmittedReport['values'][string], null>,
	time: (at: number) => string
): RichText | string {
	if (typeof value === 'object' && 'type' in value) return value as RichText;
	if (Array.isArray(value)) return (value as string[]).map((code) => countryName(code as never)).join(', ');
	if (field.type === 'time' && typeof value === 'number') return time(value);
	const text = valueAsText(value);
	if (field.type === 'sector') return sectorName(text as Sector);
	if (field.type === 'yes-no-unknown') return say(`notify.said.${text as 'yes'}`);
	return field.options?.find(({ id }) => id === text)?.label ?? text;
}
