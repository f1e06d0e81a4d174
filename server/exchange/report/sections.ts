import { AlignmentType, Paragraph, ShadingType, TextRun, type Table } from 'docx';
import { formatDateTime, formatDuration, translator } from '#lib/text/index.ts';
import { countries } from '#lib/standards/countries.ts';
import { tlpColour, tlpLabel } from '#lib/standards/tlp.ts';
import { tellTime } from '#lib/exercise/exercise/clock.ts';
import { isReal, markingOf } from '#lib/exercise/exercise/kind.ts';
import { roles, type ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import type { RecordLine } from '#lib/exercise/record/line.ts';
import type { TimesRow } from '#lib/exercise/record/times.ts';
import { isEmptyRichText, type RichText } from '#lib/exercise/rich-text.ts';
import { hotWashColumns } from '#lib/exercise/review/schema.ts';
import { reportLimits, type ReportCard, type ReportData } from './data.ts';
import {
	bullet,
	heading,
	pageWidth,
	paragraph,
	richText,
	runs,
	soft,
	table,
	type Numbering
} from './words.ts';

type Part = Paragraph | Table;
/** The words of an exercise, or of a real room: chosen before each report is written, which is written at one go. */
let say = translator('en');
export function speakAs(kind: ExerciseKind): void {
	say = translator('en', kind);
}
const countryName = (code: string) => countries.find((country) => country.code === code)?.name ?? code;

export function titlePage(data: ReportData): Part[] {
	const { exercise, tlp } = data;
	const centred = (children: TextRun[], before = 0) =>
		new Paragraph({ alignment: AlignmentType.CENTER, spacing: { before, after: 160 }, children });
	const wall = (at: number | null) => (at === null ? '–' : formatDateTime(at, exercise.timeZone));
	return [
		centred([new TextRun({ text: markingOf(exercise), bold: true, size: 28 })], 2200),
		centred(runs(exercise.name, { bold: true, size: 52, color: '102A43' }), 700),
		centred([new TextRun({ text: say('review.report.title'), size: 36 })]),
		centred(
			[
				new TextRun({
					text: ` ${tlpLabel(tlp)} `,
					bold: true,
					size: 32,
					color: tlpColour(tlp).slice(1).toUpperCase(),
					shading: { type: ShadingType.CLEAR, fill: '000000' }
				})
			],
			300
		),
		centred(runs(say(`review.report.extent.${data.extent}`), soft), 500),
		new Paragraph({ spacing: { before: 600 }, children: [] }),
		table(
			[
				{ title: say('review.report.head.what'), share: 3 },
				{ title: say('review.report.head.value'), share: 7 }
			],
			[
				...(isReal(exercise)
					? [
							[say('real.report.opened'), wall(exercise.startedAt)],
							[say('real.report.closed'), wall(exercise.endedAt)]
						]
					: [
							[say('review.report.head.startex'), wall(exercise.startsAt)],
							[say('review.report.head.endex'), wall(exercise.endsAt)],
							[say('review.report.head.started'), wall(exercise.startedAt)],
							[say('review.report.head.ended'), wall(exercise.endedAt)]
						]),
				[say('review.report.head.state'), say(`review.record.state.${exercise.state}`)],
				[say('review.report.head.zone'), exercise.timeZone],
				[say('review.report.head.asOf'), wall(data.asOf)],
				[say('review.report.head.madeBy'), data.madeBy]
			]
		)
	];
}

export function body(data: ReportData, numbering: Numbering): Part[] {
	return [
		heading(say('review.report.summary'), 1, { pageBreakBefore: true }),
		...written(data.summary, numbering),
		heading(say('review.report.facts'), 1),
		...facts(data),
		heading(say('review.report.findings'), 1),
		...findings(data, numbering),
		heading(say('review.report.analysis'), 1),
		...written(data.analysis, numbering),
		// times of deliveries: in a real room nothing is delivered
		...(isReal(data.exercise) ? [] : [heading(say('review.report.statistics'), 1), ...statistics(data)]),
		heading(say('review.report.decisions'), 1),
		...listed(data, data.decisions, 'decisions'),
		heading(say('review.report.reports'), 1),
		...listed(data, data.reports, 'reports'),
		heading(say('review.report.hotWash'), 1),
		...hotWash(data)
	];
}

const written = (text: RichText, numbering: Numbering): Part[] =>
	isEmptyRichText(text) ? [paragraph(say('review.report.notWritten'), soft)] : richText(text, numbering);

function facts({ participants, people, scenario }: ReportData): Part[] {
	const teams = participants.reduce((sum, country) => sum + country.teams, 0);
	const players = participants.reduce((sum, country) => sum + country.players, 0);
	return [
		heading(say('review.report.participants'), 2),
		paragraph(
			say('review.report.participantsText', { countries: participants.length, teams, players }) +
				(people ? ` ${say('review.report.peopleText', { total: people.total })}` : '')
		),
		table(
			[
				{ title: say('review.report.country'), share: 6 },
				{ title: say('review.report.teams'), share: 2, right: true },
				{ title: say('review.report.players'), share: 2, right: true }
			],
			participants.map(({ country, teams, players }) => [
				countryName(country),
				String(teams),
				String(players)
			])
		),
		...(people
			? [
					new Paragraph({ spacing: { before: 160 }, children: [] }),
					table(
						[
							{ title: say('review.report.role'), share: 6 },
							{ title: say('review.report.people'), share: 2, right: true }
						],
						roles.flatMap((role) => {
							const n = people.byRole[role];
							return n ? [[say(`review.report.roles.${role}`), String(n)]] : [];
						})
					)
				]
			: []),
		...(scenario
			? [
					heading(say('review.report.scenario'), 2),
					paragraph(scenario.title || say('review.report.notWritten')),
					heading(say('review.report.objectives'), 2),
					...(scenario.objectives.length > 0
						? scenario.objectives.map(({ code, text }) =>
								bullet([...runs(code ? `${code} ` : '', { bold: true }), ...runs(text)])
							)
						: [paragraph(say('review.report.notWritten'), soft)])
				]
			: [])
	];
}

function findings({ findings: all }: ReportData, numbering: Numbering): Part[] {
	if (all.length === 0) return [paragraph(say('review.report.noFindings'), soft)];
	return all.flatMap((finding, i): Part[] => [
		heading(`${i + 1}. ${finding.title || say('review.finding.untitled')}`, 2),
		paragraph(
			[
				say(`evaluation.kind.${finding.kind}`),
				...(finding.capability ? [say(`improvement.capabilities.${finding.capability}`)] : []),
				tlpLabel(finding.tlp)
			].join(' · '),
			soft
		),
		...richText(finding.text, numbering, 3),
		...(['cause', 'recommendation'] as const).flatMap((part): Part[] =>
			isEmptyRichText(finding[part])
				? []
				: [heading(say(`finding.${part}`), 3), ...richText(finding[part], numbering, 3)]
		),
		...(finding.cards.length > 0 ? [paragraph(say('review.report.madeFrom'), { bold: true })] : []),
		...finding.cards.map((card) => cardLine(card, card.team)),
		...(finding.hidden > 0
			? [paragraph(say('review.report.hiddenCards', { count: finding.hidden }), soft)]
			: [])
	]);
}

function cardLine(card: ReportCard, team?: string): Paragraph {
	const about = [
		...(team ? [team] : []),
		card.by ?? say('review.card.anonymous'),
		say('review.card.votes', { count: card.votes })
	];
	return bullet([...runs(card.text), ...runs(` (${about.join(', ')})`, soft)]);
}

function statistics({ times }: ReportData): Part[] {
	const { all } = times;
	if (all.deliveries === 0) return [paragraph(say('review.report.noDeliveries'), soft)];
	const sentence = say('review.report.deliveriesText', {
		deliveries: all.deliveries,
		acknowledged: all.acknowledged.count,
		responded: all.responded.count,
		median: duration(all.acknowledged.median),
		medianResponse: duration(all.responded.median),
		overdue: all.acknowledged.overdue + all.responded.overdue
	});
	return [
		paragraph(sentence),
		heading(say('review.report.byTeam'), 2),
		timesTable(say('review.report.team'), times.teams),
		heading(say('review.report.byInject'), 2),
		timesTable(say('review.report.inject'), times.injects)
	];
}

/** Stays on one line. */
const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms).replaceAll(' ', '\u00a0'));

