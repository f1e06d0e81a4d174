import type { CountryCode } from '#lib/standards/countries.ts';
import { heatWindow, type StorylineHeat } from '#lib/exercise/conduct/heat.ts';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import type { AskedQuestion } from '#server/views/questions.ts';
import type { Board, BoardCell, BoardRow } from '../board.ts';

/** What waits at one team, or at those of a country: deliveries, and what was asked. */
export interface Waiting {
	teams: number;
	/** came and nobody has looked */
	unseen: number;
	/** asked for an acknowledgement, and there is none */
	unacknowledged: number;
	/** of these, and of responses: past their time */
	overdueAcknowledgements: number;
	overdueResponses: number;
	questions: number;
	/** of the oldest open question, wall ms; null: none */
	askedWall: number | null;
}

export const nothingWaits = (teams = 0): Waiting => ({
	teams,
	unseen: 0,
	unacknowledged: 0,
	overdueAcknowledgements: 0,
	overdueResponses: 0,
	questions: 0,
	askedWall: null
});

export const overdueOf = ({ overdueAcknowledgements, overdueResponses }: Waiting): number =>
	overdueAcknowledgements + overdueResponses;
export const isQuiet = (one: Waiting): boolean =>
	one.unseen + one.unacknowledged + overdueOf(one) + one.questions === 0;

/** Team by team, in the board's order. `now` is exercise time; null before STARTEX. */
export function waitingByTeam(
	board: Board,
	questions: readonly AskedQuestion[],
	now: number | null
): Map<TeamId, Waiting> {
	const found = new Map(board.teams.map((id) => [id, nothingWaits(1)]));
	for (const row of board.order) {
		// what was taken back asks nothing any more
		if (row.inject.state === 'recalled') continue;
		for (const [team, cell] of row.cells.entries()) {
			const one = cell && found.get(board.teams[team]!);
			if (one) count(one, row, cell, now);
		}
	}
	for (const question of questions) {
		const one = found.get(question.team.id);
		if (!one) continue;
		one.questions++;
		one.askedWall = Math.min(one.askedWall ?? question.askedWall, question.askedWall);
	}
	return found;
}

function count(one: Waiting, { inject }: BoardRow, cell: BoardCell, now: number | null): void {
	const isSeen = cell.seenAt !== null || cell.acknowledgedAt !== null || cell.respondedAt !== null;
	if (!isSeen) one.unseen++;
	const acknowledged = cell.acknowledgedAt !== null || cell.respondedAt !== null;
	if (!acknowledged && !inject.noAcknowledgement) one.unacknowledged++;
	if (now === null) return;
	if (!acknowledged && cell.acknowledgeBy !== null && now > cell.acknowledgeBy) one.overdueAcknowledgements++;
	if (cell.respondedAt === null && cell.respondBy !== null && now > cell.respondBy) one.overdueResponses++;
}

export function added(all: Iterable<Waiting>): Waiting {
	const sum = nothingWaits();
	for (const one of all) {
		sum.teams += one.teams;
		sum.unseen += one.unseen;
		sum.unacknowledged += one.unacknowledged;
		sum.overdueAcknowledgements += one.overdueAcknowledgements;
		sum.overdueResponses += one.overdueResponses;
		sum.questions += one.questions;
		if (one.askedWall !== null) sum.askedWall = Math.min(sum.askedWall ?? one.askedWall, one.askedWall);
	}
	return sum;
}

/** By country, what is most overdue first. */
export function waitingByCountry(
	byTeam: ReadonlyMap<TeamId, Waiting>,
	teamOf: (id: TeamId) => Pick<Team, 'country'> | undefined
): { country: CountryCode; waiting: Waiting }[] {
	const groups = new Map<CountryCode, Waiting[]>();
	for (const [id, waiting] of byTeam) {
		const country = teamOf(id)?.country;
		if (country) groups.set(country, [...(groups.get(country) ?? []), waiting]);
	}
	return [...groups]
		.map(([country, all]) => ({ country, waiting: added(all) }))
		.sort(
			(a, b) =>
				overdueOf(b.waiting) - overdueOf(a.waiting) ||
				b.waiting.unacknowledged - a.waiting.unacknowledged ||
				(a.country < b.country ? -1 : 1)
		);
}

/** What each storyline brought in the last hour of exercise time, and what of it is late now. */
export function heatByStoryline(
	board: Board,
	questions: readonly AskedQuestion[],
	now: number
): Omit<StorylineHeat, 'heat'>[] {
	const found = new Map<string, Omit<StorylineHeat, 'heat'>>();
	const of = (storyline: string) => {
		const known = found.get(storyline) ?? { storyline, deliveries: 0, overdue: 0, questions: 0 };
		found.set(storyline, known);
		return known;
	};
	/** what a team received, for what it asks about */
	const received = new Map<TeamId, { at: number; storyline: string }[]>();
	for (const { inject, cells } of board.order) {
		const heat = of(inject.storyline);
		for (const [index, cell] of cells.entries()) {
			if (!cell) continue;
			if (cell.releasedAt > now - heatWindow && cell.releasedAt <= now) heat.deliveries++;
			if (inject.state !== 'recalled' && isLate(cell, now)) heat.overdue++;
			const team = board.teams[index]!;
			received.set(team, [
				...(received.get(team) ?? []),
				{ at: cell.releasedAt, storyline: inject.storyline }
			]);
		}
	}
	for (const { team, askedAt } of questions) {
		if (askedAt <= now - heatWindow || askedAt > now) continue;
		const before = (received.get(team.id) ?? []).filter((one) => one.at <= askedAt);
		const last = before.reduce<{ at: number; storyline: string } | null>(
			(best, one) => (best && best.at >= one.at ? best : one),
			null
		);
		if (last) of(last.storyline).questions++;
	}
	return [...found.values()];
}

const isLate = (cell: BoardCell, now: number): boolean =>
	(cell.acknowledgeBy !== null &&
		cell.acknowledgedAt === null &&
		cell.respondedAt === null &&
		now > cell.acknowledgeBy) ||
	(cell.respondBy !== null && cell.respondedAt === null && now > cell.respondBy);
