import type { Tlp } from '#lib/standards/tlp.ts';
import { hasRole, isControl } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { RecordId } from '#lib/exercise/ids.ts';
import type { Database } from '../../database/open.ts';
import { noExercise } from '../../exercises/rights.ts';
import { answeredShown, readExchanges, type AskedQuestion } from '../questions.ts';

/** A request for information that was put to a simulated body. Of the team only the name by which it speaks. */
export interface SimulatedRequest {
	id: RecordId;
	/** the body that was asked */
	to: string;
	team: string;
	text: string;
	/** exercise time, ms */
	askedAt: number;
	/** wall time, ms */
	askedWall: number;
	answer: { text: string; as: string | null; at: number; kind: 'answered' | 'declined' } | null;
	tlp?: Tlp;
	/** the exercise time by which it is needed */
	neededBy?: number;
}

export interface SimulationView {
	/** the oldest first */
	open: SimulatedRequest[];
	/** the latest first: so that whoever speaks for a body knows what it has said */
	answered: SimulatedRequest[];
}

/** For the simulation cell, which sees nothing else of the exercise, and for exercise control. */
export async function simulation(
	database: Database,
	exercise: Exercise,
	actor: Actor
): Promise<SimulationView> {
	if (!isControl(actor) && !hasRole(actor, 'simcell')) throw noExercise();
	const exchanges = await readExchanges(database, exercise, { scope: null, bodiesOnly: true });
	const requests = exchanges.map(requested);
	return {
		open: requests.filter((one) => !one.answer).sort((a, b) => a.askedWall - b.askedWall),
		answered: requests
			.filter((one) => one.answer)
			.sort((a, b) => b.askedWall - a.askedWall)
			.slice(0, answeredShown)
	};
}

function requested(one: AskedQuestion): SimulatedRequest {
	const { id, text, askedAt, askedWall, answer, tlp, neededBy } = one;
	return {
		id: id as RecordId,
		to: one.to!,
		team: one.team.name,
		text,
		askedAt,
		askedWall,
		answer: answer && { text: answer.text, as: answer.as, at: answer.at, kind: answer.kind },
		...(tlp && { tlp }),
		...(neededBy !== undefined && { neededBy })
	};
}
