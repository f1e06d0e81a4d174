import { and, count, eq, inArray, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { AccountId, ExerciseId, Id } from '#lib/exercise/ids.ts';
import { membershipProblem, type CellId, type Membership, type Role } from '#lib/exercise/exercise/schema.ts';
import { rolesIn } from '#lib/exercise/real/place.ts';
import type { Transaction } from '../database/open.ts';
import { exercise, membership, team } from '../database/schema.ts';
import { createCellDocuments } from './documents.ts';
import { mintId } from '../mint.ts';
import { fromMembership, toMembership } from './rows.ts';

export type MembershipId = Id<'membership'>;
export interface NewMembership extends Membership {
	accountId: AccountId;
}

/** A rehearsal shows what is planned: only those take part who may read the scripts of the exercise (PROMISES P1). */
async function requireRehearsers(
	tx: Transaction,
	exerciseId: ExerciseId,
	accounts: readonly AccountId[]
): Promise<void> {
	const [row] = await tx
		.select({ of: exercise.rehearsalOf })
		.from(exercise)
		.where(eq(exercise.id, exerciseId));
	if (!row?.of) return;
	const planners = await tx
		.selectDistinct({ id: membership.accountId })
		.from(membership)
		.where(
			and(
				eq(membership.exerciseId, row.of),
				inArray(membership.accountId, [...accounts]),
				inArray(membership.role, ['director', 'controller', 'planner'])
			)
		);
	if (planners.length < new Set(accounts).size)
		throw new AppError(
			'forbidden',
			'Only planners and exercise control of the exercise take part in its rehearsal.'
		);
}

/** Nobody plans, simulates or is rated in a real room (real/place.ts). */
async function requireRolesOfKind(
	tx: Transaction,
	exerciseId: ExerciseId,
	wanted: readonly Role[]
): Promise<void> {
	const [row] = await tx.select({ kind: exercise.kind }).from(exercise).where(eq(exercise.id, exerciseId));
	if (row && wanted.some((role) => !rolesIn[row.kind].includes(role)))
		throw new AppError('invalid', 'This role is of exercises. Choose another one for a real room.');
}

/**
 * Inserts roles; one that is held already stays, with the lead as it is now wanted. The teams must be of this exercise.
 * The caller raises rights and writes the audit row.
 */
export async function insertMemberships(
	tx: Transaction,
	exerciseId: ExerciseId,
	wanted: readonly NewMembership[]
): Promise<MembershipId[]> {
	if (wanted.length === 0) return [];
	for (const one of wanted) {
		const problem = membershipProblem(one);
		if (problem) throw new AppError('invalid', problem);
	}
	const rows = wanted.map((one) => ({
		id: mintId<MembershipId>(),
		exerciseId,
		accountId: one.accountId,
		...fromMembership(one)
	}));
	await requireRolesOfKind(
		tx,
		exerciseId,
		rows.map((row) => row.role as Role)
	);
	await requireRehearsers(
		tx,
		exerciseId,
		rows.map((row) => row.accountId)
	);
	await requireOwnTeams(tx, exerciseId, rows);
	await createCellDocuments(
		tx,
		exerciseId,
		rows.flatMap((row) => [row.country, row.cell].filter((cell): cell is CellId => cell !== null))
	);
	const ids: MembershipId[] = [];
	for (let from = 0; from < rows.length; from += 1000) {
		const stored = await tx
			.insert(membership)
			.values(rows.slice(from, from + 1000))
			.onConflictDoUpdate({
				target: [
					membership.exerciseId,
					membership.accountId,
					membership.role,
					membership.teamId,
					membership.country,
					membership.cell
				],
				set: { lead: sql`excluded.lead` }
			})
			.returning({ id: membership.id });
		ids.push(...stored.map((row) => row.id as MembershipId));
	}
	return ids;
}

async function requireOwnTeams(
	tx: Transaction,
	exerciseId: ExerciseId,
	rows: readonly { teamId: string | null }[]
): Promise<void> {
	const ids = [...new Set(rows.flatMap((row) => (row.teamId ? [row.teamId] : [])))];
	if (ids.length === 0) return;
	const [own] = await tx
		.select({ teams: count() })
		.from(team)
		.where(and(eq(team.exerciseId, exerciseId), inArray(team.id, ids)));
	if (own?.teams !== ids.length) throw new AppError('invalid', 'There is no such team in this exercise.');
}

/** Takes a role away and says whose it was; null when it is not there. */
export async function deleteMembership(
	tx: Transaction,
	exerciseId: ExerciseId,
	id: MembershipId
): Promise<NewMembership | null> {
	const [row] = await tx
		.delete(membership)
		.where(and(eq(membership.exerciseId, exerciseId), eq(membership.id, id)))
		.returning();
	if (!row) return null;
	return { accountId: row.accountId as AccountId, ...toMembership(row) };
}
