/** Replaying is for looking back: it may never take from those who play. */
export const replayLimits = {
	/** rebuildings at one time on a node: the other core is the release path's */
	atOnce: 1,
	/** who comes when so many wait is asked to come back: the browser does, by itself */
	waitingAtMost: 20,
	/** of one person: a browser asks for one position at a time, and two windows are two */
	perPerson: 3,
	/** a rebuilding that takes longer is broken off: 20,000 changes take some two seconds */
	milliseconds: 20_000,
	/** rebuilt pages that are kept: the next position of the slider begins at one of them */
	keptBytes: 64 << 20,
	keptPages: 300,
	/** up to here a rebuilding takes some milliseconds; beyond, a thread of its own does it */
	hereBytes: 64 << 10,
	hereChanges: 100,
	/** moments of change of one page that the slider can stop at; the newest */
	moments: 5000,
	/** changes of one person closer than this, ms, are one moment */
	momentMs: 30_000
} as const;

export type ReplayLimits = Record<keyof typeof replayLimits, number>;
