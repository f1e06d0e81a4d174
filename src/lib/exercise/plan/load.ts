import type { CountryCode } from '#lib/standards/countries.ts';
import type { Team } from '../exercise/schema.ts';
import type { Audiences } from './audiences.ts';
import type { PlanEntry } from './entries.ts';

export const hourMs = 3_600_000;

export interface TeamLoad {
	team: Team;
	/** injects in each hour of play */
	received: Counts;
	/** those of them that want an answer */
	answers: Counts;
	/** the busiest hour */
	most: number;
	total: number;
}
export type Counts = Uint16Array | readonly number[];

export interface Load {
	/** exercise time at which each hour of play begins */
	hours: readonly number[];
	teams: readonly TeamLoad[];
	/** injects without a planned time, or planned outside play: not counted */
	uncounted: number;
}

/** How much reaches each team in each hour of play. Teams to which the same was sent share their figures. */
export function loadOf(
	entries: readonly PlanEntry[],
	audiences: Audiences,
	{ startsAt, endsAt }: { startsAt: number; endsAt: number }
): Load {
	const count = Math.max(1, Math.ceil((endsAt - startsAt) / hourMs));
	const hours = Array.from({ length: count }, (_, n) => startsAt + n * hourMs);
	const tally = () => ({ received: new Uint16Array(count), answers: new Uint16Array(count) });
	const groups = audiences.groups.map(tally);
	const alone = new Map<string, ReturnType<typeof tally>>();
	let uncounted = 0;
	for (const entry of entries) {
		const { inject, at } = entry;
		const hour = at === null ? -1 : Math.floor((at - startsAt) / hourMs);
		if (at === null || hour < 0 || at > endsAt) {
			uncounted++;
			continue;
		}
		// what is planned for ENDEX itself belongs to the last hour
		const n = Math.min(hour, count - 1);
		const reach = audiences.reach(entry);
		const add = (to: ReturnType<typeof tally>) => {
			to.received[n]!++;
			if (inject.responseRequired) to.answers[n]!++;
		};
		for (const group of reach.groups) add(groups[group]!);
		for (const { id } of reach.teams) {
			let own = alone.get(id);
			if (!own) alone.set(id, (own = tally()));
			add(own);
		}
	}
	const shared = groups.map((group) => summary(group.received));
	const teams = audiences.teams.map((team): TeamLoad => {
		const n = audiences.groupOf(team);
		const group = groups[n]!;
		const own = alone.get(team.id);
		if (!own) return { team, ...group, ...shared[n]! };
		const received = own.received.map((value, i) => value + group.received[i]!);
		const answers = own.answers.map((value, i) => value + group.answers[i]!);
		return { team, received, answers, ...summary(received) };
	});
	return { hours, teams, uncounted };
}

function summary(received: Counts): { most: number; total: number } {
	let [most, total] = [0, 0];
	for (const value of received) {
		most = Math.max(most, value);
		total += value;
	}
	return { most, total };
}

export interface CountryLoad {
	country: CountryCode;
	teams: TeamLoad[];
	/** what the busiest team of the country has in each hour */
	received: readonly number[];
	answers: readonly number[];
	most: number;
}

/** Collapsed by country: the busiest team of each hour, because that is who breaks first. */
export function loadByCountry({ hours, teams }: Load): CountryLoad[] {
	const countries = new Map<CountryCode, TeamLoad[]>();
	for (const one of teams) {
		const list = countries.get(one.team.country);
		if (list) list.push(one);
		else countries.set(one.team.country, [one]);
	}
	return [...countries].map(([country, own]) => {
		// most teams of a country share their figures
		const different = [...new Set(own.map(({ received }) => received))];
		const answering = [...new Set(own.map(({ answers }) => answers))];
		const highest = (of: Counts[]) => hours.map((_, n) => Math.max(...of.map((counts) => counts[n]!)));
		return {
			country,
			teams: own,
			received: highest(different),
			answers: highest(answering),
			most: Math.max(...own.map(({ most }) => most))
		};
	});
}

/** The hours in which a team gets more than a number of injects. */
export function overloads(
	{ hours, teams }: Load,
	threshold: number
): { team: Team; hour: number; count: number }[] {
	const found: { team: Team; hour: number; count: number }[] = [];
	for (const { team, received, most } of teams) {
		if (most <= threshold) continue;
		for (const [n, count] of received.entries())
			if (count > threshold) found.push({ team, hour: hours[n]!, count });
	}
	return found.sort((a, b) => b.count - a.count || a.hour - b.hour);
}
