import type { Actor, Team } from '../exercise/schema.ts';
import type { FindingId } from '../ids.ts';
import { speaksFor } from './access.ts';
import { isOpen, standingOf, type Circulation } from './fold.ts';

/** How long before the deadline who may answer is told once more. */
export const nearDeadlineMs = 24 * 3_600_000;

/** A finding whose round is open, and to which a country of the reader's has said nothing yet. */
export interface WaitingFinding {
	finding: FindingId;
	round: number;
	/** wall times, ms */
	circulatedAt: number;
	deadline: number;
}

/** What waits for an answer that this person may give. `now`: wall time, ms. */
export function waitingFor(
	circulations: Iterable<Circulation>,
	actor: Actor,
	teams: readonly Pick<Team, 'id' | 'country'>[],
	now: number
): WaitingFinding[] {
	return [...circulations].flatMap(({ finding, rounds }) => {
		const round = rounds.at(-1);
		if (!round || !isOpen(round, now)) return [];
		const waits = [...round.said.keys()].some(
			(country) => standingOf(round, country, now) === 'waiting' && speaksFor(actor, country, teams)
		);
		const { number, circulatedAt, deadline } = round;
		return waits ? [{ finding, round: number, circulatedAt, deadline }] : [];
	});
}

/** Whether its deadline has come near since a moment; of one that was near from the beginning the first notice said so. */
export const cameNear = (
	{ circulatedAt, deadline }: Pick<WaitingFinding, 'circulatedAt' | 'deadline'>,
	{ before, now }: { before: number; now: number }
): boolean => {
	const near = deadline - nearDeadlineMs;
	return circulatedAt < near && before < near && near <= now;
};
