import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import type * as Y from 'yjs';
import type { Capability, CapabilityElement } from '#lib/standards/capabilities.ts';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { ratings, type Rating } from '#lib/standards/evaluation.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { RatingRow, ReportAction, ReportChapter, ReportData } from '#lib/exercise/aar/data.ts';
import { isEdited, labelOf, type PassageSource } from '#lib/exercise/aar/fold.ts';
import { compareChapters, readPassages, type ChapterId } from '#lib/exercise/aar/page.ts';
import { readRatings, type EvaluationAct } from '#lib/exercise/evaluation/fold.ts';
import type { EvaluationFact } from '#lib/exercise/evaluation/schema.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import { readCirculations, readEvidence } from '#lib/exercise/finding/fold.ts';
import type { AccountId, FindingId } from '#lib/exercise/ids.ts';
import { readFindings, reviewText } from '#lib/exercise/review/schema.ts';
import { isEmptyRichText, readFragment } from '#lib/exercise/rich-text.ts';
import { noFilter } from '#lib/exercise/statistics/figures.ts';
import { readFindingActs } from '../../commands/finding.ts';
import type { Database } from '../../database/open.ts';
import { account, fact, hotWashCard, improvementAction, improvementSharing } from '../../database/schema.ts';
import { readPerson } from '../../improvement/people.ts';
import { visibleActions } from '../../improvement/visible.ts';
import * as statistics from '../../views/statistics.ts';

/** The parts of a report that are written, rated, counted and followed up; each from its own source. */

/** What is written by hand, chapter by chapter: what stands in the review first, as nobody gave it a label. */
export function chaptersOf(
	review: Y.Doc,
	page: Y.Doc | null,
	sources: ReadonlyMap<string, PassageSource>,
	unlabelled: Tlp
): ReportChapter[] {
	const chapters = new Map<ChapterId, ReportChapter['passages']>();
	const of = (chapter: ChapterId) => {
		const own = chapters.get(chapter) ?? [];
		chapters.set(chapter, own);
		return own;
	};
	for (const chapter of ['summary', 'analysis'] as const) {
		const text = readFragment(reviewText(review, chapter));
		if (!isEmptyRichText(text)) of(chapter).push({ text, tlp: unlabelled, cites: [], source: null });
	}
	for (const { id, chapter, text, tlp, cites } of page ? readPassages(page) : []) {
		if (isEmptyRichText(text)) continue;
		const source = sources.get(id);
		of(chapter).push({
			text,
			tlp: labelOf(tlp, source, unlabelled),
			cites,
			source: source
				? {
						country: source.country,
						version: source.version,
						section: source.section,
						sha256: source.sha256,
						by: source.by,
						at: source.wallAt,
						isEdited: isEdited(text, source)
					}
				: null
		});
	}
	return [...chapters]
		.sort(([a], [b]) => compareChapters(a, b))
		.map(([chapter, passages]) => ({ chapter, passages }));
}

/** How often each rating was given, by objective and by capability: the last of each evaluator, and no evaluator's name. */
export async function readAllRatings(
	database: Database,
	exercise: Exercise,
	teams: readonly Team[]
): Promise<NonNullable<ReportData['ratings']>> {
	const rows = await database.db
		.select({ fact: fact.fact, author: fact.actorId, wallAt: fact.wallAt, exerciseAt: fact.exerciseAt })
		.from(fact)
		.where(
			and(
				eq(fact.exerciseId, exercise.id),
				eq(fact.kind, 'rating-given'),
				inArray(
					fact.teamId,
					teams.map(({ id }) => id)
				)
			)
		)
		.orderBy(asc(fact.sequence));
	const given = readRatings(
		rows.map((row): EvaluationAct => ({
			fact: row.fact as EvaluationFact,
			author: (row.author ?? '') as AccountId,
			by: '',
			wallAt: row.wallAt.getTime(),
			exerciseAt: row.exerciseAt
		}))
	);
	const by = (key: 'objective' | 'capability'): RatingRow[] =>
		[...Map.groupBy(given, ({ about }) => about[key].trim())]
			.filter(([name]) => name !== '')
			.sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
			.map(([name, all]) => ({
				key: name,
				counts: Object.fromEntries(
					ratings.map((rating) => [rating, all.filter((one) => one.rating === rating).length])
				) as Record<Rating, number>,
				teams: new Set(all.map(({ team }) => team)).size
			}));
	return { objectives: by('objective'), capabilities: by('capability') };
}

