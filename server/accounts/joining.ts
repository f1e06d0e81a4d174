import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import type { ExerciseKind, ExerciseState, Membership } from '#lib/exercise/exercise/schema.ts';
import type { Database, Transaction } from '../database/open.ts';
import { account, exercise, invitation, membership, team } from '../database/schema.ts';
import { fromMembership, toMembership } from '../exercises/rows.ts';
import { tokenHash, tokenPattern } from './tokens.ts';

type Queryable = Pick<Transaction, 'select'>;
export type InvitationRow = typeof invitation.$inferSelect;

/** The invitation in a link, while it still opens something. */
const isOpen = and(
	lt(invitation.used, invitation.quota),
	sql`${invitation.expiresAt} > now()`,
	isNull(invitation.revokedAt)
);

export async function readOpen(db: Queryable, token: string): Promise<InvitationRow | null> {
	if (!tokenPattern.test(token)) return null;
	const [row] = await db
		.select()
		.from(invitation)
		.where(and(eq(invitation.tokenHash, tokenHash(token)), isOpen));
	return row ?? null;
}

/** Takes one place, or refuses: a compare-and-swap, so twenty people on the last place are one. */
export async function takePlace(tx: Transaction, token: string): Promise<InvitationRow> {
	if (!tokenPattern.test(token)) throw linkIsDead();
	const [row] = await tx
		.update(invitation)
		.set({ used: sql`${invitation.used} + 1` })
		.where(and(eq(invitation.tokenHash, tokenHash(token)), isOpen))
		.returning();
	if (!row) throw linkIsDead();
	return row;
}

export const linkIsDead = () =>
	new AppError('not-found', 'This link does not open anything any more. Ask for a new one.');

/** An administrator who can sign in. */
export async function hasAdministrator(db: Queryable): Promise<boolean> {
	const rows = await db
		.select({ id: account.id })
		.from(account)
		.where(
			and(eq(account.isAdministrator, true), isNotNull(account.passwordHash), isNull(account.disabledAt))
		)
		.limit(1);
	return rows.length > 0;
}

/** Whether somebody already has the role that an invitation gives. */
export async function holds(db: Queryable, row: InvitationRow, accountId: AccountId): Promise<boolean> {
	if (!row.role || !row.exerciseId) return false;
	const scope = fromMembership(toMembership({ ...row, role: row.role }));
	const own = await db
		.select()
		.from(membership)
		.where(and(eq(membership.exerciseId, row.exerciseId), eq(membership.accountId, accountId)));
	return own.some(
		(held) =>
			held.role === scope.role &&
			held.teamId === scope.teamId &&
			held.country === scope.country &&
			held.cell === scope.cell &&
			(held.lead || !scope.lead)
	);
}

/** What a join page says before anybody joins: the exercise, the roles, the team. Nothing of the exercise's content. */
export interface JoinView {
	exercise: {
		id: ExerciseId;
		kind: ExerciseKind;
		name: string;
		tlp: Tlp;
		state: ExerciseState;
		startsAt: number;
		endsAt: number;
		timeZone: string;
	};
	/** one role; several when a personal link opens an account with several */
	roles: (Membership & { team: { name: string; country: CountryCode } | null })[];
	/** whose personal link it is; null: whoever has it */
	person: { name: string; email: string } | null;
	expiresAt: number;
	/** the person who asks has all of it already */
	joined: boolean;
}

/** Null for a link that opens nothing: unknown, used up, expired and revoked look the same. */
export async function viewJoin(
	{ db }: Database,
	token: string,
	reader: AccountId | null
): Promise<JoinView | null> {
	const row = await readOpen(db, token);
	if (!row?.exerciseId) return null;
	const [found] = await db.select().from(exercise).where(eq(exercise.id, row.exerciseId));
	if (!found) return null;
	const [owner] = row.accountId
		? await db
				.select({ name: account.name, email: account.email, passwordHash: account.passwordHash })
				.from(account)
				.where(and(eq(account.id, row.accountId), isNull(account.disabledAt)))
		: [];
	// a personal link is of no more use once its person has a password
	if (row.accountId && (!owner || owner.passwordHash !== null)) return null;
	const held = row.accountId
		? await db
				.select()
				.from(membership)
				.where(and(eq(membership.exerciseId, row.exerciseId), eq(membership.accountId, row.accountId)))
		: [];
	const roles = [...held, ...(row.role ? [{ ...row, role: row.role }] : [])].map(toMembership);
	const teams = await db
		.select({ id: team.id, name: team.name, country: team.country })
		.from(team)
		.where(eq(team.exerciseId, row.exerciseId));
	return {
		exercise: {
			id: found.id as ExerciseId,
			kind: found.kind,
			name: found.name,
			tlp: found.tlp as Tlp,
			state: found.state as ExerciseState,
			startsAt: found.startsAt,
			endsAt: found.endsAt,
			timeZone: found.timeZone
		},
		roles: roles.map((role) => {
			const of = teams.find((one) => one.id === role.teamId);
			return { ...role, team: of ? { name: of.name, country: of.country as CountryCode } : null };
		}),
		person: owner ? { name: owner.name, email: owner.email } : null,
		expiresAt: row.expiresAt.getTime(),
		joined: reader !== null && (await holds(db, row, reader))
	};
}
