import { documentName } from '#lib/exercise/documents.ts';
import type { Evidence } from '#lib/exercise/evaluation/schema.ts';
import { hasRole, readsEvaluation } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, Team } from '#lib/exercise/exercise/schema.ts';
import {
	belongsTo,
	citesObservations,
	knowsOfEvidence,
	leadsReview,
	speaksFor
} from '#lib/exercise/finding/access.ts';
import {
	isOpen,
	outcomeOf,
	readCirculations,
	readEvidence,
	standingOf,
	type Circulation,
	type FindingAct,
	type Outcome,
	type Round,
	type Said,
	type Standing
} from '#lib/exercise/finding/fold.ts';
import { waitingFor, type WaitingFinding } from '#lib/exercise/finding/waiting.ts';
import type { FrozenFinding } from '#lib/exercise/finding/schema.ts';
import type { FindingId, ObservationId, TeamId } from '#lib/exercise/ids.ts';
import { findingFingerprint, freezeFinding, readFindings } from '#lib/exercise/review/schema.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { ObservationKind, Rating } from '#lib/standards/evaluation.ts';
import type * as Y from 'yjs';
import { readFindingActs, readObserved } from '../commands/finding.ts';
import { databaseNow, type Database } from '../database/open.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { citations, type Citation } from './citations.ts';

// --- evidence: what the review page shows beside its document -------------------------------------------------------------

/** An observation, for whoever may read it. */
export interface ReviewObservation {
	id: ObservationId;
	team: { id: TeamId; name: string };
	sort: ObservationKind;
	text: string;
	/** in the guide's words; '' where it is about no guide */
	capability: string;
	objective: string;
	rating: Rating | null;
	by: string;
	exerciseAt: number | null;
	wallAt: number;
	/** entries of the team's timeline */
	evidence: Evidence[];
	/** puts it into findings */
	cites: boolean;
}

export interface ReviewEvidence {
	/** of the teams that the reader may read; those that were withdrawn are left out */
	observations: ReviewObservation[];
	/** which of them are evidence of which finding */
	evidence: { finding: FindingId; observation: ObservationId }[];
	/** findings that rest on observations which this reader may not read: that there are, not how many */
	restsOnMore: FindingId[];
}

/** What evaluators noted, and which findings use it. To whoever plays there is nothing of the kind. */
export async function evidenceFor(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	teams: readonly Team[],
	acts: readonly FindingAct[]
): Promise<ReviewEvidence> {
	const readable = teams.filter((team) => readsEvaluation(actor, team.id));
	const knows = knowsOfEvidence(actor);
	if (readable.length === 0 && !knows) return { observations: [], evidence: [], restsOnMore: [] };
	const cited = readEvidence(acts);
	// whoever knows that there is evidence is not told of what was withdrawn
	const asked = knows ? teams : readable;
	const all = await readObserved(
		database.db,
		exercise.id,
		asked.map(({ id }) => id)
	);
	const names = new Map(readable.map(({ id, name }) => [id, name]));
	const standing = all.filter(({ withdrawn }) => withdrawn === null);
	const open = standing.filter(({ team }) => names.has(team));
	const openIds = new Set(open.map(({ id }) => id));
	const standingIds = new Set(standing.map(({ id }) => id));
	return {
		observations: open.map(
			({ id, team, sort, text, capability, objective, rating, author, exerciseAt, wallAt, evidence }) => ({
				id,
				team: { id: team, name: names.get(team)! },
				sort,
				text,
				capability,
				objective,
				rating,
				by: author.name,
				exerciseAt,
				wallAt,
				evidence,
				cites: citesObservations(actor, team)
			})
		),
		evidence: [...cited].flatMap(([finding, own]) =>
			own
				.filter(({ observation }) => openIds.has(observation))
				.map(({ observation }) => ({ finding, observation }))
		),
		restsOnMore: knows
			? [...cited].flatMap(([finding, own]) =>
					own.some(({ observation }) => standingIds.has(observation) && !openIds.has(observation))
						? [finding]
						: []
				)
			: []
	};
}

/** The findings that use what was observed of a team, for whoever reads the observations. */
export async function findingsUsing(
	{ database, documents }: { database: Database; documents: { read: (name: string) => Promise<Y.Doc> } },
	exercise: Exercise,
	actor: Actor,
	team: TeamId
): Promise<{ finding: FindingId; title: string; observation: ObservationId; citations: Citation[] }[]> {
	const cited = readEvidence(await readFindingActs(database.db, exercise.id));
	if (cited.size === 0) return [];
	const page = await documents.read(documentName({ exercise: exercise.id, kind: 'review' }));
	const frozen = await citations(database, exercise, actor);
	return readFindings(page).flatMap(({ id, title }) =>
		(cited.get(id as FindingId) ?? [])
			.filter((one) => one.team === team)
			.map(({ observation }) => ({
				finding: id as FindingId,
				title,
				observation,
				citations: frozen.filter((one) => one.finding === id)
			}))
	);
}

