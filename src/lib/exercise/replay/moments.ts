import type { TimelineEntry } from '../timeline.ts';

/**
 * The moments of a replay, read from timelines that the reader may open, and from nothing else: what somebody may not read
 * leaves no mark and no step on the reader's slider (PROMISES P1, P2).
 */

/** A moment that matters to everybody who looks at the line. */
export interface Mark {
	/** wall time, ms */
	at: number;
	exerciseAt: number | null;
	kind: MarkKind;
	/** of a jump: the exercise times */
	from?: number;
	to?: number;
	/** of a release or a recall: to or from how many teams, and what; a team reads only what it received */
	teams?: number;
	title?: string;
	/** of an escalation: which network, and to what */
	network?: string;
	mode?: string;
}

export type MarkKind =
	| 'started'
	| 'paused'
	| 'resumed'
	| 'jumped'
	| 'released'
	| 'received'
	| 'recalled'
	| 'escalated'
	| 'stopped'
	| 'stop-lifted'
	| 'ended';

/** A release to so many teams is one that the whole exercise feels. */
export const manyTeams = 5;

/** Ascending. The same act told on several timelines is one mark. */
export function marksOf(entries: readonly TimelineEntry[]): Mark[] {
	const found = new Map<string, Mark>();
	for (const { body, wallAt, exerciseAt } of entries) {
		const mark = (kind: MarkKind, more: Partial<Mark> = {}) =>
			found.set(`${wallAt} ${kind} ${more.title ?? more.network ?? ''}`, {
				at: wallAt,
				exerciseAt,
				kind,
				...more
			});
		switch (body.kind) {
			case 'exercise':
				mark(body.event);
				break;
			case 'clock':
				if (body.event === 'jump') mark('jumped', { from: body.from, to: body.to });
				break;
			case 'released':
				if (body.teams.length >= manyTeams)
					mark('released', { teams: body.teams.length, title: body.reference || body.title });
				break;
			case 'inject':
				mark('received', { title: body.inject.title });
				break;
			// one that few teams had is as much news to exercise control as one that many had
			case 'recalled':
				mark('recalled', { title: body.reference || body.title });
				break;
			case 'inject-recalled':
				mark('recalled', { title: body.title });
				break;
			case 'mode':
				if (body.event === 'agreed' && body.up) mark('escalated', { network: body.network, mode: body.to });
				break;
			default:
				break;
		}
	}
	return [...found.values()].sort((a, b) => a.at - b.at);
}

/** Every moment at which something came, ascending, each once: what the arrow keys step along. Wall times, ms. */
export function momentsOf(entries: readonly Pick<TimelineEntry, 'wallAt'>[]): number[] {
	return [...new Set(entries.map((entry) => entry.wallAt))].sort((a, b) => a - b);
}

/** Two ascending lists of moments as one. */
export const mergeMoments = (a: readonly number[], b: readonly number[]): number[] =>
	[...new Set([...a, ...b])].sort((x, y) => x - y);

/**
 * So many moments on (or back, where `by` is negative); null: there is none any more. From between two moments, one step
 * back is the one before: what was last shown as new.
 */
export function step(moments: readonly number[], at: number, by: number): number | null {
	if (moments.length === 0 || by === 0) return null;
	const after = upperBound(moments, at);
	if (by > 0) {
		if (after >= moments.length) return null;
		return moments[Math.min(after + by - 1, moments.length - 1)]!;
	}
	// the last moment before this one
	const before = lowerBound(moments, at) - 1;
	if (before < 0) return null;
	return moments[Math.max(before + by + 1, 0)]!;
}

/** How many moments are not after this one. */
function upperBound(moments: readonly number[], at: number): number {
	let [low, high] = [0, moments.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (moments[middle]! <= at) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** How many moments are before this one. */
function lowerBound(moments: readonly number[], at: number): number {
	let [low, high] = [0, moments.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (moments[middle]! < at) low = middle + 1;
		else high = middle;
	}
	return low;
}

/**
 * A timeline as it stood. Entries are facts: each is written once, with its time, and never changed, and what an inject has
 * become (acknowledged, responded to, late) is folded from the entries that came after it. So those that were there at a
 * moment ARE the timeline of that moment, also after the exercise's names were erased, when the log before it is gone.
 */
export const asOf = (entries: readonly TimelineEntry[], wall: number): TimelineEntry[] =>
	entries.filter((entry) => entry.wallAt <= wall);
