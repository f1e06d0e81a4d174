import type { CountryCode } from '#lib/standards/countries.ts';
import type { Tlp } from '#lib/standards/tlp.ts';
import type { ExerciseId, OrganisationId, TeamId } from '#lib/exercise/ids.ts';
import {
	defaultSettings,
	type CellId,
	type Exercise,
	type ExerciseState,
	type Membership,
	type Role,
	type Team,
	type TeamLevel
} from '#lib/exercise/exercise/schema.ts';
import type { exercise, membership, team } from '../database/schema.ts';

/* From rows to what the domain speaks of. What the columns hold was checked before it was written. */

export function toExercise(row: typeof exercise.$inferSelect): Exercise {
	return {
		id: row.id as ExerciseId,
		kind: row.kind,
		name: row.name,
		tlp: row.tlp as Tlp,
		state: row.state as ExerciseState,
		timeZone: row.timeZone,
		startsAt: row.startsAt,
		endsAt: row.endsAt,
		clock: row.clock,
		settings: { ...defaultSettings, ...row.settings },
		...(row.termsVersion !== null && { hasTerms: true as const }),
		...(row.eraseOn && {
			erasure: {
				day: row.eraseOn,
				reason: row.eraseReason ?? '',
				...(row.erasedAt && { done: true as const })
			}
		}),
		catchUp: { pacedAt: row.pacedAt?.getTime() ?? null, held: row.catchUpHeld },
		...(row.rehearsalOf && { rehearsalOf: row.rehearsalOf as ExerciseId })
	};
}

export function toTeam(row: typeof team.$inferSelect): Team {
	return {
		id: row.id as TeamId,
		name: row.name,
		country: row.country as CountryCode,
		level: row.level as TeamLevel,
		...(row.organisationId && { organisationId: row.organisationId as OrganisationId }),
		...(row.language && { language: row.language })
	};
}

type Scope = Pick<typeof membership.$inferSelect, 'role' | 'teamId' | 'country' | 'cell' | 'lead'>;

export function toMembership(row: Scope): Membership {
	return {
		role: row.role as Role,
		...(row.teamId && { teamId: row.teamId as TeamId }),
		...(row.country && { country: row.country as CountryCode }),
		...(row.cell && { cell: row.cell as CellId }),
		...(row.lead && { lead: true })
	};
}

/** A membership with the scope of its role and nothing else, so that the same role is never held twice. */
export function fromMembership(wanted: Membership): Scope {
	const { role } = wanted;
	const byTeam = role === 'player' || role === 'evaluator' || role === 'facilitator';
	return {
		role,
		teamId: (byTeam && wanted.teamId) || null,
		country: (role === 'moderator' && wanted.country) || null,
		cell: (role === 'planner' && wanted.cell) || null,
		lead: role === 'player' && wanted.lead === true
	};
}
