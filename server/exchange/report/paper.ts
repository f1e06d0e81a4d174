import { formatDateTime, formatDuration, translator } from '#lib/text/index.ts';
import { countryName } from '#lib/standards/countries.ts';
import { ratings } from '#lib/standards/evaluation.ts';
import { tlpLabel } from '#lib/standards/tlp.ts';
import {
	findingReference,
	type RatingRow,
	type ReportAction,
	type ReportCard,
	type ReportData,
	type ReportEdition,
	type ReportPassage
} from '#lib/exercise/aar/data.ts';
import type { MainChapter } from '#lib/exercise/aar/page.ts';
import { tellTime } from '#lib/exercise/exercise/clock.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import { roles } from '#lib/exercise/exercise/schema.ts';
import type { RecordLine } from '#lib/exercise/record/line.ts';
import type { TimesRow } from '#lib/exercise/record/times.ts';
import { isEmptyRichText } from '#lib/exercise/rich-text.ts';
import { hotWashColumns } from '#lib/exercise/review/schema.ts';
import type { Figures, TimeFigures } from '#lib/exercise/statistics/figures.ts';
import type { Paper, PaperPart } from '../paper/paper.ts';
import { reportLimits } from './data.ts';
import { editionAbout, named } from './edition.ts';

/** The words of an exercise, or of a real room: a report is put into words at one go. */
let say = translator('en');

export const head = (
	text: string,
	level: 1 | 2 | 3 = 1,
	isNewPage = false
): Extract<PaperPart, { is: 'heading' }> => ({
	is: 'heading',
	text,
	level,
	...(isNewPage && { isNewPage: true as const })
});
export const quiet = (text: string): PaperPart => ({ is: 'paragraph', text, tone: 'soft' });
const plain = (text: string): PaperPart => ({ is: 'paragraph', text });

/** The report in words: a full version, a country's extract, or what a reader takes out by himself (`edition`: null). */
export function reportPaper(data: ReportData, edition: ReportEdition | null): Paper {
	const { exercise, tlp } = data;
	say = translator('en', exercise.kind);
	const wall = (at: number | null) => (at === null ? '–' : formatDateTime(at, exercise.timeZone));
	return {
		space: exercise.kind,
		exercise: exercise.name,
		tlp,
		kind: edition ? named(edition) : say(`review.report.extent.${data.extent}`),
		title: say('review.report.title'),
		about: [
			...(isReal(exercise)
				? []
				: [
						{ label: say('review.report.head.startex'), text: wall(exercise.startsAt) },
						{ label: say('review.report.head.endex'), text: wall(exercise.endsAt) }
					]),
			{ label: say('review.report.head.started'), text: wall(exercise.startedAt) },
			{ label: say('review.report.head.ended'), text: wall(exercise.endedAt) },
			{ label: say('review.report.head.state'), text: say(`review.record.state.${exercise.state}`) },
			{ label: say('review.report.head.zone'), text: exercise.timeZone },
			{ label: say('review.report.head.asOf'), text: wall(data.asOf) },
			{ label: say('review.report.head.madeBy'), text: data.madeBy },
			...(edition ? editionAbout(edition, exercise.timeZone) : [])
		],
		parts: [
			...chapter(data, 'summary', say('review.report.summary')),
			head(say('review.report.facts')),
			...facts(data),
			...chapter(data, 'course', say('aar.chapter.course'), true),
			head(say('review.report.findings')),
			...findings(data),
			...chapter(data, 'analysis', say('review.report.analysis')),
			...ratingsOf(data),
			...nationalChapters(data),
			// times of deliveries: in a real room nothing is delivered
			...(isReal(exercise) ? [] : [head(say('review.report.statistics')), ...statistics(data)]),
			...plan(data),
			...chapter(data, 'conclusions', say('aar.chapter.conclusions'), true),
			head(say('review.report.decisions')),
			...listed(data, data.decisions, 'decisions'),
			head(say('review.report.reports')),
			...listed(data, data.reports, 'reports'),
			head(say('review.report.hotWash')),
			...hotWash(data),
			{ is: 'wide' },
			...annex(data)
		],
		note: say('reports.paper.note', { name: data.madeBy, time: wall(data.asOf) }),
		book: { version: edition ? named(edition) : '' }
	};
}

// --- what is written by hand ------------------------------------------------------------------------------------------

function referencesOf({ findings: all }: Pick<ReportData, 'findings'>): Map<string, string> {
	return new Map(all.map(({ id }, i) => [id, findingReference(i)]));
}

