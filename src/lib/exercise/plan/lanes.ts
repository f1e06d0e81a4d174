import type { Team, TeamLevel } from '../exercise/schema.ts';
import { teamLevels } from '../exercise/schema.ts';
import type { CountryCode } from '#lib/standards/countries.ts';
import type { PlanEntry } from './entries.ts';

export const laneKinds = ['storyline', 'country', 'team'] as const;
export type LaneKind = (typeof laneKinds)[number];

/** Whose lane it is; words for it are the page's. */
export type LaneOf =
	| { storyline: string }
	| { everyone: true }
	| { level: TeamLevel }
	| { country: CountryCode }
	| { team: Team }
	| { nobody: true };

export interface Lane {
	key: string;
	of: LaneOf;
	/** in time order, those with a planned time */
	entries: PlanEntry[];
}

export interface LaneContext {
	/** of the scenario, in its order */
	storylines: readonly string[];
	teams: readonly Team[];
}

/**
 * Injects in lanes, as they are addressed: what goes to everyone, or to a level, has a lane of its own instead of standing
 * in a thousand. By country, an inject to some teams stands in the lanes of their countries.
 */
export function lanesOf(entries: readonly PlanEntry[], kind: LaneKind, context: LaneContext): Lane[] {
	const teams = new Map<string, Team>(context.teams.map((team) => [team.id, team]));
	const lanes = new Map<string, Lane>();
	for (const entry of entries) {
		if (entry.at === null) continue;
		for (const [key, of] of placesOf(entry, kind, teams)) {
			let lane = lanes.get(key);
			if (!lane) lanes.set(key, (lane = { key, of, entries: [] }));
			lane.entries.push(entry);
		}
	}
	const rank = ranks(context);
	return [...lanes.values()].sort((a, b) => {
		const [x, y] = [rank(a.of), rank(b.of)];
		return x[0] - y[0] || x[1] - y[1] || collator.compare(x[2], y[2]);
	});
}

const fold = (name: string) => name.trim().toLowerCase();
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function placesOf(
	{ inject, without = [] }: PlanEntry,
	kind: LaneKind,
	teams: ReadonlyMap<string, Team>
): Map<string, LaneOf> {
	const places = new Map<string, LaneOf>();
	if (kind === 'storyline')
		return places.set(`storyline ${fold(inject.storyline)}`, { storyline: inject.storyline.trim() });
	const { to } = inject;
	if (to.all) return places.set('everyone', { everyone: true });
	for (const level of to.levels) places.set(`level ${level}`, { level });
	const gets = (country: CountryCode) => !without.includes(country);
	for (const country of to.countries.filter(gets)) places.set(`country ${country}`, { country });
	for (const id of to.teams) {
		const team = teams.get(id);
		if (!team || !gets(team.country)) continue;
		if (kind === 'team') places.set(`team ${id}`, { team });
		else places.set(`country ${team.country}`, { country: team.country });
	}
	return places.size > 0 ? places : places.set('nobody', { nobody: true });
}

/** Everyone, the levels, then countries with their teams; storylines as the scenario has them; without a name last. */
function ranks({ storylines }: LaneContext): (of: LaneOf) => [number, number, string] {
	const order = new Map(storylines.map((name, n) => [fold(name), n]));
	return (of) => {
		if ('storyline' in of)
			return of.storyline === ''
				? [3, 0, '']
				: [1, order.get(fold(of.storyline)) ?? order.size, of.storyline];
		if ('everyone' in of) return [0, 0, ''];
		if ('level' in of) return [1, teamLevels.indexOf(of.level), ''];
		if ('nobody' in of) return [3, 0, ''];
		if ('country' in of) return [2, 0, of.country];
		return [2, 0, `${of.team.country} ${of.team.name}`];
	};
}

export interface Placed {
	entry: PlanEntry;
	at: number;
	/** counted from the top of the lane */
	row: number;
	/** when the next one in the same row begins: so far a label may be written; Infinity: it is the last */
	until: number;
}

/**
 * Injects whose marks would lie over each other go below one another: each into the first row that is free. `width` is
 * how much time a mark takes on the screen. The whole lane is placed, not what is visible, so that nothing jumps while
 * the picture is scrolled.
 */
export function stack(entries: readonly PlanEntry[], width: number): { placed: Placed[]; rows: number } {
	const placed: Placed[] = [];
	const last: Placed[] = [];
	for (const entry of entries) {
		const { at } = entry;
		if (at === null) continue;
		let row = last.findIndex((before) => before.at + width <= at);
		if (row === -1) row = last.length;
		const one = { entry, at, row, until: Infinity };
		const before = last[row];
		if (before) before.until = at;
		last[row] = one;
		placed.push(one);
	}
	return { placed, rows: Math.max(1, last.length) };
}

/** The part of a lane that may show: a mark reaches `width` to the right of its moment. */
export function visibleOf(
	placed: readonly Placed[],
	from: number,
	to: number,
	width: number
): readonly Placed[] {
	const first = lowerBound(placed, from - width);
	const end = lowerBound(placed, to);
	return placed.slice(first, end);
}

function lowerBound(placed: readonly Placed[], at: number): number {
	let [low, high] = [0, placed.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (placed[middle]!.at < at) low = middle + 1;
		else high = middle;
	}
	return low;
}
