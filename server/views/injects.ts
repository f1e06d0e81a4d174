import { and, asc, eq, sql } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { MarkAnswer } from '#lib/standards/evaluation.ts';
import { consoleScope, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, CellId, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import {
	isHandledIn,
	isInjectOver,
	reachedTeams,
	staysInside,
	type InjectState
} from '#lib/exercise/inject/release.ts';
import { storedInject, type Inject } from '#lib/exercise/inject/schema.ts';
import type { Database } from '../database/open.ts';
import {
	account,
	actionMark,
	delivery,
	fact,
	inject,
	injectVersion,
	team,
	teamDue
} from '../database/schema.ts';
import { toTeam } from '../exercises/rows.ts';
import { readTeams } from '../exercises/teams.ts';
import { noExercise } from '../exercises/rights.ts';
import { readVariants } from '../exercises/variants.ts';

/** An approved inject as exercise control reads it before and after release. */
export interface InjectView {
	inject: Inject;
	state: InjectState;
	version: number;
	approvedBy: string | null;
	approvedAt: number;
	dueAt: number | null;
	releasedAt: number | null;
	releasedWall: number | null;
	trigger: 'schedule' | 'hand' | 'ad-hoc' | null;
	reason: string | null;
	/** the teams of the reader's countries that it reached, or would reach */
	teams: TeamId[];
	/** those of its recipients that get the variant of their own country instead */
	leftOut: TeamId[];
	/** exercise time at which it was taken back */
	recalledAt: number | null;
	/** the reader may release, hold and skip it */
	mine: boolean;
	/** it has come to teams, all of them the reader's */
	mayRecall: boolean;
}

export async function injectDetail(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	injectId: string
): Promise<InjectView> {
	if (!seesConsole(actor)) throw noExercise();
	const { db } = database;
	const [row] = await db
		.select({ inject, version: injectVersion, approvedBy: account.name })
		.from(inject)
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.leftJoin(account, eq(account.id, injectVersion.approvedBy))
		.where(and(eq(inject.exerciseId, exercise.id), eq(inject.id, injectId)));
	if (!row) throw noExercise();
	const scope = consoleScope(actor);
	const all = await readTeams(db, exercise.id);
	const variants =
		row.inject.cell === 'central' ? (await readVariants(db, exercise.id, [injectId])).get(injectId) : [];
	const { reached: planned, leftOut } = reachedTeams(row.version.content.to, variants, all);
	const state = row.inject.state as InjectState;
	const reached = row.inject.releasedAt === null ? null : await teamsOfRelease(database, injectId);
	const isMine = (one: { country: CountryCode }) => scope === null || scope.has(one.country);
	// one that goes team by team: those that have it, and those that it would still reach
	const would = new Set(isInjectOver(state) ? [] : planned.map((one) => one.id));
	const touched = all.filter((one) => reached?.has(one.id) || would.has(one.id));
	const teams = touched.filter(isMine);
	if (scope !== null && teams.length === 0) throw noExercise();
	return {
		inject: storedInject(row.version.content),
		state,
		version: row.inject.version,
		approvedBy: row.approvedBy,
		approvedAt: row.version.approvedAt.getTime(),
		dueAt: row.inject.dueAt,
		releasedAt: row.inject.releasedAt,
		releasedWall: row.inject.releasedWall?.getTime() ?? null,
		trigger: row.inject.trigger as InjectView['trigger'],
		reason: row.inject.reason,
		teams: teams.map((one) => one.id),
		leftOut: reached ? [] : leftOut.filter(isMine).map((one) => one.id),
		recalledAt: row.inject.recalledAt,
		mine: isHandledIn(row.version.content.to, variants, all, scope),
		mayRecall: state !== 'recalled' && (reached?.size ?? 0) > 0 && staysInside(touched, scope)
	};
}

/**
 * The cell whose file an attachment of the approved text is. Whoever may read the text here may have the file, and nobody
 * else: what is not attached to it does not exist at this address, even where it is stored.
 */
export async function injectFileCell(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	injectId: string,
	attachmentId: string
): Promise<CellId> {
	const { inject: content } = await injectDetail(database, exercise, actor, injectId);
	const [row] = await database.db.select({ cell: inject.cell }).from(inject).where(eq(inject.id, injectId));
	if (!row || content.attachments.every(({ id }) => id !== attachmentId)) throw noExercise();
	return row.cell as CellId;
}

async function teamsOfRelease(database: Database, injectId: string): Promise<ReadonlySet<string>> {
	const rows = await database.db
		.select({ team: delivery.teamId })
		.from(delivery)
		.where(eq(delivery.injectId, injectId));
	return new Set(rows.map((row) => row.team));
}

/** An expected action at one team. */
export interface ActionView {
	id: string;
	text: string;
	withinSeconds: number | null;
	critical: boolean;
	/** exercise time, who marked it, and as what; null: nobody yet */
	mark: { at: number; by: string; seen: MarkAnswer } | null;
}

/** What one team did with one inject: who, what and when, on both clocks. */
export interface CellView {
	/** wall clock, ms */
	releasedWall: number | null;
	/** it waits for its condition: when it comes to this team as things stand, exercise time */
	dueAt: number | null;
	/** in the order of the inject */
	actions: ActionView[];
	steps: {
		kind: 'seen' | 'acknowledged' | 'responded';
		by: string | null;
		exerciseAt: number | null;
		wallAt: number;
		text?: string;
	}[];
}

export async function cellDetail(
	database: Database,
	exercise: Exercise,
	actor: Actor,
	injectId: string,
	teamId: string
): Promise<CellView> {
	if (!seesConsole(actor)) throw noExercise();
	const scope = consoleScope(actor);
	const [row] = await database.db
		.select({
			delivery: delivery.id,
			releasedFact: delivery.releasedAt,
			team,
			releasedWall: inject.releasedWall,
			firstAt: inject.releasedAt,
			content: injectVersion.content,
			dueAt: teamDue.dueAt
		})
		.from(inject)
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.innerJoin(team, and(eq(team.exerciseId, inject.exerciseId), eq(team.id, teamId)))
		.leftJoin(delivery, and(eq(delivery.injectId, inject.id), eq(delivery.teamId, team.id)))
		.leftJoin(teamDue, and(eq(teamDue.injectId, inject.id), eq(teamDue.teamId, team.id)))
		.where(and(eq(inject.exerciseId, exercise.id), eq(inject.id, injectId)));
	if (!row || (scope !== null && !scope.has(row.team.country as CountryCode))) throw noExercise();
	const { content } = row;
	if (row.delivery === null) {
		const variants = (await readVariants(database.db, exercise.id, [injectId])).get(injectId);
		const planned = reachedTeams(content.to, variants, [toTeam(row.team)]).reached;
		if (planned.length === 0) throw noExercise();
		return { releasedWall: null, dueAt: row.dueAt, actions: [], steps: [] };
	}
	const marks = await database.db
		.select()
		.from(actionMark)
		.where(and(eq(actionMark.injectId, injectId), eq(actionMark.teamId, teamId)));
	const facts = await database.db
		.select()
		.from(fact)
		.where(
			and(
				eq(fact.exerciseId, exercise.id),
				eq(fact.teamId, teamId),
				sql`${fact.kind} in ('delivery-seen', 'delivery-acknowledged', 'delivery-responded')`,
				sql`${fact.fact} ->> 'delivery' = ${row.delivery}`
			)
		)
		.orderBy(asc(fact.sequence));
	return {
		// the inject knows the wall time of its first release alone
		releasedWall: row.releasedFact === row.firstAt ? (row.releasedWall?.getTime() ?? null) : null,
		dueAt: null,
		actions: content.expectedActions.map(({ id, text, withinSeconds, critical }) => {
			const mark = marks.find((one) => one.action === id);
			return {
				id,
				text,
				withinSeconds,
				critical,
				mark: mark ? { at: mark.at, by: mark.byName, seen: mark.seen } : null
			};
		}),
		steps: facts.map((one) => ({
			kind: one.kind.slice('delivery-'.length) as CellView['steps'][number]['kind'],
			by: one.actorName,
			exerciseAt: one.exerciseAt,
			wallAt: one.wallAt.getTime(),
			...(one.fact.kind === 'delivery-responded' && { text: one.fact.text })
		}))
	};
}
