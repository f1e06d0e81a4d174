import { and, asc, desc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { consoleScope, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { QuestionId, RecordId, TeamId } from '#lib/exercise/ids.ts';
import type { Relaxation } from '#lib/exercise/relaxation/schema.ts';
import type { TeamRequest } from '#lib/exercise/request/schema.ts';
import type { Database } from '../database/open.ts';
import { question, team, workingRecord } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';

/** What teams ask exercise control: a plain question, a request for information, or that a label be relaxed. */
export interface AskedQuestion {
	of: 'question' | 'request' | 'relaxation';
	id: QuestionId | RecordId;
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
	answer: {
		text: string;
		by: string | null;
		as: string | null;
		at: number;
		kind: 'answered' | 'declined';
	} | null;
	/** exercise time, ms */
	neededBy?: number;
	isAcknowledged?: boolean;
	tlp?: Tlp;
	/** of a relaxation: the label that is wanted, and what it is about */
	wanted?: Tlp;
	about?: string;
}

/** Open questions, the oldest first, and the latest answered ones. */
export interface QuestionsView {
	open: AskedQuestion[];
	answered: AskedQuestion[];
}

export const answeredShown = 100;

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
	const [open, answered, exchanges] = await Promise.all([
		select()
			.where(and(here, isNull(question.answeredAt), inScope))
			.orderBy(asc(question.askedWall)),
		select()
			.where(and(here, isNotNull(question.answeredAt), inScope))
			.orderBy(desc(question.askedWall))
			.limit(answeredShown),
		readExchanges(database, exercise, { scope, relaxations: scope === null })
	]);
	const asked = [...open.map(toQuestion), ...exchanges.filter((one) => !one.answer)];
	const done = [...answered.map(toQuestion), ...exchanges.filter((one) => one.answer)];
	return {
		open: asked.sort((a, b) => a.askedWall - b.askedWall),
		answered: done.sort((a, b) => b.askedWall - a.askedWall).slice(0, answeredShown)
	};
}

interface WhichExchanges {
	/** of teams of these countries; null: of all */
	scope: ReadonlySet<CountryCode> | null;
	/** only what is put to bodies that nobody plays */
	bodiesOnly?: boolean;
	/** also labels that exercise control set, and is asked to relax */
	relaxations?: boolean;
}

/** Requests to exercise control or to a body that it plays: all that wait, and the latest that are done with. */
export async function readExchanges(
	{ db }: Database,
	exercise: Exercise,
	{ scope, bodiesOnly = false, relaxations = false }: WhichExchanges
): Promise<AskedQuestion[]> {
	const { standing } = workingRecord;
	const asked = bodiesOnly
		? sql`${standing} -> 'to' ? 'body'`
		: sql`(${standing} -> 'to' ?| array['control', 'body'] or ${standing} #> '{about,from}' ? 'control')`;
	const waits = sql`${standing} ->> 'state' in ('sent', 'acknowledged', 'asked')`;
	const select = (which: SQL) =>
		db
			.select({ record: workingRecord, team: { id: team.id, name: team.name } })
			.from(workingRecord)
			.innerJoin(team, eq(team.id, workingRecord.teamId))
			.where(
				and(
					eq(workingRecord.exerciseId, exercise.id),
					inArray(workingRecord.kind, relaxations ? ['request', 'relaxation'] : ['request']),
					sql`${standing} ->> 'direction' = 'sent'`,
					asked,
					which,
					scope === null ? undefined : inArray(team.country, [...scope])
				)
			)
			.orderBy(desc(workingRecord.changed));
	const [open, done] = await Promise.all([select(waits), select(sql`not ${waits}`).limit(answeredShown)]);
	return [...open, ...done].map(({ record, team: from }) => {
		const base = { id: record.id as RecordId, team: { id: from.id as TeamId, name: from.name } };
		return record.kind === 'request'
			? { ...base, ...requestAsked(record.standing as TeamRequest, exercise) }
			: { ...base, ...relaxationAsked(record.standing as Relaxation, exercise) };
	});
}

type Exchanged = Omit<AskedQuestion, 'id' | 'team'>;

function requestAsked(request: TeamRequest, exercise: Exercise): Exchanged {
	const { asked, answer, declined, closed, to, neededBy } = request;
	const body = 'body' in to ? to.body : null;
	const done = answer
		? { text: answer.text, act: answer, kind: 'answered' as const }
		: declined
			? { text: declined.reason, act: declined, kind: 'declined' as const }
			: closed && { text: '', act: closed, kind: 'answered' as const };
	return {
		of: 'request',
		text: request.question,
		...askedBy(asked, exercise),
		to: body,
		answer: done && {
			text: done.text,
			by: null,
			as: body,
			at: done.act.at ?? exercise.startsAt,
			kind: done.kind
		},
		...(neededBy !== null && { neededBy }),
		isAcknowledged: request.acknowledged !== null,
		tlp: request.tlp
	};
}

function relaxationAsked(relaxation: Relaxation, exercise: Exercise): Exchanged {
	const { answer, state, tlp, wanted, about, reason } = relaxation;
	return {
		of: 'relaxation',
		text: reason,
		...askedBy(relaxation.asked, exercise),
		to: null,
		answer: answer && {
			text: answer.text,
			by: null,
			as: null,
			at: answer.at ?? exercise.startsAt,
			kind: state === 'declined' ? 'declined' : 'answered'
		},
		tlp,
		wanted,
		about: about.excerpt
	};
}

const askedBy = (act: TeamRequest['asked'], exercise: Exercise) => ({
	askedBy: act.by ?? '',
	askedAt: act.at ?? exercise.startsAt,
	askedWall: act.wallAt
});

function toQuestion(row: {
	question: typeof question.$inferSelect;
	team: { id: string; name: string };
}): AskedQuestion {
	const { id, text, askedBy, askedAt, askedWall, answer, answeredBy, answeredAt, answeredAs, addressedTo } =
		row.question;
	return {
		of: 'question',
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
				: { text: answer, by: answeredBy ?? '', as: answeredAs, at: answeredAt, kind: 'answered' }
	};
}