function timesTable(title: string, rows: readonly TimesRow[]): Table {
	const number = (key: Parameters<typeof say>[0], share: number) => ({ title: say(key), share, right: true });
	return table(
		[
			{ title, share: 3.2 },
			number('review.times.deliveries', 2),
			number('review.times.acknowledged', 2.6),
			number('review.times.median', 2.3),
			number('review.times.ninetieth', 2.3),
			number('review.times.responded', 2.2),
			number('review.times.median', 2.3),
			number('review.times.overdue', 1.8)
		],
		rows.map((row) => [
			row.label,
			String(row.deliveries),
			String(row.acknowledged.count),
			duration(row.acknowledged.median),
			duration(row.acknowledged.ninetieth),
			String(row.responded.count),
			duration(row.responded.median),
			String(row.acknowledged.overdue + row.responded.overdue)
		]),
		{ size: 16 }
	);
}

function exerciseTime({ exercise }: ReportData, line: RecordLine): string {
	return line.exerciseAt === null ? '–' : tellTime(line.exerciseAt, exercise);
}

function listed(data: ReportData, lines: readonly RecordLine[], what: 'decisions' | 'reports'): Part[] {
	if (lines.length === 0) return [paragraph(say(`review.report.none.${what}`), soft)];
	return [
		...(lines.length >= reportLimits.list
			? [paragraph(say('review.report.listCapped', { count: reportLimits.list }), soft)]
			: []),
		table(
			[
				{ title: say('review.report.exerciseTime'), share: 1.4 },
				{ title: say('review.report.whatHappened'), share: 6.6 },
				{ title: say('review.report.tlp'), share: 2 }
			],
			lines.map((line) => [
				exerciseTime(data, line),
				what === 'decisions' ? detailed(line, line.detail) : line.sentence,
				line.tlp === null ? '' : tlpLabel(line.tlp)
			])
		)
	];
}

