import type { CountryCode } from '#lib/standards/countries.ts';
import type { TeamId } from '../ids.ts';
import { hasRole, isControl } from '../exercise/access.ts';
import type { Actor, Team } from '../exercise/schema.ts';
import type { Party, Reader } from './sharing.ts';

/** A team as sharing sees it. */
export const partyOf = ({ id, country, organisationId }: Team): Party => ({
	team: id,
	country,
	organisation: organisationId ?? null
});

/** A person as sharing sees them, with the countries that they count for. */
export function readerOf(
	actor: Actor,
	teams: ReadonlyMap<TeamId, Team>
): Reader & { countries: CountryCode[] } {
	const parties = actor.memberships.flatMap(({ role, teamId }) => {
		const team = role === 'player' && teamId ? teams.get(teamId) : undefined;
		return team ? [partyOf(team)] : [];
	});
	const countries = [
		...parties.map((one) => one.country),
		...actor.memberships.flatMap((one) => (one.role === 'moderator' && one.country ? [one.country] : []))
	];
	return {
		account: actor.accountId,
		parties,
		takesPart: actor.memberships.length > 0,
		countries: [...new Set(countries)],
		...(isControl(actor) && { isControl: true }),
		...(isStaff(actor) && { isStaff: true })
	};
}

/** Works for exercise control: belongs to its organisation, where labels ask for one. */
export const isStaff = (actor: Actor): boolean =>
	hasRole(actor, 'director', 'controller', 'moderator', 'planner', 'facilitator', 'evaluator');
