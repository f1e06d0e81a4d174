import type { Team } from '../exercise/schema.ts';
import type { Audiences } from './audiences.ts';
import type { PlanEntry } from './entries.ts';

export interface Gap {
	from: number;
	to: number;
}
export interface TeamGaps {
	team: Team;
	/** in time order; a team that gets nothing at all has one, as long as play */
	gaps: readonly Gap[];
	longest: number;
}

/** The teams that get nothing for longer than so many ms during play, those with the longest silence first. */
export function gapsOf(
	entries: readonly PlanEntry[],
	audiences: Audiences,
	{ startsAt, endsAt }: { startsAt: number; endsAt: number },
	longerThan: number
): TeamGaps[] {
	const groups: number[][] = audiences.groups.map(() => []);
	const alone = new Map<string, number[]>();
	// entries stand in time order, so every list does
	for (const entry of entries) {
		const { at } = entry;
		if (at === null || at < startsAt || at > endsAt) continue;
		const reach = audiences.reach(entry);
		for (const group of reach.groups) groups[group]!.push(at);
		for (const { id } of reach.teams) {
			const times = alone.get(id);
			if (times) times.push(at);
			else alone.set(id, [at]);
		}
	}
	const between = (times: readonly number[]) => silences(times, startsAt, endsAt, longerThan);
	const shared = groups.map(between);
	return audiences.teams
		.map((team) => {
			const n = audiences.groupOf(team);
			const own = alone.get(team.id);
			const gaps = own ? between([...own, ...groups[n]!].sort((a, b) => a - b)) : shared[n]!;
			return { team, gaps, longest: Math.max(0, ...gaps.map(({ from, to }) => to - from)) };
		})
		.filter(({ gaps }) => gaps.length > 0)
		.sort((a, b) => b.longest - a.longest);
}

function silences(times: readonly number[], startsAt: number, endsAt: number, longerThan: number): Gap[] {
	const gaps: Gap[] = [];
	let from = startsAt;
	for (const to of [...times, endsAt]) {
		if (to - from > longerThan) gaps.push({ from, to });
		from = to;
	}
	return gaps;
}
