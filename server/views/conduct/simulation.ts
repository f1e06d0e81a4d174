import { and, asc, desc, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Tlp } from '#lib/standards/tlp.ts';
import { hasRole, isControl } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { QuestionId, RecordId } from '#lib/exercise/ids.ts';
import type { Database } from '../../database/open.ts';
import { question, team } from '../../database/schema.ts';
import { noExercise } from '../../exercises/rights.ts';
import { answeredShown, readExchanges, type AskedQuestion } from '../questions.ts';

/** What was put to a simulated body, as a plain question or as a request for information. Of the team only the name by which it speaks. */
export interface SimulatedRequest {
	of: 'question' | 'request';
	id: QuestionId | RecordId;
	/** the body that was asked */
	to: string;
	team: string;
	text: string;
	/** exercise time, ms */
	askedAt: number;
	/** wall time, ms */
	askedWall: number;
	answer: { text: string; as: string | null; at: number; kind: 'answered' | 'declined' } | null;
	/** of a request: its label, and the exercise time by which it is needed */
	tlp?: Tlp;
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
	const select = () =>
		database.db
			.select({ question, team: team.name })
			.from(question)
			.innerJoin(team, eq(team.id, question.teamId));
	const here = and(eq(question.exerciseId, exercise.id), isNotNull(question.addressedTo));
	const [open, answered, exchanges] = await Promise.all([
		select()
			.where(and(here, isNull(question.answeredAt)))
			.orderBy(asc(question.askedWall)),
		select()
			.where(and(here, isNotNull(question.answeredAt)))
			.orderBy(desc(question.askedWall))
			.limit(answeredShown),
		readExchanges(database, exercise, { scope: null, bodiesOnly: true })
	]);
	const asked = ({ question: row, team: name }: (typeof open)[number]): SimulatedRequest => ({
		of: 'question',
		id: row.id as QuestionId,
		to: row.addressedTo!,
		team: name,
		text: row.text,
		askedAt: row.askedAt,
		askedWall: row.askedWall.getTime(),
		answer:
			row.answer === null || row.answeredAt === null
				? null
				: { text: row.answer, as: row.answeredAs, at: row.answeredAt, kind: 'answered' }
	});
	const requests = exchanges.map(requested);
	return {
		open: [...open.map(asked), ...requests.filter((one) => !one.answer)].sort(
			(a, b) => a.askedWall - b.askedWall
		),
		answered: [...answered.map(asked), ...requests.filter((one) => one.answer)]
			.sort((a, b) => b.askedWall - a.askedWall)
			.slice(0, answeredShown)
	};
}

function requested(one: AskedQuestion): SimulatedRequest {
	const { id, text, askedAt, askedWall, answer, tlp, neededBy } = one;
	return {
		of: 'request',
		id,
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
