/** The value below which this share of the sorted values lies; null if there are none. */
export function quantile(sorted: readonly number[], share: number): number | null {
	if (sorted.length === 0) return null;
	const position = (sorted.length - 1) * share;
	const low = Math.floor(position);
	const from = sorted[low]!;
	return from + (sorted[Math.min(low + 1, sorted.length - 1)]! - from) * (position - low);
}

/** A round step for a time axis with about `wanted` ticks. */
export function timeStep(range: number, wanted: number): number {
	const minute = 60_000;
	const steps = [1 / 6, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880].map((m) => m * minute);
	return (
		steps.find((step) => range / step <= wanted) ??
		Math.ceil(range / wanted / (1440 * minute)) * 1440 * minute
	);
}
