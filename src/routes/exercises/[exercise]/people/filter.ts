import { countryName, type CountryCode } from '#lib/standards/countries.ts';
import type { Role } from '#lib/exercise/exercise/schema.ts';
import type { PersonView, TeamView } from '#server/views/people.ts';

export interface PeopleFilter {
	search: string;
	role: Role | '';
	team: string;
	country: CountryCode | '';
	waiting: boolean;
}
export const noFilter: PeopleFilter = { search: '', role: '', team: '', country: '', waiting: false };

export const isFiltered = (filter: PeopleFilter) =>
	Boolean(filter.search.trim() || filter.role || filter.team || filter.country || filter.waiting);

type Teams = ReadonlyMap<string, Pick<TeamView, 'name' | 'country'>>;

/** The country of a role's team, the country it is for, or the organisation's. */
export function countriesOf(person: PersonView, teams: Teams): Set<CountryCode> {
	const found = new Set<CountryCode>();
	for (const role of person.roles) {
		const country =
			(role.teamId && teams.get(role.teamId)?.country) ??
			role.country ??
			(role.cell === 'central' ? null : role.cell);
		if (country) found.add(country);
	}
	if (found.size === 0 && person.organisation) found.add(person.organisation.country);
	return found;
}

/** The people that fit; every word of the search must be somewhere in name, address, organisation or teams. */
export function filterPeople(
	people: readonly PersonView[],
	teams: Teams,
	filter: PeopleFilter
): PersonView[] {
	const words = fold(filter.search).split(/\s+/).filter(Boolean);
	return people.filter((person) => {
		if (filter.waiting && person.waiting === null) return false;
		if (filter.role && !person.roles.some((role) => role.role === filter.role)) return false;
		if (filter.team && !person.roles.some((role) => role.teamId === filter.team)) return false;
		if (filter.country && !countriesOf(person, teams).has(filter.country)) return false;
		if (words.length === 0) return true;
		const text = fold(
			[
				person.name,
				person.email,
				person.organisation?.name ?? '',
				...person.roles.map((role) => (role.teamId ? (teams.get(role.teamId)?.name ?? '') : '')),
				...[...countriesOf(person, teams)].map((country) => countryName(country))
			].join(' ')
		);
		return words.every((word) => text.includes(word));
	});
}

/** `Müller` is found as `muller`. */
const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export const teamMap = (teams: readonly TeamView[]): Map<string, TeamView> =>
	new Map(teams.map((team) => [team.id, team]));
