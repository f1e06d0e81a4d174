import { and, asc, eq, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { currentState, isOverdue, markOfSource, type ActionState } from '#lib/improvement/action.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import { translator } from '#lib/text/index.ts';
import { strictestTlp, type Tlp } from '#lib/standards/tlp.ts';
import { databaseNow, type Database, type Transaction } from '../database/open.ts';
import { account, improvementAction, improvementReminder } from '../database/schema.ts';
import { isMailAddress, type MailQueue } from '../mail/queue.ts';
import { mayTravel } from './calendar.ts';
import { dayOf } from './rows.ts';
import { createRounds } from '../rounds.ts';

const t = translator('en');

export const reminderTimes = {
	/** how often a node looks who is to be reminded, ms */
	lookEvery: 60_000,
	/** of one look */
	people: 50,
	/** titles in one mail; the page has all */
	titles: 20
} as const;

/** Where the owner still has something to do. A proposal waits to be accepted; a deferred one waits for its day. */
const waiting = ['proposed', 'accepted', 'in_progress', 'deferred'] as const;

/**
 * One mail a week at most to whoever owns actions that are not done: how many, how many of them are late, and the titles
 * that may travel. The row of when it was last sent is taken in the transaction that queues the mail, so of two nodes that
 * look at once one sends it.
 */
export function createReminders({
	database: { db },
	mail,
	log
}: {
	database: Database;
	mail: Pick<MailQueue, 'isSetUp' | 'queueMail' | 'origin'>;
	log: Logger;
}) {
	async function look(): Promise<number> {
		if (!mail.isSetUp) return 0;
		const due = await db
			.selectDistinct({ id: improvementAction.ownerId })
			.from(improvementAction)
			.innerJoin(account, eq(account.id, improvementAction.ownerId))
			.leftJoin(improvementReminder, eq(improvementReminder.accountId, improvementAction.ownerId))
			.where(
				and(
					isNotNull(improvementAction.ownerId),
					isNull(account.disabledAt),
					or(
						inArray(improvementAction.state, ['proposed', 'accepted', 'in_progress']),
						and(
							eq(improvementAction.state, 'deferred'),
							lte(improvementAction.deferredUntil, sql`(now() at time zone 'UTC')::date`)
						)
					),
					or(
						isNull(improvementReminder.sentAt),
						lte(improvementReminder.sentAt, sql`now() - interval '7 days'`)
					)
				)
			)
			.limit(reminderTimes.people);
		let queued = 0;
		for (const { id } of due)
			queued += await db
				.transaction((tx) => remind(tx, id as AccountId))
				.catch((error: unknown) => {
					log.error({ err: error }, 'a reminder of improvement actions could not be made');
					return 0;
				});
		return queued;
	}

	async function remind(tx: Transaction, id: AccountId): Promise<number> {
		const [taken] = await tx
			.insert(improvementReminder)
			.values({ accountId: id, sentAt: sql`now()` })
			.onConflictDoUpdate({
				target: improvementReminder.accountId,
				set: { sentAt: sql`now()` },
				setWhere: lte(improvementReminder.sentAt, sql`now() - interval '7 days'`)
			})
			.returning({ sentAt: improvementReminder.sentAt });
		if (!taken) return 0;
		const [owner] = await tx
			.select({ email: account.email, disabledAt: account.disabledAt })
			.from(account)
			.where(eq(account.id, id));
		if (!owner || owner.disabledAt || !isMailAddress(owner.email)) return 0;
		const today = dayOf(await databaseNow(tx));
		const open = (
			await tx
				.select()
				.from(improvementAction)
				.where(and(eq(improvementAction.ownerId, id), inArray(improvementAction.state, [...waiting])))
				.orderBy(asc(improvementAction.dueOn), asc(improvementAction.id))
		)
			.map((row) => ({ ...row, state: row.state as ActionState }))
			.filter((row) => currentState(row, today) !== 'deferred');
		if (open.length === 0) return 0;
		const late = open.filter((row) => isOverdue(row, today));
		const told = open.filter(({ tlp }) => mayTravel(tlp)).slice(0, reminderTimes.titles);
		return mail.queueMail(tx, [
			{
				exercise: null,
				kind: 'improvement',
				once: `improvement/${id}/${taken.sentAt.getTime()}`,
				to: owner.email,
				subject: t('improvement.mail.subject', { count: open.length }),
				text: [
					t('improvement.mail.open', { count: open.length }),
					...(late.length > 0 ? [t('improvement.mail.late', { count: late.length })] : []),
					'',
					...told.map(
						({ source, title, dueOn }) => `- ${markOfSource(source)}${title}${dueOn ? ` (${dueOn})` : ''}`
					),
					...(told.length < open.length
						? [t('improvement.mail.more', { count: open.length - told.length })]
						: []),
					'',
					t('improvement.mail.link', { link: `${mail.origin}/improvement?mine=yes` })
				].join('\n'),
				tlp: strictestTlp(told.map(({ tlp }) => tlp as Tlp))
			}
		]);
	}

	const rounds = createRounds(look, reminderTimes.lookEvery, (error) =>
		log.error({ err: error }, 'the reminders could not be looked at')
	);
	return {
		start: () => void (mail.isSetUp && rounds.start()),
		/** now rather than at the next turn */
		look,
		stop: rounds.stop
	};
}
