import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import type { AccountId, ExerciseId, Id } from '#lib/exercise/ids.ts';
import { membershipSchema, type Membership } from '#lib/exercise/exercise/schema.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database, Transaction } from '../database/open.ts';
import { account, invitation, team } from '../database/schema.ts';
import type { Ring } from '../exercises/change.ts';
import { check } from '../exercises/check.ts';
import { insertMemberships } from '../exercises/memberships.ts';
import { raiseRights } from '../exercises/rights.ts';
import { fromMembership, toMembership } from '../exercises/rows.ts';
import { mintId } from '../mint.ts';
import { findAccount, insertAccount } from './account.ts';
import type { Passwords } from './passwords.ts';
import { holds, linkIsDead, readOpen, takePlace } from './joining.ts';
import { mintToken, tokenHash } from './tokens.ts';

export type InvitationId = Id<'invitation'>;

export const invitationLimits = {
	/** one link for the largest group that comes through one person's hands */
	quota: 500,
	/** planning conferences are months before STARTEX */
	days: 180,
	/** a personal link opens an account: it lives until the exercise, not longer */
	personalDays: 60
} as const;

export const newInvitationSchema = z.object({
	membership: membershipSchema,
	quota: z
		.number()
		.int()
		.min(1, 'An invitation is for at least one person.')
		.max(invitationLimits.quota, `An invitation is for at most ${invitationLimits.quota} people.`),
	days: z
		.number()
		.int()
		.min(1, 'An invitation lasts at least a day.')
		.max(invitationLimits.days, `An invitation lasts at most ${invitationLimits.days} days.`)
});
export type NewInvitation = z.input<typeof newInvitationSchema>;

/** Who comes in: somebody who is signed in, or somebody new. A personal link knows name and address already. */
export type Joiner = { accountId: AccountId } | { name: string; email: string; password: string };

/**
 * Invitations by link: scoped to an exercise, a role and its scope; for so many people, until a day, until revoked. A
 * link is shown once, when it is made; the table holds the hash of what is in it.
 */
