import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Exercise } from '#lib/exercise/exercise/schema.ts';
import type { Fact } from '#lib/exercise/facts.ts';
import { deliveredTo } from '#lib/exercise/inject/delivered.ts';
import type { DeliveredInject } from '#lib/exercise/inject/schema.ts';
import { textOfRichText } from '#lib/exercise/rich-text.ts';
import { translator } from '#lib/text/index.ts';
import type { Transaction } from '../database/open.ts';
import { hasAccepted } from '../exercises/accepted.ts';
import { account, membership, team } from '../database/schema.ts';
import { oneLine } from './marking.ts';
import { isMailAddress, mailLimits, type MailQueue, type OutgoingMail } from './queue.ts';

const t = translator('en');

type Released = Extract<Fact, { kind: 'inject-released' }>;

/**
 * A released inject whose channel is e-mail, to the members of the teams that it reached, in the transaction of its
 * release. A mail holds what the team's timeline shows and nothing else; what is TLP:RED stays in Muster.
 */
export async function queueReleased(
	tx: Transaction,
	mail: MailQueue,
	exercise: Exercise,
	fact: Released
): Promise<void> {
	// players of a rehearsal are planners at their desks
	if (exercise.rehearsalOf) return;
	const deliveries = new Map(fact.deliveries.map((one) => [one.team as string, one]));
	const members = await tx
		.selectDistinct({ account: account.id, email: account.email, team: team.id, teamName: team.name })
		.from(membership)
		.innerJoin(account, eq(account.id, membership.accountId))
		.innerJoin(team, eq(team.id, membership.teamId))
		.where(
			and(
				eq(membership.exerciseId, exercise.id),
				eq(membership.role, 'player'),
				inArray(membership.teamId, [...deliveries.keys()]),
				isNull(account.disabledAt),
				// nothing of the exercise goes to a mailbox whose owner has not accepted its terms
				hasAccepted(exercise.id, account.id)
			)
		);
	await mail.queueMail(
		tx,
		members
			// a release waits for nobody's address
			.filter(({ email }) => isMailAddress(email))
			.map(({ account: to, email, team: of, teamName }) => {
				const delivery = deliveries.get(of)!;
				const files = (delivery.attachments ?? []).map(({ name }) => name);
				return {
					exercise: { id: exercise.id, kind: exercise.kind, name: exercise.name },
					kind: 'inject',
					once: `inject/${delivery.delivery}/${to}`,
					to: email,
					recipient: { account: to, plays: of },
					...injectMail(deliveredTo(fact, delivery), files, {
						team: teamName,
						room: `${mail.origin}/exercises/${exercise.id}/teams/${of}`
					})
				};
			})
	);
}

/** What one member of a team reads. */
export function injectMail(
	inject: DeliveredInject,
	files: readonly string[],
	to: { team: string; room: string }
): Pick<OutgoingMail, 'subject' | 'text' | 'tlp' | 'fromName'> {
	const link = t('mail.inject.open', { link: to.room });
	// "not for disclosure" ends at a mailbox: that there is something is all that leaves
	if (inject.tlp === 'red')
		return {
			subject: t('mail.inject.redSubject'),
			text: [t('mail.inject.red', { team: oneLine(to.team) }), '', link].join('\n')
		};
	const from = oneLine(inject.from);
	const lines = [
		from && t('mail.inject.from', { from }),
		t('mail.inject.to', { team: oneLine(to.team) }),
		'',
		oneLine(inject.title),
		'',
		textOfRichText(inject.body).replace(/\n/g, '\n\n')
	];
	if (files.length > 0) lines.push('', t('mail.inject.files', { names: files.join(', ') }));
	lines.push('', link);
	return {
		subject: oneLine(inject.title).slice(0, mailLimits.subject),
		text: lines.join('\n').slice(0, mailLimits.text),
		tlp: inject.tlp,
		...(from && { fromName: from.slice(0, mailLimits.name) })
	};
}
