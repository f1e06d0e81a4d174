import type { Objective } from '../scenario/schema.ts';
import type { Audiences, Reach } from './audiences.ts';
import type { PlanEntry } from './entries.ts';

/** How much of the play serves one objective, or exercises one capability. */
export interface Covered {
	/** the objective's code, or the capability's name */
	name: string;
	/** the objective's text; '' where the scenario does not know it */
	text: string;
	/** injects name it, but the scenario does not */
	isUnknown: boolean;
	injects: number;
	teams: number;
	countries: number;
}

export interface Coverage {
	objectives: Covered[];
	capabilities: Covered[];
}

/** In the scenario's order, then what only injects name. An inject exercises the capabilities of its objectives too. */
export function coverageOf(
	entries: readonly PlanEntry[],
	objectives: readonly Objective[],
	audiences: Audiences
): Coverage {
	const byObjective = new Counter();
	const byCapability = new Counter();
	const capabilityOf = new Map<string, string>();
	for (const { code, text, capability } of objectives) {
		if (code.trim() !== '') {
			byObjective.know(code, text);
			capabilityOf.set(fold(code), capability);
		}
		if (capability.trim() !== '') byCapability.know(capability, '');
	}
	for (const entry of entries) {
		const { inject } = entry;
		const reach = audiences.reach(entry);
		byObjective.count(inject.objectives, reach);
		const along = inject.objectives.map((code) => capabilityOf.get(fold(code)) ?? '');
		byCapability.count([...inject.capabilities, ...along], reach);
	}
	return { objectives: byObjective.all(audiences), capabilities: byCapability.all(audiences) };
}

const fold = (name: string) => name.trim().toLowerCase();

class Counter {
	readonly #found = new Map<
		string,
		{ name: string; text: string; isUnknown: boolean; injects: number; to: Set<Reach> }
	>();

	know(name: string, text: string): void {
		if (!this.#found.has(fold(name)))
			this.#found.set(fold(name), { name: name.trim(), text, isUnknown: false, injects: 0, to: new Set() });
	}

	/** One inject counts once, however often it names the same. */
	count(names: readonly string[], to: Reach): void {
		const once = new Map(names.filter((name) => name.trim() !== '').map((name) => [fold(name), name.trim()]));
		for (const [key, name] of once) {
			let entry = this.#found.get(key);
			if (!entry)
				this.#found.set(key, (entry = { name, text: '', isUnknown: true, injects: 0, to: new Set() }));
			entry.injects++;
			entry.to.add(to);
		}
	}

	all(audiences: Audiences): Covered[] {
		return [...this.#found.values()].map(({ to, ...rest }) => {
			const groups = new Set<number>();
			const teams = new Map<string, (typeof audiences.teams)[number]>();
			for (const reach of to) {
				for (const group of reach.groups) groups.add(group);
				for (const team of reach.teams) teams.set(team.id, team);
			}
			const countries = new Set<string>();
			let count = 0;
			for (const n of groups) {
				const group = audiences.groups[n]!;
				count += group.teams.length;
				countries.add(group.country);
			}
			for (const team of teams.values()) {
				if (groups.has(audiences.groupOf(team))) continue;
				count++;
				countries.add(team.country);
			}
			return { ...rest, teams: count, countries: countries.size };
		});
	}
}
