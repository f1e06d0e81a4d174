/**
 * What carries rings from node to node. An adapter knows nothing of rings: it takes texts, and hands on those that the
 * other nodes sent, perhaps not all, perhaps twice, perhaps in another order. All adapters pass one suite
 * (tests/integration/nodes/bell-contract.pg.test.ts).
 */
export interface Line {
	/** the most that one text may weigh */
	readonly maxBytes: number;
	/** Opens the line and keeps it open. Resolves also when there is none yet: it is tried again until `close`. */
	open(ends: LineEnds): Promise<void>;
	/** Rejects when it could not be sent; nothing is kept for later. */
	send(texts: readonly string[]): Promise<void>;
	close(): Promise<void>;
}

export interface LineEnds {
	heard: (text: string) => void;
	/** The line is up, and was not before: what was sent meanwhile is lost. */
	up: () => void;
	/** The line broke, or could not be opened. */
	down: (error: unknown) => void;
}

/** A line that broke is tried again after this; what is lost meanwhile is found in the database. */
export const lineLimits = {
	againMs: [100, 250, 500, 1000],
	/** a line that is up but dead (a pulled cable) is noticed by a question without an answer */
	askEveryMs: 5_000,
	answerWithinMs: 3_000,
	/** a start does not wait longer for a line */
	openWithinMs: 2_000
} as const;

export const againAfter = (attempts: number) =>
	lineLimits.againMs[Math.min(attempts, lineLimits.againMs.length - 1)]!;
