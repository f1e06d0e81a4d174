import type { CellId } from '../exercise/schema.ts';
import type { PlanState } from '../inject/approval.ts';
import { compareText } from '../inject/page.ts';
import { plannedTimes } from '../inject/schedule.ts';
import type { Inject } from '../inject/schema.ts';

/** One inject of the whole play, whichever cell wrote it. */
export interface PlanEntry {
	inject: Inject;
	cell: CellId;
	state: PlanState;
	/** exercise time, ms: when it was released, or is planned to be; null: a person or a condition decides */
	at: number | null;
}

export interface PlanSource {
	inject: Inject;
	cell: CellId;
	state: PlanState;
	releasedAt: number | null;
}

/**
 * The scripts of several cells as one play, in time order; what has no time comes last. Injects follow one another
 * across cells, and what was released counts from when it really was.
 */
export function planEntries(sources: readonly PlanSource[], startsAt: number): PlanEntry[] {
	const times = timesOf(sources, startsAt);
	const seen = new Set<string>();
	return sources
		.filter(({ inject }) => !seen.has(inject.id) && seen.add(inject.id))
		.map(({ inject, cell, state }) => ({ inject, cell, state, at: times.get(inject.id) ?? null }))
		.sort(compareEntries);
}

function timesOf(sources: readonly PlanSource[], startsAt: number): Map<string, number | null> {
	return plannedTimes(
		sources.map(({ inject, releasedAt }) =>
			releasedAt === null ? inject : { ...inject, schedule: { mode: 'at', at: releasedAt } }
		),
		startsAt
	);
}

/** By time, then by id: two readers, and one reader twice, see the same order. */
function compareEntries(a: PlanEntry, b: PlanEntry): number {
	if (a.at !== b.at) return a.at === null ? 1 : b.at === null ? -1 : a.at - b.at;
	return compareText(a.inject.id, b.inject.id);
}

/** As people call it: the reference, or else the title. */
export const nameOfInject = ({ reference, title }: Pick<Inject, 'reference' | 'title'>) => reference || title;
