import { formatDateTime, formatNumber, translator } from '#lib/text/index.ts';
import { countryName } from '#lib/standards/countries.ts';
import type { ReportEdition } from '#lib/exercise/aar/data.ts';
import type { PublicCount, PublicFigures, PublicReport, PublicTimes } from '#lib/exercise/aar/public.ts';
import { tellTime } from '#lib/exercise/exercise/clock.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import { isEmptyRichText } from '#lib/exercise/rich-text.ts';
import type { Paper, PaperPart } from '../paper/paper.ts';
import { editionAbout, named } from './edition.ts';
import { chapterName, duration, head, quiet, ratingsTable, scenarioParts } from './paper.ts';

/** The words of an exercise, or of a real room: a report is put into words at one go. */
let say = translator('en');

/** The public version in words. It is given nothing that is not public (exercise/aar/public.ts). */
export function publicPaper(report: PublicReport, edition: ReportEdition): Paper {
	const { exercise } = report;
	say = translator('en', exercise.kind);
	const wall = (at: number | null) => (at === null ? '–' : formatDateTime(at, exercise.timeZone));
	return {
		space: exercise.kind,
		exercise: exercise.name,
		tlp: 'clear',
		kind: named(edition),
		title: say('review.report.title'),
		about: [
			{ label: say('review.report.head.started'), text: wall(exercise.startedAt ?? exercise.startsAt) },
			{ label: say('review.report.head.ended'), text: wall(exercise.endedAt ?? exercise.endsAt) },
			{ label: say('review.report.head.zone'), text: exercise.timeZone },
			{ label: say('review.report.head.asOf'), text: wall(report.asOf) },
			...editionAbout(edition, exercise.timeZone)
		],
		parts: [
			...chapter(report, 'summary', say('review.report.summary')),
			...facts(report),
			...chapter(report, 'course', say('aar.chapter.course')),
			...findings(report),
			...chapter(report, 'analysis', say('review.report.analysis')),
			...rated(report, 'objective'),
			...rated(report, 'capability'),
			...group(report, 'country', say('aar.chapter.national')),
			...(report.figures && !isReal(exercise) ? figures(report.figures) : []),
			...plan(report),
			...chapter(report, 'conclusions', say('aar.chapter.conclusions')),
			...annex(report)
		],
		note: say('aar.paper.publicNote'),
		book: { version: named(edition) }
	};
}

const passages = (all: PublicReport['chapters'][number]['passages']): PaperPart[] =>
	all.flatMap(({ text, references }): PaperPart[] => [
		{ is: 'text', text },
		...(references.length > 0 ? [quiet(say('aar.paper.restsOn', { references: references.join(', ') }))] : [])
	]);

function chapter({ chapters }: PublicReport, which: string, title: string): PaperPart[] {
	const own = chapters.find((one) => one.chapter === which);
	return own ? [head(title), ...passages(own.passages)] : [];
}

const under = (chapters: PublicReport['chapters'], kind: string) =>
	chapters
		.filter((one) => one.chapter.startsWith(`${kind}:`))
		.flatMap((one) => [head(chapterName(one.chapter), 2), ...passages(one.passages)]);

function group({ chapters }: PublicReport, kind: string, title: string): PaperPart[] {
	const own = under(chapters, kind);
	return own.length > 0 ? [head(title), ...own] : [];
}

function rated({ ratings, chapters }: PublicReport, sort: 'objective' | 'capability'): PaperPart[] {
	const rows = ratings[sort === 'objective' ? 'objectives' : 'capabilities'];
	const written = under(chapters, sort);
	if (rows.length === 0 && written.length === 0) return [];
	return [head(say(`aar.chapter.${sort}`)), ...(rows.length > 0 ? ratingsTable(sort, rows) : []), ...written];
}

const count = (n: PublicCount) => (n === null ? say('aar.paper.few') : formatNumber(n));

