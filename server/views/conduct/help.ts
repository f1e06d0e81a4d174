import { and, arrayOverlaps, asc, desc, eq, ne, sql, type SQL } from 'drizzle-orm';
import { consoleScope, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { HelpState, HelpTopic } from '#lib/exercise/help/schema.ts';
import type { HelpId } from '#lib/exercise/ids.ts';
import type { Database } from '../../database/open.ts';
import { helpRequest } from '../../database/schema.ts';
import { noExercise } from '../../exercises/rights.ts';

interface Asked {
	id: HelpId;
	topic: HelpTopic;
	text: string;
	state: HelpState;
	/** wall time, ms: people wait in real time */
	askedWall: number;
	answer: { text: string; at: number } | null;
}

/** What a person asked, as the person reads it: who of exercise control helps is not said. */
export interface OwnHelp extends Asked {
	/** somebody has taken it up */
	isTaken: boolean;
}

/** A request as the desk reads it. */
export interface DeskHelp extends Asked {
	askedBy: string;
	teams: string[];
	/** the page on which it was asked */
	place: string;
	answeredBy: string | null;
}

export interface DeskView {
	/** the oldest first */
	open: DeskHelp[];
	/** answered or closed, the latest first */
	settled: DeskHelp[];
}

const settledShown = 50;
const ownShown = 20;

type Row = typeof helpRequest.$inferSelect;
const asked = (row: Row): Asked => ({
	id: row.id as HelpId,
	topic: row.topic as HelpTopic,
	text: row.text,
	state: row.state as HelpState,
	askedWall: row.askedWall.getTime(),
	answer: row.answer === null ? null : { text: row.answer, at: row.answeredWall?.getTime() ?? 0 }
});

/** One's own requests, the latest first. */
export async function ownHelp(database: Database, exercise: Exercise, actor: Actor): Promise<OwnHelp[]> {
	const rows = await database.db
		.select({
			row: helpRequest,
			isTaken: sql<boolean>`exists (select 1 from work_claim c where c.exercise_id = ${helpRequest.exerciseId}
				and c.kind = 'help' and c.subject = ${helpRequest.id})`
		})
		.from(helpRequest)
		.where(and(eq(helpRequest.exerciseId, exercise.id), eq(helpRequest.accountId, actor.accountId)))
		.orderBy(desc(helpRequest.askedWall))
		.limit(ownShown);
	return rows.map(({ row, isTaken }) => ({ ...asked(row), isTaken }));
}

/** The desk's queue: all of it for exercise control, moderators read what people of their own countries ask. */
export async function desk(database: Database, exercise: Exercise, actor: Actor): Promise<DeskView> {
	if (!seesConsole(actor)) throw noExercise();
	const mine = and(eq(helpRequest.exerciseId, exercise.id), inScope(actor));
	const [open, settled] = await Promise.all([
		database.db
			.select()
			.from(helpRequest)
			.where(and(mine, eq(helpRequest.state, 'open')))
			.orderBy(asc(helpRequest.askedWall)),
		database.db
			.select()
			.from(helpRequest)
			.where(and(mine, ne(helpRequest.state, 'open')))
			.orderBy(desc(helpRequest.askedWall))
			.limit(settledShown)
	]);
	const toDesk = (row: Row): DeskHelp => ({
		...asked(row),
		askedBy: row.askedBy,
		teams: row.teams,
		place: row.place,
		answeredBy: row.answeredBy
	});
	return { open: open.map(toDesk), settled: settled.map(toDesk) };
}

function inScope(actor: Actor): SQL | undefined {
	const scope = consoleScope(actor);
	if (scope === null) return undefined;
	return scope.size === 0 ? sql`false` : arrayOverlaps(helpRequest.countries, [...scope]);
}