function detailed(line: RecordLine, detail: string): Paragraph[] {
	return [
		new Paragraph({ children: runs(line.sentence, { size: 18, bold: detail !== '' }) }),
		...(detail ? [new Paragraph({ children: runs(detail, { size: 18 }) })] : [])
	];
}

function hotWash({ hotWash: teams }: ReportData): Part[] {
	if (teams.length === 0) return [paragraph(say('review.report.noCards'), soft)];
	return teams.flatMap(({ team, columns }) => [
		heading(team, 2),
		...hotWashColumns.flatMap((column): Part[] =>
			columns[column].length === 0
				? []
				: [heading(say(`review.column.${column}`), 3), ...columns[column].map((card) => cardLine(card))]
		)
	]);
}

/** The timeline, on wide pages. */
export function annex(data: ReportData): Part[] {
	const { lines, total } = data.timeline;
	return [
		heading(say('review.report.annex'), 1),
		paragraph(
			total > lines.length
				? say('review.report.annexCapped', { shown: lines.length, total })
				: say('review.report.annexText', { total }),
			soft
		),
		table(
			[
				{ title: say('review.report.exerciseTime'), share: 1.1 },
				{ title: say('review.report.wallTime'), share: 2.3 },
				{ title: say('review.report.whatHappened'), share: 8.2 },
				{ title: say('review.report.by'), share: 1.7 },
				{ title: say('review.report.tlp'), share: 1.5 }
			],
			lines.map((line) => [
				exerciseTime(data, line),
				formatDateTime(line.wallAt, data.exercise.timeZone),
				line.detail ? detailed(line, line.detail) : line.sentence,
				line.by ?? (line.bySchedule ? say('review.record.schedule') : ''),
				line.tlp === null ? '' : tlpLabel(line.tlp)
			]),
			{ width: pageWidth.landscape }
		)
	];
}
