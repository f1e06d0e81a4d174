import { and, asc, desc, eq, isNotNull, isNull } from 'drizzle-orm';
import { hasRole, isControl } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { QuestionId } from '#lib/exercise/ids.ts';
import type { Database } from '../../database/open.ts';
import { question, team } from '../../database/schema.ts';
import { noExercise } from '../../exercises/rights.ts';

/** What was put to a simulated body. Of the team only the name by which it speaks. */
export interface SimulatedRequest {
	id: QuestionId;
	/** the body that was asked */
	to: string;
	team: string;
	text: string;
	/** exercise time, ms */
	askedAt: number;
	/** wall time, ms */
	askedWall: number;
	answer: { text: string; as: string | null; at: number } | null;
}

export interface SimulationView {
	/** the oldest first */
	open: SimulatedRequest[];
	/** the latest first: so that whoever speaks for a body knows what it has said */
	answered: SimulatedRequest[];
}

const answeredShown = 100;

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
	const [open, answered] = await Promise.all([
		select()
			.where(and(here, isNull(question.answeredAt)))
			.orderBy(asc(question.askedWall)),
		select()
			.where(and(here, isNotNull(question.answeredAt)))
			.orderBy(desc(question.askedWall))
			.limit(answeredShown)
	]);
	const shape = ({ question: row, team: name }: (typeof open)[number]): SimulatedRequest => ({
		id: row.id as QuestionId,
		to: row.addressedTo!,
		team: name,
		text: row.text,
		askedAt: row.askedAt,
		askedWall: row.askedWall.getTime(),
		answer:
			row.answer === null || row.answeredAt === null
				? null
				: { text: row.answer, as: row.answeredAs, at: row.answeredAt }
	});
	return { open: open.map(shape), answered: answered.map(shape) };
}
