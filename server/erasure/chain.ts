import { sql } from 'drizzle-orm';
import { canonical } from '#lib/exercise/fingerprint.ts';
import { writeAudit } from '../audit/audit.ts';
import { sha256, stampOf } from '../audit/chain.ts';
import { erasureAct, keptIn, type ErasureDetail } from '../audit/kept.ts';
import { contentOf, type KeptRow } from '../audit/verify.ts';
import type { Database, Transaction } from '../database/open.ts';
import type { Eraser } from './words.ts';

const batchRows = 500;

/**
 * Takes people out of facts and audit rows, and says in the chain itself what they are like now: their old hashes stay
 * where they are, the new ones stand in rows of their own, so that `muster audit verify` tells erased from changed
 * (docs/adr/0014-erasure.md). The triggers let only an erasure through whose day has come.
 */
export async function eraseChain(
	tx: Transaction,
	exerciseId: string,
	eraser: Eraser,
	told: Record<string, unknown>,
	{ othersStay = false }: { othersStay?: boolean } = {}
): Promise<{ rows: number; facts: number }> {
	const facts = await eraseFacts(tx, exerciseId, eraser, othersStay);
	const rows = await eraseAudit(tx, exerciseId, eraser);
	const act = (detail: ErasureDetail) =>
		writeAudit(tx, { scope: exerciseId, actorId: null, act: erasureAct, detail });
	await act({ ...told, rows: rows.length, facts: facts.length });
	for (let from = 0; from < facts.length; from += batchRows)
		await act({ erasedFacts: facts.slice(from, from + batchRows) });
	for (let from = 0; from < rows.length; from += batchRows)
		await act({ erasedRows: rows.slice(from, from + batchRows) });
	return { rows: rows.length, facts: facts.length };
}

async function eraseFacts(tx: Transaction, exerciseId: string, eraser: Eraser, othersStay: boolean) {
	// somebody who stays keeps the name that the server stamped, also where it is the name of one who goes
	const isOther = (account: string | null) =>
		othersStay && account !== null && eraser.idFor(account) === null;
	const erased: NonNullable<ErasureDetail['erasedFacts']> = [];
	const { facts: read } = keptIn({ db: tx as unknown as Database['db'] }, exerciseId);
	const last = await lastFact(tx, exerciseId);
	for (let after = 0; after < last; after += batchRows) {
		const changed = (await read(after, after + batchRows)).flatMap((one) => {
			const fact = eraser.inValue(one.fact);
			const account = one.actorId === null ? null : (eraser.idFor(one.actorId) ?? one.actorId);
			const name =
				one.actorName === null || isOther(one.actorId) ? one.actorName : eraser.inText(one.actorName);
			if (fact === one.fact && account === one.actorId && name === one.actorName) return [];
			return [{ ...one, fact, actorId: account, actorName: name }];
		});
		await tx.execute(sql`
			update fact set fact = now.fact, actor_id = now."actorId", actor_name = now."actorName"
			from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as now(
				sequence bigint, fact jsonb, "actorId" text, "actorName" text)
			where fact.exercise_id = ${exerciseId} and fact.sequence = now.sequence`);
		for (const { sequence, fact, actorId, actorName, wallAt, exerciseAt } of changed)
			erased.push({
				sequence,
				sha256: sha256(canonical(fact)),
				stamp: stampOf(
					actorId === null && actorName === null
						? null
						: { account: actorId as string, name: actorName as string },
					wallAt ?? 0,
					exerciseAt
				)
			});
	}
	return erased;
}

async function lastFact(tx: Transaction, exerciseId: string): Promise<number> {
	const { rows } = await tx.execute<{ last: string | null }>(
		sql`select max(sequence) as last from fact where exercise_id = ${exerciseId}`
	);
	return Number(rows[0]?.last ?? 0);
}

async function eraseAudit(tx: Transaction, exerciseId: string, eraser: Eraser) {
	const erased: NonNullable<ErasureDetail['erasedRows']> = [];
	const { rows: read } = keptIn({ db: tx as unknown as Database['db'] }, exerciseId);
	for (let after: number | null = null; ;) {
		const rows = await read(after);
		const changed = rows.flatMap((row): KeptRow[] => {
			const detail = eraser.inValue(row.detail);
			const actorId = row.actorId === null ? null : (eraser.idFor(row.actorId) ?? row.actorId);
			return detail === row.detail && actorId === row.actorId ? [] : [{ ...row, detail, actorId }];
		});
		await tx.execute(sql`
			update audit set detail = now.detail, actor_id = now."actorId"
			from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as now(sequence bigint, detail jsonb, "actorId" text)
			where audit.scope = ${exerciseId} and audit.sequence = now.sequence`);
		for (const row of changed) erased.push({ sequence: row.sequence, sha256: contentOf(row) });
		const last = rows.at(-1);
		if (!last) return erased;
		after = last.sequence;
	}
}
