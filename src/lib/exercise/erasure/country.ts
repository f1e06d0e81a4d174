import type { CountryCode } from '#lib/standards/countries.ts';
import type { TeamId } from '../ids.ts';
import type { CellId, Role, Team } from '../exercise/schema.ts';

/*
 * Whose names go when one country leaves, or asks for it under data protection. Whoever has a part in the exercise that is
 * not that country's stays, and is named to the director, who decides what to do about that part first.
 */

/** What somebody is, or was, in an exercise. */
export interface Part {
	role: Role;
	team: TeamId | null;
	country: CountryCode | null;
	cell: CellId | null;
}

export interface InExercise {
	id: string;
	/** now */
	parts: readonly Part[];
	/** the teams for which they did something; asked of those who are in the exercise no more */
	actedFor: readonly TeamId[];
}

export type Belonging =
	/** of that country alone: the name goes */
	| 'goes'
	/** of that country, and something else too */
	| 'stays'
	/** nothing to do with it */
	| 'other';

export function belongingTo(
	country: CountryCode,
	{ parts, actedFor }: Pick<InExercise, 'parts' | 'actedFor'>,
	teams: ReadonlyMap<TeamId, Pick<Team, 'country'>>
): Belonging {
	const countries = parts.map(({ team, country: own, cell }) =>
		team !== null
			? (teams.get(team)?.country ?? null)
			: (own ?? (cell !== null && cell !== 'central' ? cell : null))
	);
	// who has left is whose they were
	const all = parts.length > 0 ? countries : actedFor.map((team) => teams.get(team)?.country ?? null);
	if (!all.includes(country)) return 'other';
	return all.every((one) => one === country) ? 'goes' : 'stays';
}
