import type { CountryCode } from '#lib/standards/countries.ts';
import type { Audiences } from './audiences.ts';
import type { PlanEntry } from './entries.ts';

export interface PlanFilter {
	text: string;
	storyline: string;
	/** injects that reach a team of this country */
	country: CountryCode | '';
}
export const noPlanFilter: PlanFilter = { text: '', storyline: '', country: '' };
export const isPlanFiltered = (filter: PlanFilter) => Object.values(filter).some((value) => value !== '');

const fold = (name: string) => name.trim().toLowerCase();

export function filterEntries(
	entries: readonly PlanEntry[],
	filter: PlanFilter,
	audiences: Audiences
): readonly PlanEntry[] {
	if (!isPlanFiltered(filter)) return entries;
	const words = fold(filter.text).split(/\s+/).filter(Boolean);
	const groups = new Set(
		audiences.groups.flatMap(({ country }, n) => (country === filter.country ? [n] : []))
	);
	return entries.filter((entry) => {
		const { inject } = entry;
		if (filter.storyline !== '' && fold(inject.storyline) !== fold(filter.storyline)) return false;
		if (filter.country !== '') {
			const reach = audiences.reach(entry);
			const reaches =
				reach.groups.some((n) => groups.has(n)) || reach.teams.some((one) => one.country === filter.country);
			if (!reaches) return false;
		}
		if (words.length === 0) return true;
		const text = `${inject.reference}\n${inject.title}\n${inject.storyline}\n${inject.from}`.toLowerCase();
		return words.every((word) => text.includes(word));
	});
}
