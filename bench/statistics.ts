/** The middle of some figures. */
export const median = (figures: readonly number[]) => percentile(figures, 0.5);

/** The figure below which the given share lies, 0 to 1. */
export function percentile(figures: readonly number[], share: number): number {
	const sorted = [...figures].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
