import { createHash } from 'node:crypto';
import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import { canonical } from '#lib/exercise/fingerprint.ts';
import type { Database, Transaction } from '../database/open.ts';
import { audit, auditHead } from '../database/schema.ts';

/** `installation`, or the id of an exercise: each has a chain of its own. */
export type AuditScope = 'installation' | (string & {});

export interface Act {
	scope: AuditScope;
	/** null: the server itself, or somebody who is not signed in */
	actorId: string | null;
	/** what was done, as `invitation.revoked`, or a command's name */
	act: string;
	/** ids and new values; never passwords, tokens or the text of an anonymous card */
	detail: Record<string, unknown>;
}

const genesis = '0'.repeat(64);

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

function hashOf(previous: string, row: Act & { sequence: number; at: string }): string {
	const { scope, sequence, at, actorId, act, detail } = row;
	return createHash('sha256')
		.update(previous)
		.update(canonical({ scope, sequence, at, actorId, act, detail }))
		.digest('hex');
}

export interface AuditVerdict {
	scope: string;
	rows: number;
	/** the first row that does not fit, or null */
	broken: { sequence: number; why: string } | null;
}

/** Computes a chain anew from its first row. Reads in batches, so a large exercise does not fill the memory. */
export async function verifyAudit(database: Database, scope: AuditScope): Promise<AuditVerdict> {
	let hash = genesis;
	let sequence = 0;
	for (;;) {
		const rows = await database.db
			.select()
			.from(audit)
			.where(and(eq(audit.scope, scope), gt(audit.sequence, sequence)))
			.orderBy(asc(audit.sequence))
			.limit(1000);
		for (const row of rows) {
			if (row.sequence !== sequence + 1)
				return { scope, rows: sequence, broken: { sequence: sequence + 1, why: 'a row is missing' } };
			hash = hashOf(hash, { ...row, at: row.at.toISOString() });
			if (hash !== row.hash)
				return { scope, rows: sequence, broken: { sequence: row.sequence, why: 'the row was changed' } };
			sequence = row.sequence;
		}
		if (rows.length < 1000) break;
	}
	const [head] = await database.db.select().from(auditHead).where(eq(auditHead.scope, scope));
	if (sequence > 0 && !head)
		return { scope, rows: sequence, broken: { sequence, why: 'the end of the chain is missing' } };
	if (head && (head.sequence !== sequence || head.hash !== hash))
		return { scope, rows: sequence, broken: { sequence: sequence + 1, why: 'rows are missing at the end' } };
	return { scope, rows: sequence, broken: null };
}

/** All scopes that have a chain. */
export async function auditScopes(database: Database): Promise<string[]> {
	const rows = await database.db
		.select({ scope: auditHead.scope })
		.from(auditHead)
		.orderBy(asc(auditHead.scope));
	return rows.map((row) => row.scope);
}
