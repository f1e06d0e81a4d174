import type { ExerciseKind } from '#lib/exercise/exercise/schema.ts';
import type { ExerciseId } from '#lib/exercise/ids.ts';
import { AppError } from '#lib/errors.ts';
import { isMailAddress } from '#lib/mail-address.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { Transaction } from '../database/open.ts';
import { mail } from '../database/schema.ts';
import { mintId } from '../mint.ts';
import type { MailRecipient } from './recipient.ts';
import { hasControls, markedSubject, markedText } from './marking.ts';

/** For what occasion: shown in the list of an exercise's mail. */
export const mailKinds = [
	'inject',
	'recall',
	'invitation',
	'personal-link',
	'communication-check',
	'digest',
	'improvement',
	'erasure'
] as const;
export type MailKind = (typeof mailKinds)[number];

export interface OutgoingMail {
	/** null: of the installation, without marking */
	exercise: { id: ExerciseId; kind: ExerciseKind; name: string } | null;
	kind: MailKind;
	/**
	 * Names the occasion: `communication-check/<check>/<account>`. What is queued under it a second time is dropped, so an
	 * act that is repeated sends nothing twice.
	 */
	once: string;
	/** one plain address */
	to: string;
	/** without marking and label: they are put in front of it */
	subject: string;
	/** plain text without marking and label: they are put around it */
	text: string;
	tlp?: Tlp;
	/** shown as who sends it; the address is the installation's own (MAIL_FROM) */
	fromName?: string;
	/** what must still be so when it leaves: else it is dropped unsent (R17) */
	recipient?: MailRecipient;
}

export const mailLimits = { subject: 300, name: 200, text: 200_000 } as const;

export const mailNotSetUp = () =>
	new AppError('not-now', 'Mail is not set up on this installation. Copy the links and send them yourself.');

export { isMailAddress };

export type MailQueue = ReturnType<typeof createMailQueue>;

/**
 * Mail leaves in two steps. An act queues it in its own transaction: when that is rolled back, nothing was queued. A loop
 * on any node sends what is queued (sender.ts).
 */
export function createMailQueue({ isSetUp, origin }: { isSetUp: boolean; origin: string }) {
	return {
		/** Without SMTP nothing can leave: pages say so and offer links to copy. Ask before `queueMail`. */
		isSetUp,
		/** for links in the text */
		origin,

		/**
		 * Queues mails in the caller's transaction; returns how many of them are new. Refuses line breaks in names, subjects
		 * and addresses, and all of it where mail is not set up.
		 */
		async queueMail(tx: Pick<Transaction, 'insert'>, mails: readonly OutgoingMail[]): Promise<number> {
			if (!isSetUp) throw mailNotSetUp();
			const rows = mails.map((one) => {
				refuseUnsafe(one);
				return {
					id: mintId<string>(),
					exerciseId: one.exercise?.id ?? null,
					kind: one.kind,
					once: one.once,
					toAddress: one.to,
					recipient: one.recipient ?? null,
					fromName: one.fromName ?? null,
					subject: markedSubject(one),
					body: markedText(one)
				};
			});
			let queued = 0;
			for (let from = 0; from < rows.length; from += 500) {
				const added = await tx
					.insert(mail)
					.values(rows.slice(from, from + 500))
					.onConflictDoNothing({ target: mail.once })
					.returning({ id: mail.id })
					.catch((error: unknown) => {
						throw withoutTexts(error);
					});
				queued += added.length;
			}
			return queued;
		}
	};
}

/** A failed statement names its parameters: addresses, texts, and links that open accounts. A log holds its code alone. */
function withoutTexts(error: unknown): Error {
	const { code, constraint } = ((error as { cause?: unknown }).cause ?? {}) as Record<string, unknown>;
	// the code goes on, for whoever tries again after a deadlock
	const cause = Object.assign(new Error(`PostgreSQL ${String(code)}, ${String(constraint)}`), { code });
	return new Error('mails could not be queued', { cause });
}

function refuseUnsafe({ to, subject, fromName = '', text }: OutgoingMail): void {
	if (!isMailAddress(to))
		throw new AppError('invalid', 'This is no e-mail address that mail can be sent to. Correct it first.');
	if (hasControls(subject) || hasControls(fromName))
		throw new AppError('invalid', 'Names and subjects of mails are one line. Remove the line break.');
	if (subject.length > mailLimits.subject || fromName.length > mailLimits.name)
		throw new AppError('invalid', 'This name or subject is too long for a mail. Shorten it.');
	if (text.length > mailLimits.text)
		throw new AppError('too-large', 'This text is too long for a mail. Shorten it.');
}
