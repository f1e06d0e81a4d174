import { and, eq, inArray } from 'drizzle-orm';
import type { Actor, Membership } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import type { Database, Transaction } from '../database/open.ts';
import { account, membership } from '../database/schema.ts';
import { hasAccepted } from './accepted.ts';
import { toMembership } from './rows.ts';

type Queryable = Database['db'] | Transaction;

/**
 * Who somebody is in an exercise; without memberships for a stranger, for a disabled account, and for whoever has not
 * accepted the exercise's terms of confidentiality: pages, documents, sockets, commands, files and exports all ask here.
 * Inside a transaction pass it: a second connection for each command would let a burst of commands wait for itself.
 */
export async function readActor(db: Queryable, exerciseId: ExerciseId, accountId: AccountId): Promise<Actor> {
	const actors = await readActors(db, exerciseId, [accountId]);
	return actors.get(accountId) ?? { accountId, name: '', memberships: [] };
}

/** The same for many people at once. */
export async function readActors(
	db: Queryable,
	exerciseId: ExerciseId,
	accountIds: readonly AccountId[]
): Promise<Map<AccountId, Actor>> {
	if (accountIds.length === 0) return new Map();
	const rows = await db
		.select({
			accountId: account.id,
			name: account.name,
			disabledAt: account.disabledAt,
			role: membership.role,
			teamId: membership.teamId,
			country: membership.country,
			cell: membership.cell,
			lead: membership.lead
		})
		.from(account)
		.leftJoin(
			membership,
			and(
				eq(membership.accountId, account.id),
				eq(membership.exerciseId, exerciseId),
				hasAccepted(exerciseId, account.id)
			)
		)
		.where(inArray(account.id, [...accountIds]));
	const actors = new Map<AccountId, Actor & { memberships: Membership[] }>();
	for (const { accountId, name, disabledAt, role, ...scope } of rows) {
		const id = accountId as AccountId;
		const actor = actors.get(id) ?? { accountId: id, name, memberships: [] };
		if (role !== null && disabledAt === null)
			actor.memberships.push(toMembership({ role, ...scope, lead: scope.lead === true }));
		actors.set(id, actor);
	}
	return actors;
}

/** Everybody who takes part in an exercise, as of now. */
export async function readEverybody(db: Queryable, exerciseId: ExerciseId): Promise<Map<AccountId, Actor>> {
	const rows = await db
		.selectDistinct({ id: membership.accountId })
		.from(membership)
		.where(eq(membership.exerciseId, exerciseId));
	const all = await readActors(
		db,
		exerciseId,
		rows.map((row) => row.id as AccountId)
	);
	// an account that is disabled takes part in nothing
	return new Map([...all].filter(([, actor]) => actor.memberships.length > 0));
}