// --- circulation: what countries were asked, and what they say -------------------------------------------------------------

/** Where a finding stands, as the review page says it beside the finding: for whoever leads the review. */
export interface FindingState {
	finding: FindingId;
	round: number;
	deadline: number;
	isOpen: boolean;
	outcome: Outcome;
	/** of the text that the countries have */
	fingerprint: string;
	countries: { country: CountryCode; standing: Standing }[];
}

export function statesFor(actor: Actor, acts: readonly FindingAct[], now: number): FindingState[] {
	if (!leadsReview(actor)) return [];
	return [...readCirculations(acts).values()].map(({ finding, rounds }) => {
		const round = rounds.at(-1)!;
		return {
			finding,
			round: round.number,
			deadline: round.deadline,
			isOpen: isOpen(round, now),
			outcome: outcomeOf(round, now),
			fingerprint: round.fingerprint,
			countries: [...round.said.keys()].map((country) => ({
				country,
				standing: standingOf(round, country, now)
			}))
		};
	});
}

export interface CountryAnswer {
	country: CountryCode;
	standing: Standing;
	said: Said[];
	/** of the reader's own country */
	isOwn: boolean;
	/** comments, agrees and objects for it */
	speaks: boolean;
	/** the other countries that were asked read it too */
	isOpen: boolean;
}

export interface RoundView {
	number: number;
	content: FrozenFinding;
	deadline: number;
	circulatedAt: number;
	by: string;
	isOpen: boolean;
	/** null: who only reads the own country's answer is not told how the others decided */
	outcome: Outcome | null;
	answers: CountryAnswer[];
}

export interface CirculatedFinding {
	finding: FindingId;
	/** the last round first */
	rounds: RoundView[];
	/** the text on the review page is another one by now: nobody has agreed to it. For whoever leads the review */
	isChanged: boolean;
}

export interface FindingsView {
	/** reads what every country says */
	leads: boolean;
	findings: CirculatedFinding[];
}

/** The page of findings: what was put to countries, to each reader what is theirs. */
export async function circulated(
	{ database, documents }: { database: Database; documents: { read: (name: string) => Promise<Y.Doc> } },
	exercise: Exercise,
	actor: Actor
): Promise<FindingsView> {
	const leads = leadsReview(actor);
	if (!leads && !hasRole(actor, 'moderator', 'player')) throw noExercise();
	const [acts, teams, now] = await Promise.all([
		readFindingActs(database.db, exercise.id),
		readTeams(database.db, exercise.id),
		databaseNow(database.db)
	]);
	const all = [...readCirculations(acts).values()];
	const page =
		leads && all.length > 0
			? await documents.read(documentName({ exercise: exercise.id, kind: 'review' }))
			: null;
	return {
		leads,
		findings: all
			.flatMap((one) => {
				const rounds = one.rounds.flatMap((round) => roundFor(one, round, actor, leads, teams, now));
				if (rounds.length === 0) return [];
				const current = page && freezeFinding(page, one.finding);
				const isChanged = current !== null && findingFingerprint(current) !== one.rounds.at(-1)!.fingerprint;
				return [{ finding: one.finding, rounds: rounds.reverse(), isChanged }];
			})
			.sort((a, b) => b.rounds[0]!.circulatedAt - a.rounds[0]!.circulatedAt)
	};
}

/** What waits for an answer that the reader may give: ids and times, no word of it. */
export async function waiting(
	database: Database,
	exercise: Exercise,
	actor: Actor
): Promise<{ waiting: WaitingFinding[]; now: number }> {
	const now = await databaseNow(database.db);
	if (!hasRole(actor, 'moderator', 'player')) return { waiting: [], now };
	const [acts, teams] = await Promise.all([
		readFindingActs(database.db, exercise.id),
		readTeams(database.db, exercise.id)
	]);
	return { waiting: waitingFor(readCirculations(acts).values(), actor, teams, now), now };
}

/** A round as one reader has it: none, where the reader's country was not asked. */
function roundFor(
	{ open }: Circulation,
	round: Round,
	actor: Actor,
	leads: boolean,
	teams: readonly Team[],
	now: number
): RoundView[] {
	const asked = [...round.said.keys()];
	const own = new Set(asked.filter((country) => belongsTo(actor, country, teams)));
	if (!leads && own.size === 0) return [];
	const { number, content, deadline, circulatedAt, by } = round;
	return [
		{
			number,
			content,
			deadline,
			circulatedAt,
			by,
			isOpen: isOpen(round, now),
			outcome: leads ? outcomeOf(round, now) : null,
			answers: asked
				.filter((country) => leads || own.has(country) || open.has(country))
				.map((country) => ({
					country,
					standing: standingOf(round, country, now),
					said: round.said.get(country)!,
					isOwn: own.has(country),
					speaks: speaksFor(actor, country, teams),
					isOpen: open.has(country)
				}))
		}
	];
}
