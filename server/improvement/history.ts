import { asc, eq } from 'drizzle-orm';
import type { Transaction } from '../database/open.ts';
import { account, improvementEvent } from '../database/schema.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Queryable } from './people.ts';

/** One line of what happened to an action or a lesson. */
export interface HistoryLine {
	kind: string;
	by: string;
	/** wall time, ms */
	at: number;
	detail: Record<string, unknown>;
}

/** Writes the line and the audit row of an act, in its transaction. The audit has ids and names of fields, no texts. */
export async function remember(
	tx: Transaction,
	act: {
		subject: string;
		of: 'action' | 'lesson';
		kind: string;
		by: string;
		country: string;
		detail?: Record<string, unknown>;
		audit?: Record<string, unknown>;
	}
): Promise<void> {
	await tx
		.insert(improvementEvent)
		.values({ subject: act.subject, kind: act.kind, actorId: act.by, detail: act.detail ?? {} });
	await writeAudit(tx, {
		scope: 'installation',
		actorId: act.by,
		act: `${act.of === 'action' ? 'improvement' : 'lesson'}.${act.kind}`,
		detail: { id: act.subject, country: act.country, ...act.audit }
	});
}

export async function readHistory(db: Queryable, subject: string): Promise<HistoryLine[]> {
	const rows = await db
		.select({
			kind: improvementEvent.kind,
			by: account.name,
			at: improvementEvent.at,
			detail: improvementEvent.detail
		})
		.from(improvementEvent)
		.leftJoin(account, eq(account.id, improvementEvent.actorId))
		.where(eq(improvementEvent.subject, subject))
		.orderBy(asc(improvementEvent.sequence));
	return rows.map((row) => ({ ...row, by: row.by ?? '–', at: row.at.getTime() }));
}
