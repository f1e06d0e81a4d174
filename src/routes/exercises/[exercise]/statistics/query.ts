import { countryCodes } from '#lib/standards/countries.ts';
import { teamLevels } from '#lib/exercise/exercise/schema.ts';
import { idPattern, type TeamId } from '#lib/exercise/ids.ts';
import { groupings } from '#lib/exercise/statistics/figures.ts';
import type { StatisticsQuery } from '#server/views/statistics.ts';

const oneOf = <T extends string>(list: readonly T[], value: string | null): T | null =>
	list.find((one) => one === value) ?? null;

/** Longer than any code of an objective. */
const longestCode = 200;

/** What is asked for, from the address; whatever is not understood is left out. */
export function readStatisticsQuery(query: URLSearchParams): StatisticsQuery {
	const team = query.get('team') ?? '';
	const objective = query.get('objective') ?? '';
	return {
		by: oneOf(groupings, query.get('by')) ?? 'team',
		filter: {
			team: idPattern.test(team) ? (team as TeamId) : null,
			country: oneOf(countryCodes, query.get('country')),
			level: oneOf(teamLevels, query.get('level')),
			objective: objective === '' || objective.length > longestCode ? null : objective
		}
	};
}

export function writeStatisticsQuery({ by, filter }: StatisticsQuery): string {
	const written = new URLSearchParams();
	for (const [name, value] of Object.entries(filter)) if (value !== null) written.set(name, value);
	if (by !== 'team') written.set('by', by);
	return `?${written.toString()}`;
}

export const isNarrowed = ({ filter }: StatisticsQuery) =>
	Object.values(filter).some((value) => value !== null);
