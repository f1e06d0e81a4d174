import { and, eq, inArray, like, or, sql } from 'drizzle-orm';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import type { Fact } from '#lib/exercise/facts.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import { translator } from '#lib/text/index.ts';
import type { Transaction } from '../database/open.ts';
import { mail, team } from '../database/schema.ts';
import { oneLine } from './marking.ts';
import { mailLimits, type MailQueue, type OutgoingMail } from './queue.ts';

const t = translator('en');

type Recalled = Extract<Fact, { kind: 'inject-recalled' }>;

/**
 * Where an inject went by mail: what has not left does not leave any more, and who was sent it is told that it was
 * recalled. In the transaction of the recall, whoever plays in the team by now.
 */
export async function queueRecalled(
	tx: Transaction,
	outgoing: MailQueue,
	exercise: Exercise,
	fact: Recalled
): Promise<void> {
	const deliveries = new Map(fact.deliveries.map((one) => [one.delivery as string, one]));
	const ofDelivery = sql`split_part(${mail.once}, '/', 2) = any(${sql.param([...deliveries.keys()])}::text[])`;
	const ofInject = and(
		eq(mail.exerciseId, exercise.id),
		eq(mail.kind, 'inject'),
		like(mail.once, 'inject/%'),
		ofDelivery
	);
	// one that nobody has tried yet, and one that was given up, has not arrived; of the others nobody can be sure
	await tx
		.delete(mail)
		.where(and(ofInject, or(eq(mail.state, 'failed'), and(eq(mail.state, 'queued'), eq(mail.attempts, 0)))));
	const sent = await tx.select({ once: mail.once, to: mail.toAddress }).from(mail).where(ofInject);
	await tx.delete(mail).where(and(ofInject, eq(mail.state, 'queued')));
	// set up when it was released, and not any more: nothing can be sent
	if (sent.length === 0 || !outgoing.isSetUp) return;
	const names = await tx
		.select({ id: team.id, name: team.name })
		.from(team)
		.where(
			inArray(
				team.id,
				fact.deliveries.map((one) => one.team)
			)
		);
	await outgoing.queueMail(
		tx,
		sent.flatMap(({ once, to }) => {
			const [, delivery = '', account = ''] = once.split('/');
			const found = deliveries.get(delivery);
			if (!found) return [];
			return {
				exercise: { id: exercise.id, kind: exercise.kind, name: exercise.name },
				kind: 'recall' as const,
				once: `recall/${delivery}/${account}`,
				to,
				// who has left the team since then reads nothing of it any more
				recipient: { account, plays: found.team },
				...recallMail(
					{ title: found.title ?? fact.title, tlp: fact.tlp, reason: fact.reason },
					{
						team: names.find(({ id }) => id === found.team)?.name ?? '',
						room: `${outgoing.origin}/exercises/${exercise.id}/teams/${found.team}`
					}
				)
			};
		})
	);
}

/** What one member of a team reads. */
export function recallMail(
	{ title, tlp, reason }: { title: string; tlp: Tlp; reason: string },
	to: { team: string; room: string }
): Pick<OutgoingMail, 'subject' | 'text' | 'tlp'> {
	const end = ['', t('recall.mail.whatToDo'), '', t('recall.mail.open', { link: to.room })];
	// the mail about it said no more than that there was something
	if (tlp === 'red')
		return {
			subject: t('recall.mail.redSubject'),
			text: [t('recall.mail.red', { team: oneLine(to.team) }), ...end].join('\n')
		};
	const name = oneLine(title);
	return {
		subject: t('recall.mail.subject', { title: name }).slice(0, mailLimits.subject),
		text: [
			t('recall.mail.recalled', { team: oneLine(to.team), title: name }),
			'',
			t('recall.mail.reason', { reason }),
			...end
		]
			.join('\n')
			.slice(0, mailLimits.text),
		tlp
	};
}
