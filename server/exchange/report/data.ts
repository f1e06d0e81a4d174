import { countDistinct, eq } from 'drizzle-orm';
import type * as Y from 'yjs';
import type { CountryCode } from '#lib/standards/countries.ts';
import { strictestTlp } from '#lib/standards/tlp.ts';
import type { ReportCard, ReportData, ReportFinding } from '#lib/exercise/aar/data.ts';
import { readSources } from '#lib/exercise/aar/fold.ts';
import { labelOfParts, nationalParts } from '#lib/exercise/aar/national.ts';
import { aarFactKinds } from '#lib/exercise/aar/schema.ts';
import { readsEvaluation } from '#lib/exercise/exercise/access.ts';
import { documentName, documentRight, type DocumentRef } from '#lib/exercise/documents.ts';
import { roles, type Actor, type Exercise, type Role } from '#lib/exercise/exercise/schema.ts';
import type { FactKind } from '#lib/exercise/facts.ts';
import { evaluationFactKinds } from '#lib/exercise/evaluation/schema.ts';
import { findingFactKinds } from '#lib/exercise/finding/schema.ts';
import { isReal } from '#lib/exercise/exercise/kind.ts';
import { noFilters } from '#lib/exercise/record/filters.ts';
import { factKinds } from '#lib/exercise/record/kinds.ts';
import type { RecordLine } from '#lib/exercise/record/line.ts';
import { extentOf, reviewScope } from '#lib/exercise/record/scope.ts';
import { responseTimes, sortTimes } from '#lib/exercise/record/times.ts';
import { freezeFinding, readFindings, type HotWashColumn } from '#lib/exercise/review/schema.ts';
import { readOutline } from '#lib/exercise/scenario/schema.ts';
import { readAarActs } from '../../commands/aar.ts';
import { databaseNow, type Database } from '../../database/open.ts';
import { membership } from '../../database/schema.ts';
import { noExercise } from '../../exercises/rights.ts';
import { readTeams } from '../../exercises/teams.ts';
import { readCards, type StoredCard } from '../../views/hot-wash.ts';
import { exerciseNow, readDeliveries } from '../record/deliveries.ts';
import { countLines, eachBatch, openRecord, tlpOfLines, type OpenRecord } from '../record/read.ts';
import { chaptersOf, countriesOfFindings, readActions, readAllRatings, readFigures } from './parts.ts';

export const reportLimits = {
	/** rows of the annex: Word becomes slow beyond, and the whole is in the CSV and JSON */
	timeline: 5000,
	/** of decisions, reports and injects: a list that somebody may still read */
	list: 1000,
	/** characters of a text in the annex */
	text: 600
} as const;

/**
 * What happens all the time and tells little: counted in the statistics, left out of the annex. What evaluators noted is
 * left out too, and which findings rest on it: the report is handed on to players, who never learn of observations.
 */
const omitted: readonly FactKind[] = [
	'delivery-seen',
	'card-voted',
	...evaluationFactKinds,
	...findingFactKinds,
	...aarFactKinds,
	// that the report moves on is no part of it: else no version would have the content of the one before
	'exercise-advanced'
];

export interface ReportSources {
	database: Database;
	documents: { read: (name: string) => Promise<Y.Doc> };
}

/** For a frozen version: more than what `actor` opens, as the director who freezes it decides. */
export interface Whole {
	/** who freezes it */
	by: Actor;
	/** a country's extract, gathered with the rights of a moderator of it; its written parts come from the whole report */
	national: CountryCode | null;
}

/** Gathers what this reader may read, by the same functions as the screens (PROMISES R17). */
export async function gatherReport(
	sources: ReportSources,
	exercise: Exercise,
	actor: Actor,
	whole: Whole | null = null
): Promise<{ data: ReportData; record: OpenRecord }> {
	const { database, documents } = sources;
	const may = (kind: 'review' | 'scenario' | 'report') =>
		documentRight({ exercise: exercise.id, kind }, actor, { settings: exercise.settings }) !== 'none';
	if (!may('review') && !whole) throw noExercise();
	const record = await openRecord(database, exercise, actor);
	const page = (kind: 'review' | 'scenario' | 'report') =>
		documents.read(documentName({ exercise: exercise.id, kind } as DocumentRef));
	const all = await readTeams(database.db, exercise.id);
	const cardScope = reviewScope(actor, exercise, all);
	const cardTeams = all.filter((team) => cardScope === null || cardScope.has(team.id));
	const teamNames = new Map(cardTeams.map((team) => [team.id, team.name]));
	const [review, report, scenario, cards, tlp, deliveries, participants, lists, timeline, acts, asOf, now] =
		await Promise.all([
			page('review'),
			may('report') || whole ? page('report') : null,
			!isReal(exercise) && may('scenario') ? page('scenario') : null,
			readCards(database, [...teamNames.keys()]),
			tlpOfLines(record, noFilters),
			readDeliveries(record, null),
			readParticipants(record),
			readLists(record),
			readTimeline(record),
			readAarActs(database.db, exercise.id),
			databaseNow(database.db),
			exerciseNow(record)
		]);
	// what is made for a reader of the review may be handed on to players, who never learn that anybody rated
	const rated = whole
		? all.filter(
				({ id, country }) => readsEvaluation(whole.by, id) && (whole.national ?? country) === country
			)
		: [];
	const [ratings, figures, actions, touched] = await Promise.all([
		rated.length > 0 ? readAllRatings(database, exercise, rated) : null,
		readFigures(database, exercise, actor),
		readActions(database, exercise, whole?.by ?? actor),
		countriesOfFindings(database, exercise, all, review)
	]);
	const times = responseTimes(deliveries, now);
	const first = exercise.clock[0];
	const ended = ['ended', 'evaluating', 'reported', 'closed'].includes(exercise.state);
	const written = {
		chapters: chaptersOf(review, report, readSources(acts), exercise.tlp),
		findings: findingsOf(review, cards, teamNames, touched),
		actions
	};
	const parts = whole?.national ? nationalParts(written, whole.national) : written;
	const data: ReportData = {
		exercise: {
			kind: exercise.kind,
			name: exercise.name,
			state: exercise.state,
			timeZone: exercise.timeZone,
			startsAt: exercise.startsAt,
			endsAt: exercise.endsAt,
			startedAt: first?.wallStart ?? null,
			endedAt: ended ? (exercise.clock.at(-1)?.wallStart ?? null) : null,
			tlp: exercise.tlp
		},
		tlp: strictestTlp([exercise.tlp, tlp, labelOfParts(parts)]),
		asOf,
		madeBy: whole?.by.name ?? actor.name,
		extent: extentOf(record.scope, actor),
		...participants,
		scenario: scenario && outlineOf(scenario),
		...parts,
		ratings,
		figures,
		times: {
			all: times.all,
			teams: sortTimes(times.teams, 'label', false),
			injects: sortTimes(times.injects, 'label', false).slice(0, reportLimits.list)
		},
		...lists,
		hotWash: hotWashOf(cards, cardTeams),
		timeline
	};
	return { data, record };
}

