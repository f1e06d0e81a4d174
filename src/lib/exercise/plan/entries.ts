import type { CountryCode } from '#lib/standards/countries.ts';
import type { CellId } from '../exercise/schema.ts';
import type { InjectId } from '../ids.ts';
import type { PlanState } from '../inject/approval.ts';
import { compareText } from '../inject/page.ts';
import { plannedTimes } from '../inject/schedule.ts';
import type { Inject } from '../inject/schema.ts';
import { followedIn, variantsByCell } from '../inject/variant.ts';

/** One inject of the whole play, whichever cell wrote it. */
export interface PlanEntry {
	inject: Inject;
	cell: CellId;
	state: PlanState;
	/** exercise time, ms: when it was released, or is planned to be; null: a person or a condition decides */
	at: number | null;
	/** the inject after which it is planned: in a national cell its own variant of the one that is named */
	follows?: InjectId;
	/** of a central inject: the countries whose teams get a variant instead */
	without?: readonly CountryCode[];
}

export interface PlanSource {
	inject: Inject;
	cell: CellId;
	state: PlanState;
	/** it was approved once, whatever was written since */
	isApproved: boolean;
	releasedAt: number | null;
	/** of a central inject: the countries that have an approved variant, also those whose script the reader does not see */
	variants?: readonly CountryCode[];
}

/**
 * The scripts of several cells as one play, in time order; what has no time comes last. Injects follow one another
 * across cells, and what was released counts from when it really was.
 */
export function planEntries(sources: readonly PlanSource[], startsAt: number): PlanEntry[] {
	const cells = new Map(sources.map(({ inject, cell }) => [inject.id as string, cell]));
	const byId = new Map(sources.map((source) => [source.inject.id as string, source]));
	const injects = sources.map(({ inject }) => inject);
	const cellOf = (id: string) => cells.get(id) ?? 'central';
	/** who has the central text gets no variant any more: one that is not approved by its release is out of play */
	const isOut = (central: string, variant: string) =>
		['released', 'recalled'].includes(byId.get(central)?.state ?? '') &&
		byId.get(variant)?.isApproved === false;
	const followed = followedIn(injects, cellOf, isOut);
	const times = timesOf(sources, startsAt, followed);
	const variants = variantsByCell(injects, cellOf);
	const withoutOf = ({ inject, cell, variants: known = [] }: PlanSource) => {
		const own = cell === 'central' ? (variants.get(inject.id) ?? []) : [];
		const seen = [...own].flatMap(([country, list]) =>
			list.some((one) => !isOut(inject.id, one.id)) ? [country] : []
		);
		return seen.length === 0 ? known : [...new Set([...known, ...seen])].sort();
	};
	const seen = new Set<string>();
	return sources
		.filter(({ inject }) => !seen.has(inject.id) && seen.add(inject.id))
		.map((source): PlanEntry => {
			const { inject, cell, state } = source;
			const { schedule } = inject;
			const without = withoutOf(source);
			return {
				inject,
				cell,
				state,
				at: times.get(inject.id) ?? null,
				...(schedule.mode === 'after' && { follows: followed(inject, schedule.inject) }),
				...(without.length > 0 && { without })
			};
		})
		.sort(compareEntries);
}

function timesOf(
	sources: readonly PlanSource[],
	startsAt: number,
	followed: ReturnType<typeof followedIn>
): Map<string, number | null> {
	return plannedTimes(
		sources.map(({ inject, releasedAt }) =>
			releasedAt === null ? inject : { ...inject, schedule: { mode: 'at', at: releasedAt } }
		),
		startsAt,
		undefined,
		followed
	);
}

/** By time, then by id: two readers, and one reader twice, see the same order. */
function compareEntries(a: PlanEntry, b: PlanEntry): number {
	if (a.at !== b.at) return a.at === null ? 1 : b.at === null ? -1 : a.at - b.at;
	return compareText(a.inject.id, b.inject.id);
}

/** As people call it: the reference, or else the title. */
export const nameOfInject = ({ reference, title }: Pick<Inject, 'reference' | 'title'>) => reference || title;
