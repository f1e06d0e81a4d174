import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import type { AccountId, OrganisationId } from '#lib/exercise/ids.ts';
import { id, timeZone } from '#lib/exercise/exercise/schema.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database, Transaction } from '../database/open.ts';
import { account } from '../database/schema.ts';
import { check } from '../exercises/check.ts';
import { mintId } from '../mint.ts';
import { emailAddress, emailKey, personName } from './names.ts';
import type { Passwords } from './passwords.ts';
import type { SignIn } from './sign-in.ts';

export const newAccountSchema = z.object({
	email: emailAddress,
	name: personName,
	organisationId: id<OrganisationId>().optional(),
	isAdministrator: z.boolean().default(false)
});
export type NewAccount = z.input<typeof newAccountSchema>;

export const profileSchema = z.object({ name: personName, timeZone: timeZone.nullable() });
export type Profile = z.input<typeof profileSchema>;

type Queryable = Pick<Transaction, 'select'>;

export async function findAccount(db: Queryable, email: string) {
	const [row] = await db
		.select()
		.from(account)
		.where(eq(sql`lower(${account.email})`, emailKey(email)));
	return row ?? null;
}

/** Inserts; the caller writes the audit row of the act to which it belongs. */
export async function insertAccount(
	tx: Transaction,
	input: NewAccount,
	passwordHash: string | null
): Promise<AccountId> {
	const checked = check(newAccountSchema, input);
	const accountId = mintId<AccountId>();
	const rows = await tx
		.insert(account)
		.values({ ...checked, id: accountId, passwordHash })
		.onConflictDoNothing()
		.returning({ id: account.id });
	if (rows.length === 0)
		throw new AppError('duplicate', 'There is an account with this e-mail address already.');
	return accountId;
}

/** What people do with their own accounts, and how accounts come to be without an invitation (the command line). */
export function createAccountActs({
	database,
	passwords,
	signIn
}: {
	database: Database;
	passwords: Passwords;
	signIn: SignIn;
}) {
	const { db } = database;
	return {
		/** `by` is null for the operator at the command line. Without a password nobody can sign in to it yet. */
		async createAccount(input: NewAccount & { password?: string }, by: AccountId | null): Promise<AccountId> {
			const { password, ...wanted } = input;
			const passwordHash = password === undefined ? null : await passwords.hash(password);
			return db.transaction(async (tx) => {
				const accountId = await insertAccount(tx, wanted, passwordHash);
				await writeAudit(tx, {
					scope: 'installation',
					actorId: by,
					act: 'account.created',
					detail: { account: accountId, administrator: wanted.isAdministrator === true }
				});
				return accountId;
			});
		},

		/** Returns it as it is kept. */
		async updateProfile(accountId: AccountId, profile: Profile): Promise<z.output<typeof profileSchema>> {
			const checked = check(profileSchema, profile);
			await db.transaction(async (tx) => {
				const [before] = await tx
					.select({ name: account.name })
					.from(account)
					.where(eq(account.id, accountId))
					.for('update');
				await tx.update(account).set(checked).where(eq(account.id, accountId));
				// a name stands beside everything somebody writes: that it changed must be traceable
				if (before && before.name !== checked.name)
					await writeAudit(tx, {
						scope: 'installation',
						actorId: accountId,
						act: 'account.renamed',
						detail: { from: before.name, to: checked.name }
					});
			});
			return checked;
		},

		/** Needs the present password: an open desk is not enough to take an account over. The caller ends other sessions. */
		async changePassword(
			accountId: AccountId,
			{ current, next, address }: { current: string; next: string; address: string }
		): Promise<void> {
			const [row] = await db
				.select({ email: account.email, passwordHash: account.passwordHash })
				.from(account)
				.where(eq(account.id, accountId));
			if (!row || !(await signIn.matches({ email: row.email, password: current, address }, row.passwordHash)))
				throw new AppError('invalid', 'This is not your present password.', {
					details: { fields: { current: 'This is not your present password.' } }
				});
			const passwordHash = await passwords.hash(next);
			await db.transaction(async (tx) => {
				await tx.update(account).set({ passwordHash }).where(eq(account.id, accountId));
				await writeAudit(tx, {
					scope: 'installation',
					actorId: accountId,
					act: 'account.passwordChanged',
					detail: {}
				});
			});
		}
	};
}
