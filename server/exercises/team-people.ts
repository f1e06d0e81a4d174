import { and, asc, eq, isNull } from 'drizzle-orm';
import type { AccountId, TeamId } from '#lib/exercise/ids.ts';
import type { TeamMember } from '#lib/exercise/working/record.ts';
import type { Transaction } from '../database/open.ts';
import { account, membership } from '../database/schema.ts';

/** The players of a team, by account: to whom a task or a shift is given. */
export async function readTeamPeople(
	db: Pick<Transaction, 'select'>,
	teamId: TeamId
): Promise<Map<AccountId, TeamMember>> {
	const rows = await db
		.select({ id: account.id, name: account.name, lead: membership.lead })
		.from(membership)
		.innerJoin(account, eq(account.id, membership.accountId))
		.where(and(eq(membership.teamId, teamId), eq(membership.role, 'player'), isNull(account.disabledAt)))
		.orderBy(asc(account.name), asc(account.id));
	const people = new Map<AccountId, TeamMember>();
	for (const { id, name, lead } of rows) {
		const known = people.get(id as AccountId);
		people.set(id as AccountId, { account: id as AccountId, name, lead: lead || known?.lead === true });
	}
	return people;
}
