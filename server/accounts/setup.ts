import { and, eq, isNull, sql } from 'drizzle-orm';
import type { AccountId } from '#lib/exercise/ids.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import { account, invitation } from '../database/schema.ts';
import { mintId } from '../mint.ts';
import { insertAccount } from './account.ts';
import type { InvitationId } from './invitations.ts';
import { hasAdministrator, linkIsDead, readOpen, takePlace } from './joining.ts';
import type { Passwords } from './passwords.ts';
import { mintToken, tokenHash } from './tokens.ts';

/** whoever starts or operates Muster uses the link at once */
const hours = 24;

/** Links from the operator: for the first administrator, and for a forgotten password. Each is used once. */
export function createSetup({ database, passwords }: { database: Database; passwords: Passwords }) {
	const { db } = database;
	return {
		/** The one-time link for the first administrator; null when there is one. */
		async createLink(): Promise<string | null> {
			return db.transaction(async (tx) => {
				if (await hasAdministrator(tx)) return null;
				const token = mintToken();
				await tx.insert(invitation).values({
					id: mintId<InvitationId>(),
					tokenHash: tokenHash(token),
					quota: 1,
					expiresAt: sql`now() + make_interval(hours => ${hours})`
				});
				return token;
			});
		},

		/** A link with which somebody chooses a new password; made by the operator, because no mail is sent yet. */
		async createPasswordLink(accountId: AccountId): Promise<string> {
			const token = mintToken();
			await db.transaction(async (tx) => {
				await tx
					.update(invitation)
					.set({ revokedAt: sql`now()` })
					.where(
						and(
							eq(invitation.accountId, accountId),
							isNull(invitation.exerciseId),
							isNull(invitation.revokedAt)
						)
					);
				await tx.insert(invitation).values({
					id: mintId<InvitationId>(),
					accountId,
					tokenHash: tokenHash(token),
					quota: 1,
					expiresAt: sql`now() + make_interval(hours => ${hours})`
				});
				await writeAudit(tx, {
					scope: 'installation',
					actorId: null,
					act: 'account.passwordLink',
					detail: { account: accountId }
				});
			});
			return token;
		},

		/** What a setup link is for: the first administrator, somebody's new password; null when it is no longer good. */
		async look(token: string): Promise<'administrator' | { name: string; email: string } | null> {
			const row = await readOpen(db, token);
			if (!row || row.exerciseId !== null) return null;
			if (row.accountId === null) return (await hasAdministrator(db)) ? null : 'administrator';
			const [owner] = await db
				.select({ name: account.name, email: account.email })
				.from(account)
				.where(and(eq(account.id, row.accountId), isNull(account.disabledAt)));
			return owner ?? null;
		},

		/** A new password; the caller ends the sessions that the old one opened. */
		async acceptPassword(token: string, password: string): Promise<AccountId> {
			const passwordHash = await passwords.hash(password);
			return db.transaction(async (tx) => {
				const row = await takePlace(tx, token);
				if (row.exerciseId !== null || row.accountId === null) throw linkIsDead();
				const [owner] = await tx
					.update(account)
					.set({ passwordHash })
					.where(and(eq(account.id, row.accountId), isNull(account.disabledAt)))
					.returning({ id: account.id });
				if (!owner) throw linkIsDead();
				await writeAudit(tx, {
					scope: 'installation',
					actorId: row.accountId,
					act: 'account.passwordChanged',
					detail: { by: 'link' }
				});
				return owner.id as AccountId;
			});
		},

		/** The first administrator. Any number of links may be about (each start prints one): only one is ever accepted. */
		async acceptAdministrator(
			token: string,
			who: { name: string; email: string; password: string }
		): Promise<AccountId> {
			const passwordHash = await passwords.hash(who.password);
			return db.transaction(async (tx) => {
				await tx.execute(sql`select pg_advisory_xact_lock(hashtext('muster.setup'))`);
				const row = await takePlace(tx, token);
				if (row.exerciseId !== null || row.accountId !== null || (await hasAdministrator(tx)))
					throw linkIsDead();
				const accountId = await insertAccount(tx, { ...who, isAdministrator: true }, passwordHash);
				await writeAudit(tx, {
					scope: 'installation',
					actorId: accountId,
					act: 'account.created',
					detail: { account: accountId, administrator: true, by: 'setup link' }
				});
				return accountId;
			});
		}
	};
}
