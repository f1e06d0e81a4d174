import type { Lane, Placed } from '#lib/exercise/plan/lanes.ts';
import { stack } from '#lib/exercise/plan/lanes.ts';

/** Sizes of the picture, px. */
export const axisHeight = 34;
export const rowHeight = 22;
export const markHeight = 18;
const lanePadding = 4;
const lowestLane = 30;

export interface LaidLane {
	lane: Lane;
	label: string;
	/** of the mark beside the label; '' where there is none */
	colour: string;
	/** from the top of the first lane */
	top: number;
	height: number;
	placed: readonly Placed[];
}

export interface Layout {
	lanes: readonly LaidLane[];
	height: number;
	/** where each inject stands, in the first of its lanes */
	places: ReadonlyMap<string, { lane: number; placed: Placed }>;
}

const hour = 3_600_000;

/** The least that a mark takes, px: room for its number only where the picture is close enough, and then for words. */
export function markWidth(span: number): number {
	if (span >= 12 * hour) return 14;
	return span >= 2 * hour ? 72 : span >= hour ? 110 : 150;
}

export function layOut(
	lanes: readonly { lane: Lane; label: string; colour: string }[],
	width: number
): Layout {
	const places = new Map<string, { lane: number; placed: Placed }>();
	let top = 0;
	const laid = lanes.map(({ lane, label, colour }, n): LaidLane => {
		const { placed, rows } = stack(lane.entries, width);
		const height = Math.max(lowestLane, rows * rowHeight + lanePadding * 2);
		for (const one of placed)
			if (!places.has(one.entry.inject.id)) places.set(one.entry.inject.id, { lane: n, placed: one });
		const result = { lane, label, colour, top, height, placed };
		top += height;
		return result;
	});
	return { lanes: laid, height: top, places };
}

/** The top of a mark, from the top of the first lane. */
export const markTop = (lane: LaidLane, placed: Placed): number =>
	lane.top + lanePadding + placed.row * rowHeight + (rowHeight - markHeight) / 2;

/** The lanes that show between two heights. */
export function lanesBetween(lanes: readonly LaidLane[], from: number, to: number): LaidLane[] {
	return lanes.filter((lane) => lane.top < to && lane.top + lane.height > from);
}

/** The mark under a point: `x` in the window, `top` from the top of the first lane, px; `scale` pixels of a millisecond. */
export function markAt(
	{ lanes }: Layout,
	{ x, top, scale, leftOf }: { x: number; top: number; scale: number; leftOf: (at: number) => number }
): Placed | null {
	const lane = lanes.find((one) => one.top <= top && one.top + one.height > top);
	let found: Placed | null = null;
	for (const one of lane?.placed ?? []) {
		const left = leftOf(one.at);
		if (left > x) break;
		const height = markTop(lane!, one);
		const reach = Math.min(220, (one.until - one.at) * scale);
		if (top >= height && top <= height + markHeight && x <= left + Math.max(12, reach)) found = one;
	}
	return found;
}

/** The closest in time in the next lane that has any of its own. */
export function closestInLane(
	{ lanes, places }: Layout,
	from: { lane: number; placed: Placed },
	by: -1 | 1
): Placed | undefined {
	for (let n = from.lane + by; lanes[n]; n += by) {
		const placed = lanes[n]!.placed.filter(({ entry }) => places.get(entry.inject.id)?.lane === n);
		const { at } = from.placed;
		if (placed.length > 0)
			return placed.reduce((best, one) => (Math.abs(one.at - at) < Math.abs(best.at - at) ? one : best));
	}
	return undefined;
}