function passages(data: ReportData, all: readonly ReportPassage[]): PaperPart[] {
	const references = referencesOf(data);
	return all.flatMap(({ text, tlp, cites, source }): PaperPart[] => [
		{ is: 'text', text },
		quiet(
			[
				tlpLabel(tlp),
				...(source
					? [
							say('aar.paper.source', {
								country: countryName(source.country),
								version: source.version,
								section: say(`aar.section.${source.section}`),
								sum: source.sha256.slice(0, 12)
							}),
							...(source.isEdited ? [say('aar.paper.edited')] : [])
						]
					: []),
				...cited(cites.flatMap((id) => references.get(id) ?? []))
			].join(' · ')
		)
	]);
}

const cited = (references: readonly string[]): string[] =>
	references.length > 0 ? [say('aar.paper.cites', { references: references.join(', ') })] : [];

const passagesOf = ({ chapters }: ReportData, wanted: string) =>
	chapters.find((one) => one.chapter === wanted)?.passages ?? [];

/** `isOptional`: where nothing is written there is no such chapter. */
function chapter(data: ReportData, which: MainChapter, title: string, isOptional = false): PaperPart[] {
	const own = passagesOf(data, which);
	if (own.length === 0) return isOptional ? [] : [head(title), quiet(say('review.report.notWritten'))];
	return [head(title), ...passages(data, own)];
}

function nationalChapters(data: ReportData): PaperPart[] {
	const own = data.chapters.filter((one) => one.chapter.startsWith('country:'));
	if (own.length === 0) return [];
	return [
		head(say('aar.chapter.national')),
		...own.flatMap(({ chapter: of, passages: all }) => [
			head(countryName(of.slice('country:'.length) as never), 2),
			...passages(data, all)
		])
	];
}

// --- facts ------------------------------------------------------------------------------------------------------------

function facts({ participants, people, scenario }: ReportData): PaperPart[] {
	const teams = participants.reduce((sum, country) => sum + country.teams, 0);
	const players = participants.reduce((sum, country) => sum + country.players, 0);
	return [
		head(say('review.report.participants'), 2),
		plain(
			say('review.report.participantsText', { countries: participants.length, teams, players }) +
				(people ? ` ${say('review.report.peopleText', { total: people.total })}` : '')
		),
		{
			is: 'table',
			columns: [
				{ title: say('review.report.country'), share: 6 },
				{ title: say('review.report.teams'), share: 2, right: true },
				{ title: say('review.report.players'), share: 2, right: true }
			],
			rows: participants.map(({ country, teams, players }) => [
				countryName(country),
				String(teams),
				String(players)
			])
		},
		...(people
			? [
					{
						is: 'table' as const,
						columns: [
							{ title: say('review.report.role'), share: 6 },
							{ title: say('review.report.people'), share: 2, right: true }
						],
						rows: roles.flatMap((role) => {
							const n = people.byRole[role];
							return n ? [[say(`review.report.roles.${role}`), String(n)]] : [];
						})
					}
				]
			: []),
		...(scenario ? scenarioParts(scenario) : [])
	];
}

export function scenarioParts(scenario: NonNullable<ReportData['scenario']>): PaperPart[] {
	return [
		head(say('review.report.scenario'), 2),
		plain(scenario.title || say('review.report.notWritten')),
		head(say('review.report.objectives'), 2),
		scenario.objectives.length > 0
			? {
					is: 'lines',
					lines: scenario.objectives.map(({ code, text }) => [code, text].filter(Boolean).join(': '))
				}
			: quiet(say('review.report.notWritten'))
	];
}

// --- findings, ratings ------------------------------------------------------------------------------------------------

function findings(data: ReportData): PaperPart[] {
	if (data.findings.length === 0) return [quiet(say('review.report.noFindings'))];
	return data.findings.flatMap((finding, i): PaperPart[] => [
		head(`${findingReference(i)} ${finding.title || say('review.finding.untitled')}`, 2),
		quiet(
			[
				say(`evaluation.kind.${finding.kind}`),
				...(finding.capability ? [say(`improvement.capabilities.${finding.capability}`)] : []),
				tlpLabel(finding.tlp)
			].join(' · ')
		),
		{ is: 'text', text: finding.text },
		...(['cause', 'recommendation'] as const).flatMap((part): PaperPart[] =>
			isEmptyRichText(finding[part])
				? []
				: [head(say(`finding.${part}`), 3), { is: 'text', text: finding[part] }]
		),
		...(finding.cards.length > 0
			? [
					{ is: 'paragraph' as const, text: say('review.report.madeFrom'), tone: 'bold' as const },
					{ is: 'lines' as const, lines: finding.cards.map((card) => cardLine(card, card.team)) }
				]
			: []),
		...(finding.hidden > 0 ? [quiet(say('review.report.hiddenCards', { count: finding.hidden }))] : [])
	]);
}

