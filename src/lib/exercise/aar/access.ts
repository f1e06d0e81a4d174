import type { CountryCode } from '#lib/standards/countries.ts';
import { hasRole, isControl, moderatesCountry, plansIn } from '../exercise/access.ts';
import type { Actor } from '../exercise/schema.ts';
import { knowsOfEvidence, leadsReview } from '../finding/access.ts';
import type { ReportExtent } from './schema.ts';

/** Writes a country's contribution and hands it over: its moderators and its planners. Nobody else reads it. */
export const contributesFor = (actor: Actor, country: CountryCode): boolean =>
	moderatesCountry(actor, country) || plansIn(actor, country);

/** Reads what was handed over, and takes it over into the report: who leads the review. */
export const readsHandedOver = (actor: Actor): boolean => leadsReview(actor);

/** Says for the country whether it agrees to its part: its moderators. */
export const signsFor = (actor: Actor, country: CountryCode): boolean => moderatesCountry(actor, country);

/** Reads the page on which the report is written. Nobody who only plays: it tells of what evaluators found. */
export const readsReportPage = (actor: Actor): boolean =>
	leadsReview(actor) || isControl(actor) || hasRole(actor, 'evaluator');

export interface VersionFor {
	extent: ReportExtent;
	/** of a national version */
	country: CountryCode | null;
	isPublished: boolean;
	/** to which it was put */
	countries: readonly CountryCode[];
}

/**
 * Reads a frozen version: the full one who knows that findings rest on observations; a national one its country's
 * moderators too; a public one everybody once it is published, and before that the countries that were asked about it.
 */
export function readsVersion(actor: Actor, { extent, country, isPublished, countries }: VersionFor): boolean {
	if (knowsOfEvidence(actor)) return true;
	switch (extent) {
		case 'full':
			return false;
		case 'national':
			return country !== null && moderatesCountry(actor, country);
		case 'public':
			return isPublished
				? actor.memberships.length > 0
				: countries.some((one) => moderatesCountry(actor, one));
	}
}
