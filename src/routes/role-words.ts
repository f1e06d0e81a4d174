import { countryName } from '#lib/standards/countries.ts';
import type { ExerciseKind, Membership } from '#lib/exercise/exercise/schema.ts';
import { t as words, translator } from '#lib/text/index.ts';

/** `Team lead, GR CSIRT`; `Moderator, Greece`; `Planner, central cell`. The team's name is the caller's to know. */
export function roleWords(membership: Membership, team?: string | null, kind?: ExerciseKind): string {
	// outside of a space its kind is said; inside, its words are in force
	const t = kind === undefined ? words : translator('en', kind);
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
		word === 'simcell' ||
		word === 'observer'
		? t(`exercise.role.${word}`)
		: t(`exercise.roleScoped.${word}`, { scope });
}