function cardLine(card: ReportCard, team?: string): string {
	const about = [
		...(team ? [team] : []),
		card.by ?? say('review.card.anonymous'),
		say('review.card.votes', { count: card.votes })
	];
	return `${card.text} (${about.join(', ')})`;
}

/** Ratings, and what is written about an objective or a capability. */
function ratingsOf(data: ReportData): PaperPart[] {
	return (['objective', 'capability'] as const).flatMap((sort): PaperPart[] => {
		const rows = data.ratings?.[sort === 'objective' ? 'objectives' : 'capabilities'] ?? [];
		const written = data.chapters.filter(({ chapter: of }) => of.startsWith(`${sort}:`));
		if (rows.length === 0 && written.length === 0) return [];
		return [
			head(say(`aar.chapter.${sort}`)),
			...(rows.length > 0 ? ratingsTable(sort, rows) : []),
			...written.flatMap(({ chapter: of, passages: all }) => [
				head(chapterName(of), 2),
				...passages(data, all)
			])
		];
	});
}

export function chapterName(of: string): string {
	const [kind, ...rest] = of.split(':');
	const key = rest.join(':');
	if (kind === 'capability') return say(`improvement.capabilities.${key as 'detection'}`);
	return kind === 'country' ? countryName(key as never) : key;
}

export function ratingsTable(
	sort: 'objective' | 'capability',
	rows: readonly (Pick<RatingRow, 'key' | 'counts'> & { teams?: number })[]
): PaperPart[] {
	const withTeams = rows.some(({ teams }) => teams !== undefined);
	return [
		quiet(say('aar.paper.ratings')),
		{
			is: 'table',
			columns: [
				{ title: say(`aar.paper.${sort}`), share: 4 },
				...ratings.map((rating) => ({ title: rating, share: 1, right: true })),
				...(withTeams ? [{ title: say('review.report.teams'), share: 1.4, right: true }] : [])
			],
			rows: rows.map(({ key, counts, teams }) => [
				key,
				...ratings.map((rating) => String(counts[rating])),
				...(withTeams ? [String(teams ?? '')] : [])
			])
		}
	];
}

// --- figures ----------------------------------------------------------------------------------------------------------

function statistics({ times, figures }: ReportData): PaperPart[] {
	const { all } = times;
	if (all.deliveries === 0) return [quiet(say('review.report.noDeliveries'))];
	return [
		plain(
			say('review.report.deliveriesText', {
				deliveries: all.deliveries,
				acknowledged: all.acknowledged.count,
				responded: all.responded.count,
				median: duration(all.acknowledged.median),
				medianResponse: duration(all.responded.median),
				overdue: all.acknowledged.overdue + all.responded.overdue
			})
		),
		...(figures
			? [
					head(say('statistics.by.country'), 2),
					figuresTable(
						say('statistics.country'),
						figures.countries.map((row) => [countryName(row.key as never), row])
					),
					...(figures.objectives.length > 0
						? [
								head(say('statistics.by.objective'), 2),
								figuresTable(
									say('statistics.objective'),
									figures.objectives.map((row) => [row.key, row])
								)
							]
						: [])
				]
			: []),
		head(say('review.report.byTeam'), 2),
		timesTable(say('review.report.team'), times.teams),
		head(say('review.report.byInject'), 2),
		timesTable(say('review.report.inject'), times.injects)
	];
}

/** Stays on one line. */
export const duration = (ms: number | null) =>
	ms === null ? '–' : formatDuration(ms).replaceAll(' ', '\u00a0');

const inTime = ({ inTime: kept, late, missing }: TimeFigures) =>
	kept + late + missing === 0
		? '–'
		: say('statistics.inTimeOf', { inTime: kept, all: kept + late + missing });

function figuresTable(title: string, rows: readonly (readonly [string, Figures])[]): PaperPart {
	const number = (key: Parameters<typeof say>[0], share = 1.6) => ({ title: say(key), share, right: true });
	return {
		is: 'table',
		isSmall: true,
		columns: [
			{ title, share: 3 },
			number('statistics.deliveries'),
			number('statistics.acknowledged', 2),
			number('statistics.inTime'),
			number('statistics.responded', 2),
			number('statistics.inTime'),
			number('statistics.situation', 1.8),
			number('statistics.nis2')
		],
		rows: rows.map(([name, { deliveries, acknowledged, responded, situation, nis2 }]) => [
			name,
			String(deliveries),
			duration(acknowledged.median),
			inTime(acknowledged),
			duration(responded.median),
			inTime(responded),
			situation ? String(situation.sent) : '–',
			nis2 ? String(nis2.sent) : '–'
		])
	};
}