/** The figures that the reader has on the page of statistics; null: none. */
export async function readFigures(
	database: Database,
	exercise: Exercise,
	actor: Actor
): Promise<ReportData['figures']> {
	const opened = await statistics.open(database, exercise, actor).catch(() => null);
	if (!opened) return null;
	const byCountry = await statistics.figures(opened, { filter: noFilter, by: 'country' });
	const byObjective = await statistics.figures(opened, { filter: noFilter, by: 'objective' });
	return { all: byCountry.all, countries: byCountry.rows, objectives: byObjective.rows };
}

/**
 * What came of the findings of this exercise: what the reader may read of it, and what a country shares in full. Improvement
 * is a country's own affair, so a director who follows up nothing sees here what countries show to others (ADR 13).
 */
export async function readActions(
	database: Database,
	exercise: Exercise,
	actor: Actor
): Promise<ReportAction[]> {
	const person = await readPerson(database.db, actor.accountId);
	const shared = and(
		sql`${improvementAction.country} in (select ${improvementSharing.country} from ${improvementSharing} where ${improvementSharing.level} = 'full')`,
		ne(improvementAction.tlp, 'amber_strict')
	);
	const rows = await database.db
		.select({ action: improvementAction, person: account.name })
		.from(improvementAction)
		.leftJoin(account, eq(account.id, improvementAction.ownerId))
		.where(
			and(
				eq(improvementAction.sourceExercise, exercise.id),
				ne(improvementAction.state, 'rejected'),
				person ? sql`(${visibleActions(person)} or ${shared})` : shared
			)
		)
		.orderBy(asc(improvementAction.country), asc(improvementAction.dueOn), asc(improvementAction.title));
	return rows.map(({ action, person: owner }) => ({
		finding: action.sourceFinding,
		title: action.title,
		country: action.country as CountryCode,
		organisation: action.ownerOrganisation,
		person: owner,
		capability: action.capability as Capability,
		element: action.element as CapabilityElement,
		priority: action.priority as ReportAction['priority'],
		due: action.dueOn,
		state: action.state,
		tlp: action.tlp as Tlp
	}));
}

/** Which countries each finding is about: whose teams wrote its cards or were observed, and to which it was put. */
export async function countriesOfFindings(
	database: Database,
	exercise: Exercise,
	teams: readonly Team[],
	review: Y.Doc
): Promise<Map<string, CountryCode[]>> {
	const countryOf = new Map<string, CountryCode>(teams.map(({ id, country }) => [id, country]));
	const acts = await readFindingActs(database.db, exercise.id);
	const evidence = readEvidence(acts);
	const circulations = readCirculations(acts);
	const cards = await database.db
		.select({ id: hotWashCard.id, team: hotWashCard.teamId })
		.from(hotWashCard)
		.where(eq(hotWashCard.exerciseId, exercise.id));
	const teamOf = new Map(cards.map(({ id, team }) => [id, team]));
	return new Map(
		readFindings(review).map(({ id, cards: merged }) => {
			const found = new Set<CountryCode>();
			for (const { team } of evidence.get(id as FindingId) ?? []) {
				const country = countryOf.get(team);
				if (country) found.add(country);
			}
			for (const card of merged) {
				const country = countryOf.get(teamOf.get(card) ?? '');
				if (country) found.add(country);
			}
			for (const country of circulations
				.get(id as FindingId)
				?.rounds.at(-1)
				?.said.keys() ?? [])
				found.add(country);
			return [id, countryCodes.filter((code) => found.has(code))];
		})
	);
}
