import { and, eq } from 'drizzle-orm';
import type { Actor } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import type { Database, Transaction } from '../database/open.ts';
import { account, membership } from '../database/schema.ts';
import { toMembership } from './rows.ts';

/**
 * Who somebody is in an exercise; without memberships for a stranger or a disabled account. Inside a transaction pass
 * it: a second connection for each command would let a burst of commands wait for itself.
 */
export async function readActor(
	db: Database['db'] | Transaction,
	exerciseId: ExerciseId,
	accountId: AccountId
): Promise<Actor> {
	const rows = await db
		.select({
			name: account.name,
			disabledAt: account.disabledAt,
			role: membership.role,
			teamId: membership.teamId,
			country: membership.country,
			cell: membership.cell,
			lead: membership.lead
		})
		.from(account)
		.leftJoin(membership, and(eq(membership.accountId, account.id), eq(membership.exerciseId, exerciseId)))
		.where(eq(account.id, accountId));
	return {
		accountId,
		name: rows[0]?.name ?? '',
		memberships: rows.flatMap(({ role, disabledAt, ...scope }) =>
			role === null || disabledAt !== null
				? []
				: [toMembership({ role, ...scope, lead: scope.lead === true })]
		)
	};
}
