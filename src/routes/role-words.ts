import { countryName } from '#lib/standards/countries.ts';
import type { Membership } from '#lib/exercise/exercise/schema.ts';
import { t } from '#lib/text/index.ts';

/** `Team lead, GR CSIRT`; `Moderator, Greece`; `Planner, central cell`. The team's name is the caller's to know. */
export function roleWords(membership: Membership, team?: string | null): string {
	const { role, country, cell, lead } = membership;
	const word = role === 'player' && lead ? 'lead' : role;
	const scope =
		team ??
		(role === 'moderator' && country ? countryName(country) : null) ??
		(role === 'planner' && cell
			? cell === 'central'
				? t('exercise.centralCell')
				: countryName(cell)
			: null);
	return scope === null ||
		word === 'director' ||
		word === 'controller' ||
		word === 'media_player' ||
		word === 'observer'
		? t(`exercise.role.${word}`)
		: t(`exercise.roleScoped.${word}`, { scope });
}
