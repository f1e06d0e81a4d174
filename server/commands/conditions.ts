import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Team } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId, TeamId } from '#lib/exercise/ids.ts';
import {
	conditionDueAt,
	referredInjects,
	withVariants,
	type ReferredFacts
} from '#lib/exercise/inject/condition.ts';
import { reachedTeams } from '#lib/exercise/inject/release.ts';
import type { Schedule } from '#lib/exercise/inject/schema.ts';
import type { Transaction } from '../database/open.ts';
import {
	actionMark,
	delivery,
	inject,
	injectClause,
	injectVersion,
	team,
	teamDue
} from '../database/schema.ts';
import { readVariantInjects } from '../exercises/variants.ts';

/*
 * Injects that come to each team when a condition holds for that team. `team_due` says when each waiting team is due as
 * things stand; it is judged anew in the transaction of every fact that can change it. Whoever writes facts has moved
 * the exercise's sequence first, and so holds its row until the commit: no two judge at once, and each sees the facts of
 * those before it. Only inserts that take key shares of injects and teams follow, for which nobody has to wait.
 */

/** At approval: which injects it waits for from now on, and when it is due at each team that is there. */
export async function writeCondition(
	tx: Transaction,
	exerciseId: ExerciseId,
	injectId: string,
	schedule: Schedule,
	inPlay: boolean
): Promise<void> {
	await tx.delete(injectClause).where(eq(injectClause.injectId, injectId));
	await tx.delete(teamDue).where(eq(teamDue.injectId, injectId));
	if (schedule.mode !== 'condition') return;
	await tx
		.insert(injectClause)
		.values(referredInjects(schedule.when).map((refersTo) => ({ injectId, refersTo })));
	// before STARTEX no team has done anything
	if (!inPlay) return;
	// what has held for long is not released out of the blue: its time is past, so it waits for a controller
	await judgeAnew(tx, exerciseId, injectId);
}

/**
 * After a fact about an inject at these teams: the injects that wait for it, at the same teams. Of a variant, those too
 * that wait for its central inject: at its teams it stands in that one's place.
 */
export async function judgeReferring(
	tx: Transaction,
	exerciseId: ExerciseId,
	injectId: string,
	teams: readonly string[],
	now: number
): Promise<void> {
	const rows = await tx
		.select({ id: injectClause.injectId })
		.from(injectClause)
		.innerJoin(inject, eq(inject.id, injectClause.injectId))
		.where(
			and(
				sql`${injectClause.refersTo} in (${injectId}, (select variant_of from inject where id = ${injectId}))`,
				eq(inject.exerciseId, exerciseId)
			)
		);
	if (rows.length === 0 || teams.length === 0) return;
	await judge(tx, exerciseId, [...new Set(rows.map((row) => row.id))], teams, now);
}

/** One inject at all teams, when it reaches others than before. Of one without a condition there is nothing to judge. */
export const judgeAnew = (tx: Transaction, exerciseId: ExerciseId, injectId: string): Promise<void> =>
	judge(tx, exerciseId, [injectId], null, null);

/** `teams` null: all. `now` is the exercise time of the fact: what follows from it is not due before it. */
async function judge(
	tx: Transaction,
	exerciseId: ExerciseId,
	injects: readonly string[],
	only: readonly string[] | null,
	now: number | null
): Promise<void> {
	const waiting = await tx
		.select({ id: inject.id, content: injectVersion.content })
		.from(inject)
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(
			and(
				inArray(inject.id, [...injects]),
				eq(inject.exerciseId, exerciseId),
				inArray(inject.state, ['ready', 'held', 'skipped'])
			)
		);
	const teams = await tx
		.select({ id: team.id, country: team.country, level: team.level })
		.from(team)
		.where(and(eq(team.exerciseId, exerciseId), only === null ? undefined : inArray(team.id, [...only])));
	if (waiting.length === 0 || teams.length === 0) return;
	const named = waiting.flatMap(({ id, content }) =>
		content.schedule.mode === 'condition' ? [id, ...referredInjects(content.schedule.when)] : []
	);
	const variants = await readVariantInjects(tx, exerciseId, [...new Set(named)]);
	const facts = await readFacts(
		tx,
		exerciseId,
		[...named, ...[...variants.values()].flat().map((variant) => variant.inject)],
		only
	);
	const due: { inject: string; team: string; at: number }[] = [];
	const gone: { inject: string; team: string }[] = [];
	for (const { id, content } of waiting) {
		const { schedule } = content;
		if (schedule.mode !== 'condition') continue;
		const { reached, leftOut } = reachedTeams(
			content.to,
			variants.get(id)?.map((variant) => variant.country),
			teams as Pick<Team, 'id' | 'country' | 'level'>[]
		);
		// their country has a variant of it
		for (const one of leftOut) gone.push({ inject: id, team: one.id });
		for (const one of reached) {
			const of = facts.get(one.id);
			const factsOf = withVariants(
				(other) => of?.get(other),
				(central) =>
					variants
						.get(central)
						?.flatMap(({ inject: own, country }) => (country === one.country ? [own] : [])) ?? []
			);
			const at = of?.get(id)?.releasedAt != null ? null : conditionDueAt(schedule, factsOf);
			if (at === null) gone.push({ inject: id, team: one.id });
			else due.push({ inject: id, team: one.id, at: Math.max(at, now ?? at) });
		}
	}
	if (gone.length > 0)
		await tx.execute(sql`
			delete from team_due using unnest(${texts(gone, 'inject')}, ${texts(gone, 'team')}) as gone(inject, team)
			where team_due.inject_id = gone.inject and team_due.team_id = gone.team`);
	if (due.length > 0)
		// what is due already stays due since then: how late it is must not be forgotten
		await tx.execute(sql`
			insert into team_due (inject_id, team_id, exercise_id, due_at)
			select due.inject, due.team, ${exerciseId}, due.at
			from unnest(${texts(due, 'inject')}, ${texts(due, 'team')}, ${sql.param(due.map((one) => one.at))}::bigint[])
				as due(inject, team, at)
			on conflict (inject_id, team_id) do update set due_at =
				case when team_due.due_at <= ${now}::bigint then team_due.due_at else excluded.due_at end`);
}

