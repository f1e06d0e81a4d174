import { and, eq, inArray } from 'drizzle-orm';
import type { Exercise, Membership } from '#lib/exercise/exercise/schema.ts';
import type { AccountId, ExerciseId } from '#lib/exercise/ids.ts';
import { countryName } from '#lib/standards/countries.ts';
import { translator } from '#lib/text/index.ts';
import type { Database } from '../database/open.ts';
import { membership, team } from '../database/schema.ts';
import { toMembership } from '../exercises/rows.ts';
import { oneLine } from '../mail/marking.ts';
import { mailLimits, type OutgoingMail } from '../mail/queue.ts';
import { mintId } from '../mint.ts';
import { invitationLimits } from './invitations.ts';

const t = translator('en');

/** The roles of people in an exercise, in words: `Team lead, GR CSIRT`. */
export async function rolesOf(
	{ db }: Database,
	exercise: ExerciseId,
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
		roles.set(of, [...(roles.get(of) ?? []), words(toMembership(row), name)]);
	}
	return roles;
}

export function words({ role, lead, country, cell }: Membership, teamName: string | null): string {
	const word = t(`exercise.role.${role === 'player' && lead ? 'lead' : role}`);
	const place =
		teamName ??
		(country ? countryName(country) : null) ??
		(cell === 'central' ? t('exercise.centralCell') : cell ? countryName(cell) : null);
	return oneLine([word, place].filter(Boolean).join(', '));
}

/** The mail that lets somebody in. Each act has links of its own, so each has mails of its own. */
export function linkMail(
	{ id, name, tlp }: Exercise,
	to: { id: AccountId; name: string; email: string },
	roles: readonly string[],
	link: string
): OutgoingMail {
	const exercise = oneLine(name);
	return {
		exercise: { id, name },
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
