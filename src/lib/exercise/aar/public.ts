import { capabilityNamed, type Capability, type CapabilityElement } from '#lib/standards/capabilities.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { ratings, type ObservationKind, type Rating } from '#lib/standards/evaluation.ts';
import { cleanRichText, isEmptyRichText, type Block, type Inline, type RichText } from '../rich-text.ts';
import type { ExerciseKind } from '../exercise/schema.ts';
import type { TimeFigures } from '../statistics/figures.ts';
import { findingReference, type RatingRow, type ReportData } from './data.ts';
import type { ChapterId } from './page.ts';

/**
 * The public version. It is no report with parts taken out: it is made anew, field by field, of what may be public, and its
 * type has no place for a person, a team, an answer or a line of the record. What people typed into a text that is TLP:CLEAR
 * is checked in the finished document (server/exchange/report/check.ts).
 */
export interface PublicReport {
	exercise: {
		kind: ExerciseKind;
		name: string;
		timeZone: string;
		startsAt: number;
		endsAt: number;
		startedAt: number | null;
		endedAt: number | null;
	};
	asOf: number;
	participants: { countries: CountryCode[]; teams: PublicCount; people: PublicCount };
	/** null: the exercise's own label is above TLP:CLEAR, and so is what it was about */
	scenario: { title: string; objectives: { code: string; text: string }[] } | null;
	chapters: { chapter: ChapterId; passages: { text: RichText; references: string[] }[] }[];
	findings: PublicFinding[];
	ratings: { objectives: PublicRatings[]; capabilities: PublicRatings[] };
	figures: PublicFigures | null;
	actions: PublicAction[];
	/** what the clock did: in the program's own words */
	events: { event: PublicEvent; exerciseAt: number | null; wallAt: number }[];
}

/** Null: fewer than five, and so not told. */
export type PublicCount = number | null;

export interface PublicFinding {
	/** `F3` */
	reference: string;
	title: string;
	kind: ObservationKind;
	capability: Capability | '';
	text: RichText;
	cause: RichText;
	recommendation: RichText;
}

export interface PublicRatings {
	key: string;
	counts: Record<Rating, number>;
}

export interface PublicTimes {
	done: PublicCount;
	median: number | null;
	ninetieth: number | null;
	inTime: PublicCount;
	late: PublicCount;
	missing: PublicCount;
}

export interface PublicFigures {
	deliveries: PublicCount;
	acknowledged: PublicTimes;
	responded: PublicTimes;
	situationReports: PublicCount;
	nis2Reports: PublicCount;
}

export interface PublicAction {
	/** `F3`; null: its finding is not in this version */
	reference: string | null;
	title: string;
	organisation: string;
	capability: Capability;
	element: CapabilityElement;
	due: string | null;
}

export const publicEvents = [
	'exercise-started',
	'clock-paused',
	'clock-resumed',
	'exercise-stopped',
	'stop-lifted',
	'exercise-ended'
] as const;
export type PublicEvent = (typeof publicEvents)[number];

/** Of fewer than this, a number tells of somebody. */
export const smallestGroup = 5;

export const countOf = (n: number): PublicCount => (n === 0 || n >= smallestGroup ? n : null);

export function publicReport(data: ReportData): PublicReport {
	const { exercise } = data;
	const findings = data.findings.filter(({ tlp }) => tlp === 'clear');
	const references = new Map(findings.map(({ id }, i) => [id, findingReference(i)]));
	const teams = data.participants.reduce((sum, country) => sum + country.teams, 0);
	return {
		exercise: {
			kind: exercise.kind,
			name: exercise.name,
			timeZone: exercise.timeZone,
			startsAt: exercise.startsAt,
			endsAt: exercise.endsAt,
			startedAt: exercise.startedAt,
			endedAt: exercise.endedAt
		},
		asOf: data.asOf,
		participants: {
			countries: data.participants.map(({ country }) => country),
			teams: countOf(teams),
			people: data.people ? countOf(data.people.total) : null
		},
		scenario:
			exercise.tlp === 'clear' && data.scenario
				? {
						title: data.scenario.title,
						objectives: data.scenario.objectives.map(({ code, text }) => ({ code, text }))
					}
				: null,
		chapters: data.chapters.flatMap(({ chapter, passages }) => {
			const open = passages
				.filter(({ tlp, text }) => tlp === 'clear' && !isEmptyRichText(text))
				.map(({ text, cites }) => ({
					text: publicText(text),
					references: cites.flatMap((id) => references.get(id) ?? [])
				}));
			return open.length > 0 ? [{ chapter, passages: open }] : [];
		}),
		findings: findings.map(({ id, title, kind, capability, text, cause, recommendation }) => ({
			reference: references.get(id)!,
			title,
			kind,
			capability,
			text: publicText(text),
			cause: publicText(cause),
			recommendation: publicText(recommendation)
		})),
		ratings: {
			objectives: publicRatings(data.ratings?.objectives ?? []),
			// a guide's own words for a capability have no label
			capabilities: publicRatings(
				(data.ratings?.capabilities ?? []).filter(({ key }) => capabilityNamed(key) !== '')
			)
		},
		figures:
			data.figures && teams >= smallestGroup
				? {
						deliveries: countOf(data.figures.all.deliveries),
						acknowledged: publicTimes(data.figures.all.acknowledged),
						responded: publicTimes(data.figures.all.responded),
						situationReports: data.figures.all.situation && countOf(data.figures.all.situation.sent),
						nis2Reports: data.figures.all.nis2 && countOf(data.figures.all.nis2.sent)
					}
				: null,
		actions: data.actions
			.filter(({ tlp }) => tlp === 'clear')
			.map(({ finding, title, organisation, capability, element, due }) => ({
				reference: (finding && references.get(finding)) ?? null,
				title,
				organisation,
				capability,
				element,
				due
			})),
		events: data.timeline.lines.flatMap(({ kind, exerciseAt, wallAt }) => {
			const event = publicEvents.find((one) => one === kind);
			return event ? [{ event, exerciseAt, wallAt }] : [];
		})
	};
}

/** A rating of fewer than five teams tells which team it was. */
const publicRatings = (rows: readonly RatingRow[]): PublicRatings[] =>
	rows
		.filter(({ teams }) => teams >= smallestGroup)
		.map(({ key, counts }) => ({
			key,
			counts: Object.fromEntries(ratings.map((rating) => [rating, counts[rating]])) as Record<Rating, number>
		}));

const publicTimes = ({ done, median, ninetieth, inTime, late, missing }: TimeFigures): PublicTimes => ({
	done: countOf(done),
	median: done >= smallestGroup ? median : null,
	ninetieth: done >= smallestGroup ? ninetieth : null,
	inTime: countOf(inTime),
	late: countOf(late),
	missing: countOf(missing)
});

/** The words with their form; a link only where it leads to a page of the web: an address of a person is none. */
function publicText(text: RichText): RichText {
	const copy = (node: Block | Inline): Block | Inline => {
		if (node.type === 'text') {
			const marks = (node.marks ?? []).filter(
				(mark) => mark.type !== 'link' || /^https:\/\//i.test(mark.attrs?.href ?? '')
			);
			return { type: 'text', text: node.text ?? '', ...(marks.length > 0 && { marks }) };
		}
		if (node.type === 'hardBreak') return { type: 'hardBreak' };
		const { type, attrs, content } = node as Block;
		return { type, ...(attrs && { attrs }), ...(content && { content: content.map(copy) }) };
	};
	return { type: 'doc', content: cleanRichText(text).content.map((block) => copy(block) as Block) };
}
