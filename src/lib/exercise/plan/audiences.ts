import type { CountryCode } from '#lib/standards/countries.ts';
import type { Team } from '../exercise/schema.ts';
import type { Recipients } from '../inject/schema.ts';
import type { PlanEntry } from './entries.ts';

/** Teams of one country and level: whoever is not named alone receives the same. */
export interface TeamGroup {
	country: Team['country'];
	level: Team['level'];
	teams: Team[];
}

/** Whom recipients mean: whole groups by their number, and teams that are named alone. */
export interface Reach {
	groups: readonly number[];
	/** not in any of the groups */
	teams: readonly Team[];
	count: number;
}

/**
 * Recipients resolved by groups instead of team by team: 3,000 injects to 1,000 teams are three million pairs, but some
 * hundred groups.
 */
export class Audiences {
	readonly groups: readonly TeamGroup[];
	readonly teams: readonly Team[];
	readonly #byId = new Map<string, { team: Team; group: number }>();
	readonly #kept = new WeakMap<Recipients, Map<string, Reach>>();

	constructor(teams: readonly Team[]) {
		this.teams = teams;
		const groups = new Map<string, TeamGroup & { number: number }>();
		for (const team of teams) {
			const key = `${team.country} ${team.level}`;
			let group = groups.get(key);
			if (!group)
				groups.set(
					key,
					(group = { country: team.country, level: team.level, teams: [], number: groups.size })
				);
			group.teams.push(team);
			this.#byId.set(team.id, { team, group: group.number });
		}
		this.groups = [...groups.values()];
	}

	/** Whom a planned inject reaches: without the countries whose teams get a variant instead. */
	reach({ inject: { to }, without = [] }: Pick<PlanEntry, 'inject' | 'without'>): Reach {
		const kept = this.#kept.get(to) ?? new Map<string, Reach>();
		this.#kept.set(to, kept);
		const key = without.join();
		let reach = kept.get(key);
		if (!reach) kept.set(key, (reach = this.#resolve(to, without)));
		return reach;
	}

	groupOf(team: Team): number {
		return this.#byId.get(team.id)?.group ?? -1;
	}

	reaches(entry: Pick<PlanEntry, 'inject' | 'without'>, team: Team): boolean {
		const { groups, teams } = this.reach(entry);
		return groups.includes(this.groupOf(team)) || teams.some(({ id }) => id === team.id);
	}

	#resolve(to: Recipients, without: readonly CountryCode[]): Reach {
		const groups: number[] = [];
		let count = 0;
		for (const [n, group] of this.groups.entries()) {
			if (!to.all && !to.countries.includes(group.country) && !to.levels.includes(group.level)) continue;
			if (without.includes(group.country)) continue;
			groups.push(n);
			count += group.teams.length;
		}
		const inside = new Set(groups);
		const teams = new Map<string, Team>();
		for (const id of to.teams) {
			const known = this.#byId.get(id);
			if (known && !inside.has(known.group) && !without.includes(known.team.country))
				teams.set(id, known.team);
		}
		return { groups, teams: [...teams.values()], count: count + teams.size };
	}
}