const texts = <K extends string>(rows: readonly Record<K, string>[], key: K) =>
	sql`${sql.param(rows.map((row) => row[key]))}::text[]`;

/** What teams did with these injects: by team, then by inject. */
async function readFacts(
	tx: Transaction,
	exerciseId: ExerciseId,
	injects: readonly string[],
	only: readonly string[] | null
): Promise<Map<string, Map<string, ReferredFacts & { actions: Map<string, number> }>>> {
	const wanted = [...new Set(injects)];
	const byTeam = new Map<string, Map<string, ReferredFacts & { actions: Map<string, number> }>>();
	if (wanted.length === 0) return byTeam;
	const rows = await tx
		.select({
			inject: delivery.injectId,
			team: delivery.teamId,
			releasedAt: delivery.releasedAt,
			acknowledgedAt: delivery.acknowledgedAt,
			respondedAt: delivery.respondedAt,
			isRecalled: sql<boolean>`${inject.recalledAt} is not null`
		})
		.from(delivery)
		.innerJoin(inject, eq(inject.id, delivery.injectId))
		.where(
			and(
				eq(delivery.exerciseId, exerciseId),
				inArray(delivery.injectId, wanted),
				only === null ? undefined : inArray(delivery.teamId, [...only])
			)
		);
	for (const { inject: id, team: teamId, ...times } of rows) {
		const ofTeam = byTeam.get(teamId) ?? new Map<string, ReferredFacts & { actions: Map<string, number> }>();
		byTeam.set(teamId, ofTeam.set(id, { ...times, actions: new Map() }));
	}
	const marks = await tx
		.select({
			inject: actionMark.injectId,
			team: actionMark.teamId,
			action: actionMark.action,
			at: actionMark.at
		})
		.from(actionMark)
		.where(
			and(
				inArray(actionMark.injectId, wanted),
				eq(actionMark.seen, 'yes'),
				only === null ? undefined : inArray(actionMark.teamId, [...only])
			)
		);
	for (const mark of marks) byTeam.get(mark.team)?.get(mark.inject)?.actions.set(mark.action, mark.at);
	return byTeam;
}

/** The teams that have an inject already: it comes to each once. Stands while the inject's row is locked. */
export async function loadDelivered(tx: Transaction, injectId: string): Promise<ReadonlySet<string>> {
	const rows = await tx
		.select({ team: delivery.teamId })
		.from(delivery)
		.where(eq(delivery.injectId, injectId));
	return new Set(rows.map((row) => row.team));
}

/** The teams at which it is due by now. */
export async function loadDue(
	tx: Transaction,
	injectId: string,
	now: number
): Promise<{ team: TeamId; dueAt: number }[]> {
	const rows = await tx
		.select({ team: teamDue.teamId, dueAt: teamDue.dueAt })
		.from(teamDue)
		.where(and(eq(teamDue.injectId, injectId), lte(teamDue.dueAt, now)))
		.orderBy(teamDue.dueAt, teamDue.teamId);
	return rows.map((row) => ({ team: row.team as TeamId, dueAt: row.dueAt }));
}

/**
 * These teams wait no more. Answers how many of them were due at that time: a release by schedule that was decided
 * before an answer came in, and is written after it, finds fewer than it wants and must not happen (R10).
 */
export async function endWaiting(
	tx: Transaction,
	injectId: string,
	teams: readonly string[],
	now: number
): Promise<number> {
	const rows = await tx
		.delete(teamDue)
		.where(and(eq(teamDue.injectId, injectId), inArray(teamDue.teamId, [...teams])))
		.returning({ dueAt: teamDue.dueAt });
	return rows.filter((row) => row.dueAt <= now).length;
}

/** Teams of a country wait no more for an inject of which their cell has a variant now. */
export async function endWaitingOfCountry(tx: Transaction, injectId: string, country: string): Promise<void> {
	await tx.execute(sql`
		delete from team_due using team
		where team_due.inject_id = ${injectId} and team.id = team_due.team_id and team.country = ${country}`);
}

/** A controller let it go on: what came due meanwhile is due now, and not late. */
export async function dueFromNow(tx: Transaction, injectId: string, now: number): Promise<void> {
	await tx
		.update(teamDue)
		.set({ dueAt: now })
		.where(and(eq(teamDue.injectId, injectId), lte(teamDue.dueAt, now)));
}
