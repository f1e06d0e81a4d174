import { and, asc, eq, sql } from 'drizzle-orm';
import type { CountryCode } from '#lib/standards/countries.ts';
import { consoleScope, isControl, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import type { TeamId } from '#lib/exercise/ids.ts';
import { reachedTeams, staysInside, type InjectState } from '#lib/exercise/inject/release.ts';
import { storedInject, type Inject } from '#lib/exercise/inject/schema.ts';
import type { Database } from '../database/open.ts';
import { account, delivery, fact, inject, injectVersion, team } from '../database/schema.ts';
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
	/** the reader may release, hold and skip it */
	mine: boolean;
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
	const reached = state === 'released' ? await teamsOfRelease(database, injectId) : null;
	const isMine = (one: { country: CountryCode }) => scope === null || scope.has(one.country);
	const teams = (reached ? all.filter((one) => reached.has(one.id)) : planned).filter(isMine);
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
		mine: isControl(actor) || staysInside(planned, scope)
	};
}

async function teamsOfRelease(database: Database, injectId: string): Promise<ReadonlySet<string>> {
	const rows = await database.db
		.select({ team: delivery.teamId })
		.from(delivery)
		.where(eq(delivery.injectId, injectId));
	return new Set(rows.map((row) => row.team));
}

/** What one team did with one inject: who, what and when, on both clocks. */
export interface CellView {
	/** wall clock, ms */
	releasedWall: number | null;
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
		.select({ delivery: delivery.id, country: team.country, releasedWall: inject.releasedWall })
		.from(delivery)
		.innerJoin(inject, eq(inject.id, delivery.injectId))
		.innerJoin(team, eq(team.id, delivery.teamId))
		.where(
			and(eq(delivery.exerciseId, exercise.id), eq(delivery.injectId, injectId), eq(delivery.teamId, teamId))
		);
	if (!row || (scope !== null && !scope.has(row.country as CountryCode))) throw noExercise();
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
		releasedWall: row.releasedWall?.getTime() ?? null,
		steps: facts.map((one) => ({
			kind: one.kind.slice('delivery-'.length) as CellView['steps'][number]['kind'],
			by: one.actorName,
			exerciseAt: one.exerciseAt,
			wallAt: one.wallAt.getTime(),
			...(one.fact.kind === 'delivery-responded' && { text: one.fact.text })
		}))
	};
}
