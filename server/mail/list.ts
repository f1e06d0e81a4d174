import { and, count, desc, eq, ilike, inArray, or, sql } from 'drizzle-orm';
import { isDirector } from '#lib/exercise/exercise/access.ts';
import type { Actor, Exercise } from '#lib/exercise/exercise/schema.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database } from '../database/open.ts';
import { mail } from '../database/schema.ts';
import { noExercise } from '../exercises/rights.ts';

export const mailStates = ['queued', 'sent', 'failed'] as const;
export type MailState = (typeof mailStates)[number];

export interface MailRow {
	id: string;
	kind: string;
	state: MailState;
	to: string;
	subject: string;
	attempts: number;
	error: string | null;
	createdAt: number;
	sentAt: number | null;
	/** of a queued mail that has failed before; null otherwise */
	nextAt: number | null;
}

export interface MailPage {
	counts: Record<MailState, number>;
	/** the newest; there may be more */
	mails: MailRow[];
	more: boolean;
}

const pageSize = 200;

/** What an exercise has sent and could not send, without the texts: addresses of people are for directors alone. */
export async function listMails(
	{ db }: Database,
	exercise: Exercise,
	actor: Actor,
	filter: { state?: string | null; search?: string | null } = {}
): Promise<MailPage> {
	if (!isDirector(actor)) throw noExercise();
	const own = eq(mail.exerciseId, exercise.id);
	const totals = await db.select({ state: mail.state, n: count() }).from(mail).where(own).groupBy(mail.state);
	const words = filter.search?.trim().slice(0, 200) ?? '';
	const like = `%${words.replace(/[\\%_]/g, '\\$&')}%`;
	const rows = await db
		.select()
		.from(mail)
		.where(
			and(
				own,
				mailStates.includes(filter.state as MailState) ? eq(mail.state, filter.state!) : undefined,
				words === '' ? undefined : or(ilike(mail.toAddress, like), ilike(mail.subject, like))
			)
		)
		.orderBy(desc(mail.createdAt), desc(mail.id))
		.limit(pageSize + 1);
	const of = (state: MailState) => totals.find((one) => one.state === state)?.n ?? 0;
	return {
		counts: { queued: of('queued'), sent: of('sent'), failed: of('failed') },
		mails: rows.slice(0, pageSize).map((row) => ({
			id: row.id,
			kind: row.kind,
			state: row.state as MailState,
			to: row.toAddress,
			subject: row.subject,
			attempts: row.attempts,
			error: row.lastError,
			createdAt: row.createdAt.getTime(),
			sentAt: row.sentAt?.getTime() ?? null,
			nextAt: row.state === 'queued' && row.lastError !== null ? row.nextAt.getTime() : null
		})),
		more: rows.length > pageSize
	};
}

/** Those that failed, or one of them, go into the queue again. Returns how many. */
export async function retryMails(
	{ db }: Database,
	exercise: Exercise,
	actor: Actor,
	id: string | null
): Promise<number> {
	if (!isDirector(actor)) throw noExercise();
	return db.transaction(async (tx) => {
		const again = await tx
			.update(mail)
			.set({ state: 'queued', attempts: 0, nextAt: sql`now()`, lastError: null })
			.where(
				and(
					eq(mail.exerciseId, exercise.id),
					eq(mail.state, 'failed'),
					id === null ? undefined : eq(mail.id, id)
				)
			)
			.returning({ id: mail.id });
		if (again.length > 0)
			await writeAudit(tx, {
				scope: exercise.id,
				actorId: actor.accountId,
				act: 'mail.retried',
				detail: { mails: again.length }
			});
		return again.length;
	});
}

/** For the figures of the installation. */
export async function countMails({ db }: Database): Promise<{ queued: number; failed: number }> {
	const rows = await db
		.select({ state: mail.state, n: count() })
		.from(mail)
		.where(inArray(mail.state, ['queued', 'failed']))
		.groupBy(mail.state);
	const of = (state: string) => rows.find((one) => one.state === state)?.n ?? 0;
	return { queued: of('queued'), failed: of('failed') };
}
