import { and, eq, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import type { Database } from '../database/open.ts';
import { mail } from '../database/schema.ts';
import { readActor } from '../exercises/actor.ts';
import { mayStillReceive, type MailRecipient } from './recipient.ts';
import { NotSent, type Post } from './smtp.ts';

export const senderLimits = {
	/** how long a queued mail waits at most before a node looks */
	lookEvery: 2000,
	/** mails that one node takes at once */
	batch: 10,
	/** longer than any sending lasts: whoever took mails and was killed lets go of them then */
	leaseSeconds: 300,
	/** with the delays below this is about five hours */
	attempts: 12
} as const;

/** Seconds until the next try: doubled each time, from half a minute to an hour. */
export const retryAfter = (attempts: number): number => Math.min(30 * 2 ** (attempts - 1), 3600);

type Row = typeof mail.$inferSelect;

/**
 * Sends what is queued, on any node. Taking a row and moving its next try into the future is one statement that skips what
 * other nodes have taken, so a mail is in one pair of hands; no transaction is open while a mail server thinks.
 */
export function createSender({ database, post, log }: { database: Database; post: Post; log: Logger }) {
	const { db } = database;
	let timer: NodeJS.Timeout | null = null;
	let turn: Promise<void> | null = null;
	let stopped = true;

	function look(): void {
		if (stopped || turn) return;
		if (timer) clearTimeout(timer);
		turn = sendWhatIsQueued()
			.catch((error: unknown) => {
				log.error({ err: error }, 'the queue of mails could not be read');
				return false;
			})
			.then((more) => {
				turn = null;
				if (!stopped) timer = setTimeout(look, more ? 0 : senderLimits.lookEvery);
			});
	}

	/** Returns whether there may be more at once. */
	async function sendWhatIsQueued(): Promise<boolean> {
		const taken = await take();
		await Promise.all(taken.map(send));
		return taken.length === senderLimits.batch;
	}

	async function take(): Promise<Row[]> {
		const next = db
			.select({ id: mail.id })
			.from(mail)
			.where(and(eq(mail.state, 'queued'), sql`${mail.nextAt} <= now()`))
			.orderBy(mail.nextAt)
			.limit(senderLimits.batch)
			.for('update', { skipLocked: true });
		return db
			.update(mail)
			.set({
				attempts: sql`${mail.attempts} + 1`,
				nextAt: sql`now() + make_interval(secs => ${senderLimits.leaseSeconds})`
			})
			.where(sql`${mail.id} in ${next}`)
			.returning();
	}

	async function send(row: Row): Promise<void> {
		if (row.recipient && row.exerciseId && !(await mayLeave(row.exerciseId, row.recipient))) {
			await db.delete(mail).where(and(eq(mail.id, row.id), eq(mail.attempts, row.attempts)));
			log.info(
				{ mail: row.id, kind: row.kind },
				'a mail was dropped: its reader has no right to it any more'
			);
			return;
		}
		try {
			await post.send({
				id: row.id,
				to: row.toAddress,
				fromName: row.fromName,
				subject: row.subject,
				text: row.body
			});
		} catch (error) {
			const reason = error instanceof NotSent ? error.message : 'Something went wrong on the server.';
			if (!(error instanceof NotSent)) log.error({ err: error, mail: row.id }, 'a mail could not be sent');
			const givenUp = (error instanceof NotSent && error.forGood) || row.attempts >= senderLimits.attempts;
			await settle(row, {
				state: givenUp ? 'failed' : 'queued',
				lastError: reason,
				nextAt: sql`now() + make_interval(secs => ${retryAfter(row.attempts)})`
			});
			if (givenUp) log.warn({ mail: row.id, kind: row.kind }, 'a mail was given up');
			return;
		}
		await settle(row, { state: 'sent', body: '', lastError: null, sentAt: sql`now()` });
	}

	async function mayLeave(exerciseId: string, recipient: MailRecipient): Promise<boolean> {
		const actor = await readActor(db, exerciseId as ExerciseId, recipient.account as AccountId);
		return mayStillReceive(recipient, actor);
	}

	/** Only while it is still in our hands. */
	async function settle(row: Row, values: Parameters<ReturnType<typeof db.update<typeof mail>>['set']>[0]) {
		await db
			.update(mail)
			.set(values)
			.where(and(eq(mail.id, row.id), eq(mail.state, 'queued'), eq(mail.attempts, row.attempts)));
	}

	return {
		start(): void {
			stopped = false;
			look();
		},
		/** Something was queued: look now rather than at the next turn. */
		look,
		/** Finishes what is being sent. */
		async stop(): Promise<void> {
			stopped = true;
			if (timer) clearTimeout(timer);
			await turn;
			post.close();
		}
	};
}
