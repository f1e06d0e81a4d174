import { isInjectOver } from '#lib/exercise/inject/release.ts';
import { rowTime, type BoardRow } from './board.ts';

/** Exercise control looks an hour of exercise time ahead. */
export const dueWindow = 60 * 60_000;
export const forecastStep = 5 * 60_000;

export interface DueLists {
	/** held by a person, or late after an outage: nothing happens to them without a decision */
	waiting: BoardRow[];
	/** due within the hour, and what is overdue while the clock stands still */
	due: BoardRow[];
	/** by hand, on a condition, after an inject that is not released; and what was skipped */
	reserve: BoardRow[];
	/** scheduled later than the hour */
	later: number;
}

/** `now` is exercise time, before STARTEX the planned start. Rows come in the board's order. */
export function dueLists(rows: readonly BoardRow[], now: number): DueLists {
	const lists: DueLists = { waiting: [], due: [], reserve: [], later: 0 };
	for (const row of rows) {
		const { state, dueAt } = row.inject;
		if (isInjectOver(state)) continue;
		if (state === 'held') lists.waiting.push(row);
		else if (state === 'skipped' || dueAt === null) lists.reserve.push(row);
		else if (dueAt <= now + dueWindow) lists.due.push(row);
		else lists.later++;
	}
	return lists;
}

/** Deliveries that the schedule will make, in steps of five minutes of exercise time from now on. */
export function forecast(due: readonly BoardRow[], now: number): { from: number; deliveries: number }[] {
	const steps = Array.from({ length: dueWindow / forecastStep }, (_, index) => ({
		from: now + index * forecastStep,
		deliveries: 0
	}));
	for (const row of due) {
		const index = Math.max(Math.floor(((rowTime(row) ?? now) - now) / forecastStep), 0);
		// what is due exactly at the end of the hour belongs to its last step
		const step = steps[Math.min(index, steps.length - 1)];
		if (step) step.deliveries += row.recipients;
	}
	return steps;
}
