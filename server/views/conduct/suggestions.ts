import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { consoleScope, seesConsole } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import {
	suggestionKey,
	suggestions as suggest,
	type ExpectedOf,
	type Reserve,
	type Suggestion
} from '#lib/exercise/conduct/suggestions.ts';
import type { ExerciseId, InjectId, TeamId } from '#lib/exercise/ids.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import { reachedTeams } from '#lib/exercise/inject/release.ts';
import { storedInject, type Inject } from '#lib/exercise/inject/schema.ts';
import type { Database } from '../../database/open.ts';
import { actionMark, delivery, inject, injectVersion, suggestionDismissal } from '../../database/schema.ts';
import { noExercise } from '../../exercises/rights.ts';
import { readTeams } from '../../exercises/teams.ts';
import { readVariants } from '../../exercises/variants.ts';
import { createSharedReads } from '../../shared-read.ts';
import { scopeName } from '../board-changes.ts';

/** More than anybody decides on in the hour that is shown. */
const shown = 300;

/** a gap of half a second: a suggestion is looked at for minutes */
const shared = createSharedReads<Suggestion[]>(500);

/**
 * The contingency injects that are suggested for the reader's teams, and those that will be: the browser shows each when
 * its time has come (exercise time), so that nobody has to ask again while the clock runs.
 */
export async function suggestions(
	database: Database,
	exercise: Exercise,
	actor: Actor
): Promise<Suggestion[]> {
	if (!seesConsole(actor)) throw noExercise();
	if (exercise.state !== 'running' && exercise.state !== 'paused') return [];
	const { id } = exercise;
	const scope = consoleScope(actor);
	// consoles are told of the same change at the same moment: read once for all who see the same countries
	return shared(`${id} ${scopeName(scope)}`, () => () => read(database, id, scope));
}

async function read(
	database: Database,
	exercise: ExerciseId,
	scope: ReadonlySet<CountryCode> | null
): Promise<Suggestion[]> {
	const { db } = database;
	const teams = (await readTeams(db, exercise)).filter((one) => scope === null || scope.has(one.country));
	const contingencies = await db
		.select({ id: inject.id, cell: inject.cell, content: injectVersion.content })
		.from(inject)
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(
			and(
				eq(inject.exerciseId, exercise),
				inArray(inject.state, ['ready', 'held']),
				sql`${injectVersion.content} #>> '{schedule,mode}' = 'contingency'`
			)
		);
	if (contingencies.length === 0 || teams.length === 0) return [];
	const ids = contingencies.map((row) => row.id);
	const contents = contingencies.map((row) => storedInject(row.content));
	const [variants, had, expected, dismissed] = await Promise.all([
		readVariants(db, exercise, ids),
		db
			.select({ inject: delivery.injectId, team: delivery.teamId })
			.from(delivery)
			.where(inArray(delivery.injectId, ids)),
		readExpected(database, exercise, contents),
		db.select().from(suggestionDismissal).where(inArray(suggestionDismissal.injectId, ids))
	]);
	const has = new Set(had.map((row) => `${row.inject} ${row.team}`));
	const reserve = contents.flatMap((content): Reserve[] => {
		const { schedule } = content;
		if (schedule.mode !== 'contingency') return [];
		const reached = reachedTeams(content.to, variants.get(content.id), teams).reached;
		return [
			{
				inject: content.id,
				reference: content.reference,
				title: content.title,
				condition: schedule.condition,
				missed: schedule.missed ?? null,
				teams: new Set(
					reached.flatMap((one) => (has.has(`${content.id} ${one.id}`) ? [] : [one.id as string]))
				)
			}
		];
	});
	const released = [...expected.keys()];
	const own = new Set<string>(teams.map((one) => one.id));
	const [came, marks] =
		released.length === 0
			? [[], []]
			: await Promise.all([
					db
						.select({ inject: delivery.injectId, team: delivery.teamId, releasedAt: delivery.releasedAt })
						.from(delivery)
						.where(inArray(delivery.injectId, released)),
					db.select().from(actionMark).where(inArray(actionMark.injectId, released))
				]);
	const marked = new Map(marks.map((row) => [`${row.injectId} ${row.teamId} ${row.action}`, row]));
	const gone = new Set(
		dismissed.map((row) =>
			suggestionKey({
				inject: row.injectId,
				team: row.teamId,
				missed: { inject: row.missedInject, action: row.missedAction }
			})
		)
	);
	return suggest({
		expectations: came.flatMap((row) =>
			own.has(row.team)
				? [{ inject: row.inject as InjectId, team: row.team as TeamId, releasedAt: row.releasedAt }]
				: []
		),
		expectedOf: (id) => expected.get(id),
		markOf: (id, team, action) => marked.get(`${id} ${team} ${action}`),
		isDismissed: (one) => gone.has(suggestionKey(one)),
		reserve
	}).slice(0, shown);
}

/** Of the released injects that a contingency is linked to or names: what was expected. */
async function readExpected(
	{ db }: Database,
	exercise: ExerciseId,
	contingencies: readonly Inject[]
): Promise<Map<InjectId, ExpectedOf>> {
	const linked: string[] = [];
	const words: string[] = [];
	for (const { schedule } of contingencies) {
		if (schedule.mode !== 'contingency') continue;
		if (schedule.missed) linked.push(schedule.missed.inject);
		else words.push(schedule.condition.toLowerCase());
	}
	const reference = sql`${injectVersion.content} ->> 'reference'`;
	const rows = await db
		.select({ id: inject.id, content: injectVersion.content })
		.from(inject)
		.innerJoin(
			injectVersion,
			and(eq(injectVersion.injectId, inject.id), eq(injectVersion.version, inject.version))
		)
		.where(
			and(
				eq(inject.exerciseId, exercise),
				sql`${inject.releasedAt} is not null`,
				// nothing is missed of what was taken back
				isNull(inject.recalledAt),
				sql`jsonb_array_length(${injectVersion.content} -> 'expectedActions') > 0`,
				sql`(${inject.id} = any(${sql.param(linked)}::text[])
					or (${reference} <> '' and position(lower(${reference}) in ${words.join('\n')}) > 0))`
			)
		);
	return new Map(
		rows.map(({ id, content }) => [
			id as InjectId,
			{ reference: content.reference, title: content.title, actions: content.expectedActions }
		])
	);
}
