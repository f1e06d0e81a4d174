import { and, eq, gt, inArray, ne, sql } from 'drizzle-orm';
import { AppError } from '#lib/errors.ts';
import type { Exercise, ExerciseKind, Membership } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { countryName } from '#lib/standards/countries.ts';
import { translator } from '#lib/text/index.ts';
import type { Database, Transaction } from '../database/open.ts';
import { mail, membership, team } from '../database/schema.ts';
import { toMembership } from '../exercises/rows.ts';
import { oneLine } from '../mail/marking.ts';
import { mailLimits, type OutgoingMail } from '../mail/queue.ts';
import { mintId } from '../mint.ts';
import { invitationLimits } from './invitations.ts';

/** The roles of people in an exercise, in words: `Team lead, GR CSIRT`. */
export async function rolesOf(
	{ db }: Database,
	{ id: exercise, kind }: Pick<Exercise, 'id' | 'kind'>,
	people: readonly AccountId[]
): Promise<Map<AccountId, string[]>> {
	const rows = await db
		.select({ row: membership, team: team.name })
		.from(membership)
		.leftJoin(team, eq(team.id, membership.teamId))
		.where(and(eq(membership.exerciseId, exercise), inArray(membership.accountId, [...people])));
	const roles = new Map<AccountId, string[]>();
	for (const { row, team: name } of rows) {
		const of = row.accountId as AccountId;
		roles.set(of, [...(roles.get(of) ?? []), words(toMembership(row), name, kind)]);
	}
	return roles;
}

export function words(
	{ role, lead, country, cell }: Membership,
	teamName: string | null,
	kind: ExerciseKind
): string {
	const t = translator('en', kind);
	const word = t(`exercise.role.${role === 'player' && lead ? 'lead' : role}`);
	const place =
		teamName ??
		(country ? countryName(country) : null) ??
		(cell === 'central' ? t('exercise.centralCell') : cell ? countryName(cell) : null);
	return oneLine([word, place].filter(Boolean).join(', '));
}

/** Nobody is sent a second link within this time, seconds: longer than a press that was made twice, shorter than a wait. */
const linkEverySeconds = 60;

/** Who was sent a link of an exercise just now. A mail that was given up counts for nothing: its address may be corrected. */
export async function mailedJustNow(
	tx: Pick<Transaction, 'select'>,
	exercise: ExerciseId
): Promise<ReadonlySet<AccountId>> {
	const rows = await tx
		.select({ once: mail.once })
		.from(mail)
		.where(
			and(
				eq(mail.exerciseId, exercise),
				eq(mail.kind, 'personal-link'),
				ne(mail.state, 'failed'),
				// not now(): who waited for the other press began before it was done
				gt(mail.createdAt, sql`clock_timestamp() - make_interval(secs => ${linkEverySeconds}::int)`)
			)
		);
	return new Set(rows.map(({ once }) => once.slice(once.lastIndexOf('/') + 1) as AccountId));
}

export const sentJustNow = (one: boolean) =>
	new AppError(
		'not-now',
		one
			? 'This person was sent a link within the last minute. Wait a minute before you send another one.'
			: 'Everybody here was sent a link within the last minute. Wait a minute before you send others.'
	);

/**
 * The mail that lets somebody in. Each act has links of its own, so each has mails of its own; the account ends the name
 * of the occasion (`mailedJustNow`).
 */
export function linkMail(
	{ id, kind, name, tlp }: Exercise,
	to: { id: AccountId; name: string; email: string },
	roles: readonly string[],
	link: string
): OutgoingMail {
	const exercise = oneLine(name);
	const t = translator('en', kind);
	return {
		exercise: { id, kind, name },
		kind: 'personal-link',
		once: `personal-link/${mintId<string>()}/${to.id}`,
		to: to.email,
		subject: t('mail.links.subject', { exercise }).slice(0, mailLimits.subject),
		text: [
			t('mail.links.hello', { name: oneLine(to.name) }),
			'',
			t('mail.links.what', { exercise }),
			...roles.map((role) => `- ${role}`),
			'',
			t('mail.links.open', { link }),
			'',
			t('mail.links.valid', { days: invitationLimits.personalDays })
		].join('\n'),
		tlp
	};
}
