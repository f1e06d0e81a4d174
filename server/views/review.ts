import { documentName, documentRight } from '#lib/exercise/documents.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { CardId, TeamId } from '#lib/exercise/ids.ts';
import { reviewScope } from '#lib/exercise/record/scope.ts';
import type { HotWashColumn } from '#lib/exercise/review/schema.ts';
import { leadsReview } from '#lib/exercise/finding/access.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { readFindingActs } from '../commands/finding.ts';
import { databaseNow, type Database } from '../database/open.ts';
import { affected, type AffectedView } from './affected.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';
import { evidenceFor, statesFor, type FindingState, type ReviewEvidence } from './findings.ts';
import { citations, type Citation } from './citations.ts';
import { hotWashPhase, readCards, type HotWashPhase } from './hot-wash.ts';

export interface ReviewCard {
	id: CardId;
	team: { id: TeamId; name: string };
	column: HotWashColumn;
	text: string;
	by: string | null;
	votes: number;
}

export interface ReviewView extends ReviewEvidence {
	/** the page to open */
	document: string;
	right: 'read' | 'write';
	phase: HotWashPhase;
	/** of the teams whose hot wash this reader may read */
	cards: ReviewCard[];
	teams: { id: TeamId; name: string; country: CountryCode }[];
	/** where the findings that were put to countries stand, for whoever leads the review */
	circulated: FindingState[];
	/** the countries that they can be put to; for others none */
	countries: CountryCode[];
	/** where frozen versions of the report cite them */
	citations: Citation[];
	/** of a real room: whose consent its publication needs; null: this is an exercise */
	affected: AffectedView | null;
}

/** The review page: what its document does not hold, the cards that findings are made of. */
export async function review(database: Database, exercise: Exercise, actor: Actor): Promise<ReviewView> {
	const ref = { exercise: exercise.id, kind: 'review' as const };
	const right = documentRight(ref, actor, { settings: exercise.settings });
	if (right === 'none') throw noExercise();
	const all = await readTeams(database.db, exercise.id);
	const scope = reviewScope(actor, exercise, all);
	const teams = all.filter((team) => scope === null || scope.has(team.id));
	const names = new Map(teams.map((team) => [team.id, team.name]));
	const [cards, acts, now] = await Promise.all([
		readCards(
			database,
			teams.map((team) => team.id)
		),
		readFindingActs(database.db, exercise.id),
		databaseNow(database.db)
	]);
	return {
		document: documentName(ref),
		right,
		phase: hotWashPhase(exercise.state),
		cards: cards.map(({ id, team, column, text, by, votes }) => ({
			id,
			team: { id: team, name: names.get(team) ?? '' },
			column,
			text,
			by,
			votes
		})),
		teams: teams.map(({ id, name, country }) => ({ id, name, country })),
		...(await evidenceFor(database, exercise, actor, all, acts)),
		circulated: statesFor(actor, acts, now),
		countries: leadsReview(actor) ? [...new Set(all.map(({ country }) => country))].sort() : [],
		citations: await citations(database, exercise, actor),
		affected: await affected(database.db, exercise, actor)
	};
}