function facts({ participants, scenario }: PublicReport): PaperPart[] {
	const { countries, teams, people } = participants;
	return [
		head(say('review.report.facts')),
		head(say('review.report.participants'), 2),
		{
			is: 'table',
			columns: [
				{ title: say('aar.paper.what'), share: 3 },
				{ title: say('aar.paper.many'), share: 5 }
			],
			rows: [
				[say('aar.paper.countries'), countries.map(countryName).join(', ')],
				[say('review.report.teams'), count(teams)],
				...(people === null ? [] : [[say('review.report.people'), count(people)]])
			]
		},
		...(scenario ? scenarioParts(scenario) : [])
	];
}

function findings({ findings: all }: PublicReport): PaperPart[] {
	if (all.length === 0) return [];
	return [
		head(say('review.report.findings')),
		...all.flatMap((finding): PaperPart[] => [
			head(`${finding.reference} ${finding.title || say('review.finding.untitled')}`, 2),
			quiet(
				[
					say(`evaluation.kind.${finding.kind}`),
					...(finding.capability ? [say(`improvement.capabilities.${finding.capability}`)] : [])
				].join(' · ')
			),
			{ is: 'text', text: finding.text },
			...(['cause', 'recommendation'] as const).flatMap((part): PaperPart[] =>
				isEmptyRichText(finding[part])
					? []
					: [head(say(`finding.${part}`), 3), { is: 'text', text: finding[part] }]
			)
		])
	];
}

function figures(all: PublicFigures): PaperPart[] {
	const row = (name: string, { done, median, ninetieth, inTime, late, missing }: PublicTimes) => [
		name,
		count(done),
		duration(median),
		duration(ninetieth),
		count(inTime),
		count(late),
		count(missing)
	];
	return [
		head(say('review.report.statistics')),
		quiet(say('aar.paper.figures')),
		{
			is: 'table',
			columns: [
				{ title: say('aar.paper.what'), share: 2.4 },
				...(['many', 'median', 'ninetieth', 'inTime', 'late', 'missing'] as const).map((key) => ({
					title:
						key === 'many'
							? say('aar.paper.many')
							: say(key === 'late' ? 'statistics.lateCount' : `statistics.${key}`),
					share: 1.5,
					right: true
				}))
			],
			rows: [
				[say('statistics.deliveries'), count(all.deliveries), '', '', '', '', ''],
				row(say('statistics.acknowledged'), all.acknowledged),
				row(say('statistics.responded'), all.responded),
				[say('statistics.situation'), count(all.situationReports), '', '', '', '', ''],
				[say('statistics.nis2'), count(all.nis2Reports), '', '', '', '', '']
			]
		}
	];
}

function plan({ actions }: PublicReport): PaperPart[] {
	if (actions.length === 0) return [];
	return [
		head(say('aar.chapter.plan')),
		{
			is: 'table',
			columns: [
				{ title: say('aar.paper.finding'), share: 1.2 },
				{ title: say('aar.paper.action'), share: 4 },
				{ title: say('improvement.owner'), share: 3 },
				{ title: say('improvement.due'), share: 1.6 }
			],
			rows: actions.map(({ reference, title, organisation, due }) => [
				reference ?? '–',
				title,
				organisation,
				due ?? '–'
			])
		}
	];
}

function annex({ events, exercise }: PublicReport): PaperPart[] {
	if (events.length === 0) return [];
	return [
		head(say('review.report.annex')),
		{
			is: 'table',
			columns: [
				{ title: say('review.report.exerciseTime'), share: 2 },
				{ title: say('review.report.wallTime'), share: 3 },
				{ title: say('review.report.whatHappened'), share: 5 }
			],
			rows: events.map(({ event, exerciseAt, wallAt }) => [
				exerciseAt === null ? '–' : tellTime(exerciseAt, exercise),
				formatDateTime(wallAt, exercise.timeZone),
				say(`aar.event.${event}`)
			])
		}
	];
}
