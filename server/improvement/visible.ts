import { and, eq, inArray, ne, or, sql, type SQL } from 'drizzle-orm';
import { takesPart, type ImprovementPerson } from '#lib/improvement/access.ts';
import { improvementAction, improvementSharing, lesson } from '../database/schema.ts';

/*
 * `readsAction` and `readsLesson` (src/lib/improvement/access.ts) as conditions of a query, so that lists, counts and
 * searches leave out what is not the reader's. A test asks both about the same rows.
 */

const shared = (country: typeof improvementAction.country | typeof lesson.country): SQL =>
	sql`${country} in (select ${improvementSharing.country} from ${improvementSharing} where ${improvementSharing.level} = 'full')`;

export function visibleActions(person: ImprovementPerson): SQL {
	return or(
		eq(improvementAction.ownerId, person.id),
		keptActions(person),
		and(
			eq(improvementAction.proposedBy, person.id),
			inArray(improvementAction.state, ['proposed', 'rejected'])
		),
		takesPart(person)
			? and(shared(improvementAction.country), ne(improvementAction.tlp, 'amber_strict'))
			: undefined
	)!;
}

/** Those of the countries that the person keeps. */
export const keptActions = ({ keeps }: Pick<ImprovementPerson, 'keeps'>): SQL =>
	keeps.length > 0 ? inArray(improvementAction.country, [...keeps]) : sql`false`;

export function visibleLessons(person: ImprovementPerson): SQL {
	return or(
		person.keeps.length > 0 ? inArray(lesson.country, [...person.keeps]) : sql`false`,
		and(eq(lesson.createdBy, person.id), eq(lesson.state, 'observed')),
		takesPart(person) ? and(shared(lesson.country), ne(lesson.tlp, 'amber_strict')) : undefined
	)!;
}
