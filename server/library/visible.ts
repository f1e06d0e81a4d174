import { and, eq, inArray, isNull, ne, or, sql, type SQL } from 'drizzle-orm';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { isSurprisedIn, openSources } from '#lib/exercise/library/access.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { Database } from '../database/open.ts';
import { audit, libraryItem } from '../database/schema.ts';

/**
 * What of the library is open to somebody, as a condition: nothing that comes from an exercise in which the person is to
 * be surprised, or that is used there; and of the exercises that the person plans, what comes from scripts that the
 * person may read, or was made by the person.
 */
export function visibleTo(
	db: Pick<Database['db'], 'select'>,
	reader: AccountId,
	places: readonly { exercise: Exercise; actor: Actor }[]
): SQL {
	const surprised = places.filter(({ exercise, actor }) => isSurprisedIn(exercise, actor));
	const closed = surprised.map(({ exercise }) => exercise.id as string);
	const conditions: (SQL | undefined)[] = [];
	if (closed.length > 0) {
		const used = db
			.select({ id: sql<string>`${audit.detail} ->> 'item'` })
			.from(audit)
			.where(and(inArray(audit.scope, closed), eq(audit.act, 'library.used')));
		conditions.push(
			or(isNull(libraryItem.sourceExerciseId), sql`not ${inArray(libraryItem.sourceExerciseId, closed)}`),
			sql`${libraryItem.id} not in ${used}`
		);
	}
	for (const { exercise, actor } of places) {
		const open = openSources(exercise, actor);
		if (open === null || closed.includes(exercise.id)) continue;
		conditions.push(
			or(
				isNull(libraryItem.sourceExerciseId),
				ne(libraryItem.sourceExerciseId, exercise.id),
				inArray(libraryItem.sourceCell, open),
				eq(libraryItem.createdBy, reader)
			)
		);
	}
	return and(...conditions) ?? sql`true`;
}
