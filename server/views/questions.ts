import { and, asc, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { consoleScope, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { QuestionId, TeamId } from '#lib/exercise/ids.ts';
import type { Database } from '../database/open.ts';
import { question, team } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';

export interface AskedQuestion {
	id: QuestionId;
	team: { id: TeamId; name: string };
	/** the simulated body that it is put to; null: exercise control itself */
	to: string | null;
	text: string;
	askedBy: string;
	/** exercise time, ms */
	askedAt: number;
	/** wall clock, ms: people wait in real time */
	askedWall: number;
	/** `as`: in whose name; null: exercise control's own */
	answer: { text: string; by: string; as: string | null; at: number } | null;
}

/** Open questions, the oldest first, and the latest answered ones. */
export interface QuestionsView {
	open: AskedQuestion[];
	answered: AskedQuestion[];
}

const answeredShown = 100;

export async function questions(
	database: Database,
	exercise: Exercise,
	actor: Actor
): Promise<QuestionsView> {
	if (!seesConsole(actor)) throw noExercise();
	const scope = consoleScope(actor);
	const select = () =>
		database.db
			.select({ question, team: { id: team.id, name: team.name } })
			.from(question)
			.innerJoin(team, eq(team.id, question.teamId));
	const inScope =
		scope === null
			? undefined
			: scope.size === 0
				? sql`false`
				: sql`${team.country} in (${sql.join(
						[...scope].map((country) => sql`${country}`),
						sql`, `
					)})`;
	const here = eq(question.exerciseId, exercise.id);
	const [open, answered] = await Promise.all([
		select()
			.where(and(here, isNull(question.answeredAt), inScope))
			.orderBy(asc(question.askedWall)),
		select()
			.where(and(here, isNotNull(question.answeredAt), inScope))
			.orderBy(desc(question.askedWall))
			.limit(answeredShown)
	]);
	return { open: open.map(toQuestion), answered: answered.map(toQuestion) };
}

function toQuestion(row: {
	question: typeof question.$inferSelect;
	team: { id: string; name: string };
}): AskedQuestion {
	const { id, text, askedBy, askedAt, askedWall, answer, answeredBy, answeredAt, answeredAs, addressedTo } =
		row.question;
	return {
		id: id as QuestionId,
		team: { id: row.team.id as TeamId, name: row.team.name },
		to: addressedTo,
		text,
		askedBy,
		askedAt,
		askedWall: askedWall.getTime(),
		answer:
			answer === null || answeredAt === null
				? null
				: { text: answer, by: answeredBy ?? '', as: answeredAs, at: answeredAt }
	};
}
