import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { exercise, termsAcceptance } from '../database/schema.ts';

/**
 * Whether somebody has accepted the terms in force, or there are none: a condition beside every membership from which a
 * right follows. A rehearsal shows what its exercise keeps, and so has the terms of its exercise.
 */
export const hasAccepted = (exerciseId: SQLWrapper | string, accountId: SQLWrapper | string): SQL => sql`
	not exists (select 1 from ${exercise} here
		join ${exercise} bound on bound.id = coalesce(here.rehearsal_of, here.id)
		where here.id = ${exerciseId} and bound.terms_version is not null and not exists (
			select 1 from ${termsAcceptance} accepted
			where accepted.exercise_id = bound.id and accepted.account_id = ${accountId}
			and accepted.version = bound.terms_version))`;
