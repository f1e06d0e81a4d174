import type { TimelineEntry } from '../timeline.ts';
import type { Discussion } from './schema.ts';

/**
 * What is discussed at a table, as the team's timeline says last. `before`: as it stood when the page was loaded, for what
 * was asked in a segment that the timeline has closed since.
 */
export function discussionOf(
	entries: readonly TimelineEntry[],
	before: Discussion | null = null
): Discussion | null {
	let last: TimelineEntry | null = null;
	for (const entry of entries)
		if (entry.body.kind === 'table' && (last === null || entry.order > last.order)) last = entry;
	if (last?.body.kind !== 'table') return before;
	const { question, endsAt } = last.body;
	return endsAt === null ? null : { question, endsAt };
}

/** `4:09`; never below nothing. Times by the server's clock, ms. */
export function leftWords(endsAt: number, now: number): { text: string; over: boolean } {
	const left = Math.max(Math.ceil((endsAt - now) / 1000), 0);
	return { text: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`, over: left === 0 };
}
