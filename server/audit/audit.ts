import { eq, sql, type SQL } from 'drizzle-orm';
import type { Database, Transaction } from '../database/open.ts';
import { audit, auditHead } from '../database/schema.ts';
import { genesis, hashOf, type Act, type AuditScope } from './chain.ts';
import { keptIn } from './kept.ts';
import { verifyChain, type AuditVerdict } from './verify.ts';

export { type Act, type AuditScope } from './chain.ts';
export type { AuditVerdict } from './verify.ts';

/**
 * Writes the row of an act in the act's own transaction (PROMISES P7): both or neither. The head's row lock orders the
 * rows of a scope; call it late in the transaction, because it is held until the commit. `locked`: the head, where the
 * caller has locked it already (`headOf`).
 */
export async function writeAudit(tx: Transaction, act: Act, locked?: ChainHead | null): Promise<void> {
	const head = locked ?? (await lockHead(tx, act.scope)) ?? (await beginChain(tx, act.scope));
	const row = { ...act, sequence: head.sequence + 1, at: head.at };
	const hash = hashOf(head.hash, row);
	// one statement: everybody who acts in the exercise waits for this row
	const added = tx.$with('added').as(
		tx
			.insert(audit)
			.values({ ...row, at: new Date(row.at), hash })
			.returning()
	);
	await tx
		.with(added)
		.update(auditHead)
		.set({ sequence: row.sequence, hash })
		.where(eq(auditHead.scope, act.scope));
}

/** The end of the chain, which nobody else lengthens until the commit, and the database's time. */
export interface ChainHead {
	sequence: number;
	hash: string;
	at: string;
}

/** As a query, for a statement that also does something else: three columns, no row where nothing was done yet. */
export const headOf = (scope: AuditScope): SQL => sql`
	select sequence, hash, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
	from ${auditHead} where scope = ${scope} for update`;

async function lockHead(tx: Transaction, scope: AuditScope): Promise<ChainHead | undefined> {
	const { rows } = await tx.execute<{ sequence: string; hash: string; at: string }>(headOf(scope));
	return rows[0] && { ...rows[0], sequence: Number(rows[0].sequence) };
}

async function beginChain(tx: Transaction, scope: AuditScope) {
	await tx.insert(auditHead).values({ scope, sequence: 0, hash: genesis }).onConflictDoNothing();
	const head = await lockHead(tx, scope);
	if (!head) throw new Error('the audit chain has no head');
	return head;
}

/** Computes a chain anew from its first row, with its facts. Reads in parts, so a large exercise does not fill the memory. */
export const verifyAudit = (database: Database, scope: AuditScope): Promise<AuditVerdict> =>
	verifyChain(keptIn(database, scope));

/** All scopes that have a chain, or rows outside of one. */
export async function auditScopes(database: Database): Promise<string[]> {
	const { rows } = await database.db.execute<{ scope: string }>(
		sql`select scope from ${auditHead} union select scope from ${audit} order by scope`
	);
	return rows.map((row) => row.scope);
}