function timesTable(title: string, rows: readonly TimesRow[]): PaperPart {
	const number = (key: Parameters<typeof say>[0], share: number) => ({ title: say(key), share, right: true });
	return {
		is: 'table',
		isSmall: true,
		columns: [
			{ title, share: 3.2 },
			number('review.times.deliveries', 2),
			number('review.times.acknowledged', 2.6),
			number('review.times.median', 2.3),
			number('review.times.ninetieth', 2.3),
			number('review.times.responded', 2.2),
			number('review.times.median', 2.3),
			number('review.times.overdue', 1.8)
		],
		rows: rows.map((row) => [
			row.label,
			String(row.deliveries),
			String(row.acknowledged.count),
			duration(row.acknowledged.median),
			duration(row.acknowledged.ninetieth),
			String(row.responded.count),
			duration(row.responded.median),
			String(row.acknowledged.overdue + row.responded.overdue)
		])
	};
}

// --- what follows, what happened --------------------------------------------------------------------------------------

function plan(data: ReportData): PaperPart[] {
	if (data.actions.length === 0) return [];
	const references = referencesOf(data);
	return [
		head(say('aar.chapter.plan')),
		{
			is: 'table',
			isSmall: true,
			columns: [
				{ title: say('aar.paper.finding'), share: 1 },
				{ title: say('aar.paper.action'), share: 4 },
				{ title: say('improvement.owner'), share: 3 },
				{ title: say('improvement.priority'), share: 1.2 },
				{ title: say('improvement.due'), share: 1.6 },
				{ title: say('improvement.state'), share: 1.6 },
				{ title: say('review.report.tlp'), share: 1.9 }
			],
			rows: data.actions.map((action: ReportAction) => [
				(action.finding && references.get(action.finding)) ?? '–',
				action.title,
				[countryName(action.country), action.organisation, ...(action.person ? [action.person] : [])].join(
					', '
				),
				say(`improvement.priorities.${action.priority}`),
				action.due ?? '–',
				say(`improvement.states.${action.state as 'accepted'}`),
				tlpLabel(action.tlp)
			])
		}
	];
}

function exerciseTime({ exercise }: ReportData, line: RecordLine): string {
	return line.exerciseAt === null ? '–' : tellTime(line.exerciseAt, exercise);
}

function listed(data: ReportData, lines: readonly RecordLine[], what: 'decisions' | 'reports'): PaperPart[] {
	if (lines.length === 0) return [quiet(say(`review.report.none.${what}`))];
	return [
		...(lines.length >= reportLimits.list
			? [quiet(say('review.report.listCapped', { count: reportLimits.list }))]
			: []),
		{
			is: 'table',
			columns: [
				{ title: say('review.report.exerciseTime'), share: 1.4 },
				{ title: say('review.report.whatHappened'), share: 6.6 },
				{ title: say('review.report.tlp'), share: 2 }
			],
			rows: lines.map((line) => [
				exerciseTime(data, line),
				what === 'decisions' ? detailed(line) : line.sentence,
				line.tlp === null ? '' : tlpLabel(line.tlp)
			])
		}
	];
}

const detailed = ({ sentence, detail }: RecordLine) => (detail ? `${sentence}\n${detail}` : sentence);

function hotWash({ hotWash: teams }: ReportData): PaperPart[] {
	if (teams.length === 0) return [quiet(say('review.report.noCards'))];
	return teams.flatMap(({ team, columns }) => [
		head(team, 2),
		...hotWashColumns.flatMap((column): PaperPart[] =>
			columns[column].length === 0
				? []
				: [
						head(say(`review.column.${column}`), 3),
						{ is: 'lines', lines: columns[column].map((card) => cardLine(card)) }
					]
		)
	]);
}

/** The timeline, on wide pages. */
function annex(data: ReportData): PaperPart[] {
	const { lines, total } = data.timeline;
	return [
		head(say('review.report.annex'), 1, true),
		quiet(
			total > lines.length
				? say('review.report.annexCapped', { shown: lines.length, total })
				: say('review.report.annexText', { total })
		),
		{
			is: 'table',
			isSmall: true,
			columns: [
				{ title: say('review.report.exerciseTime'), share: 1.4 },
				{ title: say('review.report.wallTime'), share: 2.8 },
				{ title: say('review.report.whatHappened'), share: 7.6 },
				{ title: say('review.report.by'), share: 1.7 },
				{ title: say('review.report.tlp'), share: 1.5 }
			],
			rows: lines.map((line) => [
				exerciseTime(data, line),
				formatDateTime(line.wallAt, data.exercise.timeZone),
				detailed(line),
				line.by ?? (line.bySchedule ? say('review.record.schedule') : ''),
				line.tlp === null ? '' : tlpLabel(line.tlp)
			])
		}
	];
}
