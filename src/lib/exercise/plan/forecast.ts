import type { Team } from '../exercise/schema.ts';
import type { Audiences } from './audiences.ts';
import type { PlanEntry } from './entries.ts';

/** One line of who reads what when. */
export interface ForecastLine {
	entry: PlanEntry;
	at: number;
	/** how many teams read it */
	teams: number;
	/** exercise time by which each must have acknowledged or answered; null: not asked for, or no limit */
	acknowledgeBy: number | null;
	respondBy: number | null;
}

/**
 * What is planned, in time order: for everybody, or as one team will see it. What has no planned time is not in it:
 * nobody can say when, or whether, it comes.
 */
export function forecast(entries: readonly PlanEntry[], audiences: Audiences, team?: Team): ForecastLine[] {
	const lines: ForecastLine[] = [];
	for (const entry of entries) {
		const { inject, at } = entry;
		if (at === null || entry.state === 'skipped' || entry.state === 'recalled') continue;
		if (team && !audiences.reaches(entry, team)) continue;
		const due = (isAsked: boolean, within: number | null) =>
			isAsked && within !== null ? at + within * 1000 : null;
		lines.push({
			entry,
			at,
			teams: audiences.reach(entry).count,
			acknowledgeBy: due(inject.acknowledgementRequired, inject.acknowledgeWithin),
			respondBy: due(inject.responseRequired, inject.respondWithin)
		});
	}
	return lines;
}
