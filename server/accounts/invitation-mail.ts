import { createHash } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import { readMailAddresses } from '#lib/mail-address.ts';
import type { AccountId } from '#lib/exercise/ids.ts';
import type { Exercise, ExerciseKind, Role } from '#lib/exercise/exercise/schema.ts';
import { formatDateTime, translator } from '#lib/text/index.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Database, Transaction } from '../database/open.ts';
import { invitation, mail as mailTable, team } from '../database/schema.ts';
import { toMembership } from '../exercises/rows.ts';
import { oneLine } from '../mail/marking.ts';
import { mailLimits, mailNotSetUp, type MailQueue, type OutgoingMail } from '../mail/queue.ts';
import { linkIsDead, readOpen, type InvitationRow } from './joining.ts';
import { words as roleWords } from './link-mail.ts';

/** What became of a list of addresses: new mails, and addresses that this link was sent to before. */
export interface InvitationsSent {
	sent: number;
	before: number;
}

/**
 * Sends a link for several people to addresses, at most as many as it has places. Who has the link may do so while the
 * page shows it: only its hash is kept here. The same address is written to once, however often somebody presses.
 */
export async function mailInvitation(
	{ database: { db }, mail, origin }: { database: Database; mail: MailQueue | undefined; origin: string },
	exercise: Exercise,
	given: { link: string; addresses: string },
	by: AccountId,
	requireGrant: (role: Role) => void
): Promise<InvitationsSent> {
	if (!mail?.isSetUp) throw mailNotSetUp();
	const { addresses, wrong } = readMailAddresses(given.addresses);
	if (wrong.length > 0) throw refuseAddresses(sentenceOf(wrong));
	if (addresses.length === 0) throw refuseAddresses('Write at least one e-mail address.');
	const token = given.link.slice(given.link.lastIndexOf('/') + 1);
	return db.transaction(async (tx) => {
		const row = await lockOpen(tx, token, exercise);
		requireGrant(row.role as Role);
		const known = await alreadyWritten(tx, row);
		const fresh = addresses.filter((one) => !known.all.has(onceFor(row, one)));
		const places = Math.min(row.quota - row.used, row.quota - known.onTheWay);
		if (fresh.length > places)
			throw refuseAddresses(
				`This link has ${places === 1 ? 'one place' : `${Math.max(places, 0)} places`} left, and these are ${fresh.length} addresses. Leave some out, or make a link for more people.`
			);
		const role = await roleOf(tx, row, exercise.kind);
		const link = `${origin}/join/${token}`;
		const sent = await mail.queueMail(
			tx,
			fresh.map((to) => letter(exercise, row, { to, role, link, once: onceFor(row, to) }))
		);
		if (sent > 0)
			await writeAudit(tx, {
				scope: exercise.id,
				actorId: by,
				act: 'invitation.mailed',
				detail: { invitation: row.id, mails: sent }
			});
		return { sent, before: addresses.length - sent };
	});
}

/** A link of this exercise that still opens, and is nobody's personal one; its row waits for other senders. */
async function lockOpen(tx: Transaction, token: string, exercise: Exercise): Promise<InvitationRow> {
	const seen = await readOpen(tx, token);
	if (!seen || seen.exerciseId !== exercise.id || seen.accountId !== null || !seen.role) throw linkIsDead();
	const [row] = await tx
		.select()
		.from(invitation)
		.where(and(eq(invitation.id, seen.id), isNull(invitation.revokedAt)))
		.for('update');
	if (!row) throw linkIsDead();
	return row;
}

const onceBegins = ({ id }: InvitationRow) => `invitation/${id}/`;
const onceFor = (row: InvitationRow, to: string) =>
	onceBegins(row) + createHash('sha256').update(to.toLowerCase()).digest('base64url').slice(0, 22);

/** The mails with this link, and how many of them may still bring somebody: an address that does not exist takes no place. */
async function alreadyWritten(tx: Transaction, row: InvitationRow) {
	const rows = await tx
		.select({ once: mailTable.once, state: mailTable.state })
		.from(mailTable)
		.where(
			and(
				eq(mailTable.exerciseId, row.exerciseId!),
				eq(mailTable.kind, 'invitation'),
				sql`starts_with(${mailTable.once}, ${onceBegins(row)})`
			)
		);
	return {
		all: new Set(rows.map(({ once }) => once)),
		onTheWay: rows.filter(({ state }) => state !== 'failed').length
	};
}

async function roleOf(tx: Transaction, row: InvitationRow, kind: ExerciseKind): Promise<string> {
	const [of] = row.teamId ? await tx.select().from(team).where(eq(team.id, row.teamId)) : [];
	return roleWords(toMembership({ ...row, role: row.role! }), of?.name ?? null, kind);
}

function letter(
	{ id, kind, name, tlp, timeZone }: Exercise,
	row: InvitationRow,
	{ to, role, link, once }: { to: string; role: string; link: string; once: string }
): OutgoingMail {
	const exercise = oneLine(name);
	const t = translator('en', kind);
	return {
		exercise: { id, kind, name },
		kind: 'invitation',
		once,
		to,
		subject: t('invitationMail.subject', { exercise }).slice(0, mailLimits.subject),
		text: [
			t('invitationMail.what', { exercise }),
			`- ${role}`,
			'',
			t('invitationMail.open', { link }),
			'',
			t('invitationMail.valid', { time: formatDateTime(row.expiresAt.getTime(), timeZone) })
		].join('\n'),
		tlp
	};
}

const refuseAddresses = (sentence: string) =>
	new AppError('invalid', sentence, { details: { fields: { addresses: sentence } } });

function sentenceOf(wrong: readonly string[]): string {
	const named = wrong
		.slice(0, 3)
		.map((one) => `“${oneLine(one).slice(0, 60)}”`)
		.join(', ');
	const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : '';
	return `${named}${more}: no e-mail address that mail can be sent to. Correct it; nothing was sent.`;
}
