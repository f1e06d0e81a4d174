import { and, asc, eq, ilike, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import { account } from '../database/schema.ts';
import type { createSessions } from './sessions.ts';

export interface AccountRow {
	id: AccountId;
	name: string;
	email: string;
	isAdministrator: boolean;
	/** nobody can sign in to it yet */
	hasPassword: boolean;
	/** wall time, ms; null: in use */
	disabledAt: number | null;
	createdAt: number;
}

/** accounts on a page */
export const accountsPerPage = 50;

/** What administrators do with the accounts of others. They manage; they read no exercise for it. */
export function createAdministration({
	database: { db },
	sessions,
	passwordLink
}: {
	database: Database;
	sessions: ReturnType<typeof createSessions>;
	passwordLink: (email: string) => Promise<string | null>;
}) {
	async function requireAdministrator(by: AccountId): Promise<void> {
		const [row] = await db
			.select({ id: account.id })
			.from(account)
			.where(and(eq(account.id, by), eq(account.isAdministrator, true), isNull(account.disabledAt)));
		if (!row) throw new AppError('not-found', 'There is nothing here, or it is not open to you.');
	}

	async function change(id: AccountId, by: AccountId, disabled: boolean): Promise<void> {
		await requireAdministrator(by);
		if (id === by) throw new AppError('forbidden', 'You cannot disable your own account.');
		await db.transaction(async (tx) => {
			const rows = await tx
				.update(account)
				.set({ disabledAt: disabled ? sql`now()` : null })
				.where(and(eq(account.id, id), disabled ? isNull(account.disabledAt) : isNotNull(account.disabledAt)))
				.returning({ id: account.id });
			if (rows.length === 0)
				throw new AppError('stale', `This account is ${disabled ? 'disabled' : 'in use'} already.`);
			await writeAudit(tx, {
				scope: 'installation',
				actorId: by,
				act: disabled ? 'account.disabled' : 'account.enabled',
				detail: { account: id }
			});
		});
		// rings for the rights of every exercise that it is a member of: open sockets end
		if (disabled) await sessions.endAll(id);
	}

	return {
		/** Those whose name or address has the words, by name; 50 a page, pages from 0. */
		async list(
			by: AccountId,
			words: string,
			page: number
		): Promise<{ accounts: AccountRow[]; total: number }> {
			await requireAdministrator(by);
			const like = `%${words.trim().replace(/[\\%_]/g, '\\$&')}%`;
			const wanted =
				words.trim() === '' ? undefined : or(ilike(account.name, like), ilike(account.email, like));
			const [count] = await db
				.select({ n: sql<number>`count(*)::int` })
				.from(account)
				.where(wanted);
			const rows = await db
				.select()
				.from(account)
				.where(wanted)
				.orderBy(asc(sql`lower(${account.name})`), asc(account.id))
				.limit(accountsPerPage)
				.offset(page * accountsPerPage);
			return {
				total: count!.n,
				accounts: rows.map((row) => ({
					id: row.id as AccountId,
					name: row.name,
					email: row.email,
					isAdministrator: row.isAdministrator,
					hasPassword: row.passwordHash !== null,
					disabledAt: row.disabledAt?.getTime() ?? null,
					createdAt: row.createdAt.getTime()
				}))
			};
		},
		disable: (id: AccountId, by: AccountId) => change(id, by, true),
		enable: (id: AccountId, by: AccountId) => change(id, by, false),
		/** A link with which its owner chooses a new password, within 24 hours. Earlier ones stop working. */
		async link(id: AccountId, by: AccountId): Promise<{ email: string; link: string }> {
			await requireAdministrator(by);
			const [row] = await db
				.select({ email: account.email })
				.from(account)
				.where(and(eq(account.id, id), isNull(account.disabledAt)));
			const link = row && (await passwordLink(row.email));
			if (!row || !link) throw new AppError('not-found', 'There is no such account in use.');
			return { email: row.email, link };
		}
	};
}