function outlineOf(doc: Y.Doc): ReportData['scenario'] {
	const { title, objectives } = readOutline(doc);
	return { title, objectives: objectives.map(({ code, text }) => ({ code, text })) };
}

function findingsOf(
	doc: Y.Doc,
	cards: readonly StoredCard[],
	teams: ReadonlyMap<string, string>,
	touched: ReadonlyMap<string, CountryCode[]>
): ReportFinding[] {
	const byId = new Map<string, StoredCard>(cards.map((card) => [card.id, card]));
	return readFindings(doc).map(({ id, title, cards: merged }) => {
		const known = merged.flatMap((card) => byId.get(card) ?? []);
		return {
			id,
			...freezeFinding(doc, id)!,
			title,
			countries: touched.get(id) ?? [],
			cards: known.map((card) => ({ ...cardOf(card), team: teams.get(card.team) ?? '' })),
			hidden: merged.length - known.length
		};
	});
}

const cardOf = ({ text, by, votes }: StoredCard): ReportCard => ({ text, by, votes });

function hotWashOf(
	cards: readonly StoredCard[],
	teams: readonly { id: StoredCard['team']; name: string }[]
): ReportData['hotWash'] {
	const byTeam = Map.groupBy(cards, (card) => card.team);
	return teams.flatMap(({ id, name }) => {
		const own = byTeam.get(id);
		if (!own) return [];
		const of = (column: HotWashColumn) => own.filter((card) => card.column === column).map(cardOf);
		return [
			{
				team: name,
				columns: { 'went-well': of('went-well'), 'did-not': of('did-not'), change: of('change') }
			}
		];
	});
}

async function readParticipants({ database, exercise, teams, scope }: OpenRecord) {
	const [players, people] = await Promise.all([
		database.db
			.select({ team: membership.teamId, role: membership.role, n: countDistinct(membership.accountId) })
			.from(membership)
			.where(eq(membership.exerciseId, exercise.id))
			.groupBy(membership.teamId, membership.role),
		database.db
			.select({ role: membership.role, n: countDistinct(membership.accountId) })
			.from(membership)
			.where(eq(membership.exerciseId, exercise.id))
			.groupBy(membership.role)
	]);
	const inTeam = new Map(
		players.filter((row) => row.role === 'player').map((row) => [row.team as string, row.n])
	);
	const participants = [...Map.groupBy(teams, (team) => team.country)].map(([country, own]) => ({
		country,
		teams: own.length,
		players: own.reduce((sum, team) => sum + (inTeam.get(team.id) ?? 0), 0)
	}));
	if (scope.teams !== null) return { participants, people: null };
	const [all] = await database.db
		.select({ n: countDistinct(membership.accountId) })
		.from(membership)
		.where(eq(membership.exerciseId, exercise.id));
	const byRole = Object.fromEntries(
		people.filter(({ role }) => (roles as readonly string[]).includes(role)).map(({ role, n }) => [role, n])
	) as Partial<Record<Role, number>>;
	return { participants, people: { total: all?.n ?? 0, byRole } };
}

async function readLists(record: OpenRecord): Promise<Pick<ReportData, 'decisions' | 'reports'>> {
	const read = async (group: 'decisions' | 'reports', kind: FactKind) => {
		const found: RecordLine[] = [];
		for await (const batch of eachBatch(record, { filters: { ...noFilters, groups: [group] } })) {
			found.push(...batch.map(({ line }) => line).filter((line) => line.kind === kind));
			if (found.length >= reportLimits.list) break;
		}
		return found.slice(0, reportLimits.list);
	};
	return {
		decisions: await read('decisions', 'decision-recorded'),
		reports: await read('reports', 'report-approved')
	};
}

async function readTimeline(record: OpenRecord): Promise<ReportData['timeline']> {
	const shown = factKinds.filter((kind) => !omitted.includes(kind));
	const counts = await countLines(record, noFilters);
	const total = shown.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0);
	const lines: RecordLine[] = [];
	for await (const batch of eachBatch(record, { filters: noFilters, kinds: shown })) {
		lines.push(...batch.map(({ line }) => ({ ...line, detail: clip(line.detail) })));
		if (lines.length >= reportLimits.timeline) break;
	}
	return { lines: lines.slice(0, reportLimits.timeline), total };
}

const clip = (text: string) =>
	text.length <= reportLimits.text ? text : `${text.slice(0, reportLimits.text - 1)}…`;