export function createInvitations({
	database,
	passwords,
	ring
}: {
	database: Database;
	passwords: Passwords;
	ring: Ring;
}) {
	const { db } = database;

	/** Somebody new gets an account; a personal link gives its account a password. */
	async function newcomer(
		tx: Transaction,
		row: typeof invitation.$inferSelect,
		who: { name: string; email: string },
		passwordHash: string
	): Promise<AccountId> {
		if (row.accountId) {
			const [owner] = await tx
				.update(account)
				.set({ passwordHash, name: who.name })
				.where(and(eq(account.id, row.accountId), isNull(account.passwordHash)))
				.returning({ id: account.id });
			if (!owner) throw new AppError('not-now', 'You have a password already. Sign in with it.');
			return owner.id as AccountId;
		}
		// an account without a password waits for its personal link: nobody else may claim it
		if (await findAccount(tx, who.email))
			throw new AppError(
				'duplicate',
				'This e-mail address is known here. Sign in, then open the link again.',
				{
					details: {
						fields: { email: 'This e-mail address is known here. Sign in, then open the link again.' }
					}
				}
			);
		return insertAccount(tx, who, passwordHash);
	}

	return {
		/** `director` and `by` were checked by the caller (people.ts). The token is not kept: it is shown now or never. */
		async create(
			exerciseId: ExerciseId,
			input: NewInvitation,
			by: AccountId
		): Promise<{ id: InvitationId; token: string }> {
			const { membership: wanted, quota, days } = check(newInvitationSchema, input);
			const id = mintId<InvitationId>();
			const token = mintToken();
			await db.transaction(async (tx) => {
				const scope = fromMembership(wanted as Membership);
				if (scope.teamId) {
					const own = await tx
						.select({ id: team.id })
						.from(team)
						.where(and(eq(team.exerciseId, exerciseId), eq(team.id, scope.teamId)));
					if (own.length === 0) throw new AppError('invalid', 'There is no such team in this exercise.');
				}
				await tx.insert(invitation).values({
					...scope,
					id,
					exerciseId,
					tokenHash: tokenHash(token),
					quota,
					expiresAt: sql`now() + make_interval(days => ${days})`,
					createdBy: by
				});
				await writeAudit(tx, {
					scope: exerciseId,
					actorId: by,
					act: 'invitation.created',
					detail: { invitation: id, ...toMembership(scope), quota, days }
				});
			});
			return { id, token };
		},

		async revoke(exerciseId: ExerciseId, id: InvitationId, by: AccountId): Promise<void> {
			await db.transaction(async (tx) => {
				const rows = await tx
					.update(invitation)
					.set({ revokedAt: sql`now()` })
					.where(
						and(eq(invitation.exerciseId, exerciseId), eq(invitation.id, id), isNull(invitation.revokedAt))
					)
					.returning({ id: invitation.id });
				if (rows.length === 0) throw new AppError('not-found', 'This invitation was revoked already.');
				await writeAudit(tx, {
					scope: exerciseId,
					actorId: by,
					act: 'invitation.revoked',
					detail: { invitation: id }
				});
			});
		},

		/**
		 * For each of these people a link that gives an imported account a password; earlier ones of the same exercise and
		 * person stop to work. In the caller's transaction, so that what is to happen with the links happens too or not at all.
		 */
		async createPersonal(
			tx: Transaction,
			exerciseId: ExerciseId,
			owners: readonly AccountId[],
			by: AccountId,
			{ mailed = false } = {}
		): Promise<Map<AccountId, string>> {
			const tokens = new Map(owners.map((owner) => [owner, mintToken()]));
			if (owners.length === 0) return tokens;
			await tx
				.update(invitation)
				.set({ revokedAt: sql`now()` })
				.where(
					and(
						eq(invitation.exerciseId, exerciseId),
						inArray(invitation.accountId, [...owners]),
						isNull(invitation.revokedAt)
					)
				);
			const rows = [...tokens].map(([accountId, token]) => ({
				id: mintId<InvitationId>(),
				exerciseId,
				accountId,
				tokenHash: tokenHash(token),
				quota: 1,
				expiresAt: sql`now() + make_interval(days => ${invitationLimits.personalDays})`,
				createdBy: by
			}));
			for (let from = 0; from < rows.length; from += 1000)
				await tx.insert(invitation).values(rows.slice(from, from + 1000));
			await writeAudit(tx, {
				scope: exerciseId,
				actorId: by,
				act: 'invitation.personalLinks',
				detail: { accounts: owners, ...(mailed && { mailed }) }
			});
			return tokens;
		},

		/** Joins. Whoever has the role already takes no place. The work of hashing is done before anything is locked. */
		async accept(token: string, who: Joiner): Promise<{ accountId: AccountId; exerciseId: ExerciseId }> {
			const seen = await readOpen(db, token);
			if (!seen?.exerciseId) throw linkIsDead();
			const exerciseId = seen.exerciseId as ExerciseId;
			if ('accountId' in who && (await holds(db, seen, who.accountId)))
				return { accountId: who.accountId, exerciseId };
			const passwordHash = 'password' in who ? await passwords.hash(who.password) : null;
			const accountId = await db.transaction(async (tx) => {
				// the exercise's row first, as everywhere
				await raiseRights(tx, exerciseId);
				const row = await takePlace(tx, token);
				if ('accountId' in who && row.accountId) throw linkIsDead();
				const joined = 'accountId' in who ? who.accountId : await newcomer(tx, row, who, passwordHash!);
				if (row.role) {
					const wanted = toMembership({ ...row, role: row.role });
					await insertMemberships(tx, exerciseId, [{ accountId: joined, ...wanted }]);
				}
				await writeAudit(tx, {
					scope: exerciseId,
					actorId: joined,
					act: 'invitation.accepted',
					detail: { invitation: row.id }
				});
				return joined;
			});
			ring({ exercise: exerciseId, topics: ['rights', 'people'] });
			return { accountId, exerciseId };
		}
	};
}
