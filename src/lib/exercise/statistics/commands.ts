import { z } from 'zod';
import { countryCodes, type CountryCode } from '#lib/standards/countries.ts';
import { command, notFound, refuse, type Decision } from '../decision.ts';
import { moderatesCountry } from '../exercise/access.ts';
import type { Exercise } from '../exercise/schema.ts';

/** Whether a country's figures are open to other countries' moderators, in this exercise. None is how it begins. */
export interface SharingFact {
	kind: 'figures-shared';
	country: CountryCode;
	shared: boolean;
}

export interface SharingState {
	exercise: Exercise;
	/** the countries that share now */
	sharing: ReadonlySet<CountryCode>;
}

/** The choice is the country's own: exercise control cannot make it for a country. */
export const shareFigures = command({
	name: 'statistics.share',
	input: z.object({ country: z.enum(countryCodes), shared: z.boolean() }),
	decide({ exercise, sharing }: SharingState, { country, shared }, actor): Decision {
		if (!moderatesCountry(actor, country)) return notFound();
		if (exercise.state === 'closed' || exercise.state === 'cancelled')
			return refuse('not-now', 'The exercise is closed: what is shared stays as it is.');
		if (sharing.has(country) === shared)
			return refuse('stale', shared ? 'The figures are shared already.' : 'The figures are not shared.');
		return { facts: [{ kind: 'figures-shared', country, shared }] };
	}
});

export const statisticsCommands = { 'statistics.share': shareFigures };

/** Who shares, after these facts in their order. */
export function sharingAfter(facts: Iterable<SharingFact>): Set<CountryCode> {
	const sharing = new Set<CountryCode>();
	for (const { country, shared } of facts) {
		if (shared) sharing.add(country);
		else sharing.delete(country);
	}
	return sharing;
}
