import { and, asc, count, eq, inArray } from 'drizzle-orm';
import { hasRole, isControl } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise, ExerciseState, Team } from '#lib/exercise/exercise/schema.ts';
import type { CardId, TeamId } from '#lib/exercise/ids.ts';
import { facilitatesHotWash, joinsHotWash, readsHotWash } from '#lib/exercise/review/commands.ts';
import { hotWashColumns, hotWashLimits, type HotWashColumn } from '#lib/exercise/review/schema.ts';
import type { Database } from '../database/open.ts';
import { hotWashCard, hotWashVote } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';
import { readTeams } from '../exercises/teams.ts';

/** A card as everybody on the board reads it. Nothing here tells who wrote an anonymous one, or when. */
export interface BoardCard {
	id: CardId;
	text: string;
	/** null: without a name */
	by: string | null;
	votes: number;
	/** the reader's own vote is on it */
	myVote: boolean;
	mayWithdraw: boolean;
}

export interface HotWashView {
	team: Pick<Team, 'id' | 'name' | 'country'>;
	phase: HotWashPhase;
	columns: { column: HotWashColumn; cards: BoardCard[]; votesLeft: number }[];
	/** adds cards and votes while it is open */
	joins: boolean;
	anonymousAllowed: boolean;
}

export type HotWashPhase = 'before' | 'open' | 'closed';

export function hotWashPhase(state: ExerciseState): HotWashPhase {
	if (state === 'ended' || state === 'evaluating') return 'open';
	return ['reported', 'closed', 'cancelled'].includes(state) ? 'closed' : 'before';
}

/** One team's board. */
export async function board(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	teamId: string
): Promise<HotWashView> {
	const team = (await readTeams(database.db, exercise.id)).find((one) => one.id === teamId);
	if (!team || !readsHotWash(actor, team)) throw noExercise();
	const cards = await readCards(database, [team.id]);
	const mine = await database.db
		.select({ card: hotWashVote.cardId })
		.from(hotWashVote)
		.innerJoin(hotWashCard, eq(hotWashCard.id, hotWashVote.cardId))
		.where(and(eq(hotWashCard.teamId, team.id), eq(hotWashVote.accountId, actor.accountId)));
	const myVotes = new Set<string>(mine.map((row) => row.card));
	const phase = hotWashPhase(exercise.state);
	const joins = joinsHotWash(actor, team.id);
	return {
		team: { id: team.id, name: team.name, country: team.country },
		phase,
		joins,
		anonymousAllowed: exercise.settings.anonymousHotWash,
		columns: hotWashColumns.map((column) => {
			const own = cards.filter((card) => card.column === column);
			return {
				column,
				votesLeft: hotWashLimits.votesPerPerson - own.filter((card) => myVotes.has(card.id)).length,
				cards: own.map((card) => ({
					id: card.id,
					text: card.text,
					by: card.by,
					votes: card.votes,
					myVote: myVotes.has(card.id),
					mayWithdraw:
						phase === 'open' &&
						joins &&
						(card.accountId === actor.accountId || facilitatesHotWash(actor, team.id))
				}))
			};
		})
	};
}

export interface HotWashListView {
	phase: HotWashPhase;
	teams: {
		id: TeamId;
		name: string;
		country: Team['country'];
		cards: Record<HotWashColumn, number>;
		votes: number;
	}[];
}

/** The boards that somebody may open, with how much stands on each. */
export async function boards(database: Database, exercise: Exercise, actor: Actor): Promise<HotWashListView> {
	const teams = (await readTeams(database.db, exercise.id)).filter((team) => readsHotWash(actor, team));
	// exercise control sees an empty list before there are teams; who joins no hot wash has no such page
	if (teams.length === 0 && !isControl(actor) && !hasRole(actor, 'facilitator')) throw noExercise();
	const ids = teams.map((team) => team.id);
	const cards = await readCards(database, ids);
	const byTeam = Map.groupBy(cards, (card) => card.team);
	return {
		phase: hotWashPhase(exercise.state),
		teams: teams.map(({ id, name, country }) => {
			const own = byTeam.get(id) ?? [];
			const of = (column: HotWashColumn) => own.filter((card) => card.column === column).length;
			return {
				id,
				name,
				country,
				cards: { 'went-well': of('went-well'), 'did-not': of('did-not'), change: of('change') },
				votes: own.reduce((sum, card) => sum + card.votes, 0)
			};
		})
	};
}

/** A card with whose it is, for this server's own use: `accountId` never leaves it. */
export interface StoredCard {
	id: CardId;
	team: TeamId;
	column: HotWashColumn;
	text: string;
	by: string | null;
	accountId: string | null;
	votes: number;
}

/** All cards of these teams, the most voted first, then in the order of writing. */
export async function readCards(database: Database, teams: readonly TeamId[]): Promise<StoredCard[]> {
	if (teams.length === 0) return [];
	const rows = await database.db
		.select({ card: hotWashCard, votes: count(hotWashVote.accountId) })
		.from(hotWashCard)
		.leftJoin(hotWashVote, eq(hotWashVote.cardId, hotWashCard.id))
		.where(and(inArray(hotWashCard.teamId, [...teams]), eq(hotWashCard.withdrawn, false)))
		.groupBy(hotWashCard.id)
		.orderBy(asc(hotWashCard.createdAt), asc(hotWashCard.id));
	return rows
		.map(({ card, votes }) => ({
			id: card.id as CardId,
			team: card.teamId as TeamId,
			column: card.column as HotWashColumn,
			text: card.text,
			by: card.byName,
			accountId: card.accountId,
			votes
		}))
		.sort((a, b) => b.votes - a.votes);
}
